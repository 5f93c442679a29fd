import * as assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import {
  answerInput,
  choose,
  chooseFromMenu,
  chord,
  openFile,
  see,
  selectWithKeyboard,
  typeIntoBox,
} from '../../scripts/demo/driver.mjs';
import { streamed } from '../support/scenario';
import { filesFor, useScene } from './support/scene';
import { choices, pressNotificationButton, seeInThread, seeNotification, seeQuestion, until } from './support/screen';

const file = [
  '---',
  'name: Shout',
  'description: Says it louder',
  'menu: true',
  '---',
  'Shout ${input:how:How loud?}: ${selection}',
];
const workspacePrompt = [
  '---',
  'name: House Style',
  'lightbulb: true',
  'system: Follow the rules of this house.',
  '---',
  'Check ${selection}',
];

/** Puts a text where the caret is, as pasting does. */
async function paste({ keyboard }: Page, text: string): Promise<void> {
  await keyboard.insertText(text);
}

describe('own prompts, in the packaged extension', () => {
  const scene = useScene({
    files: {
      ...filesFor(['shout', 'house', 'menu'], 'let one = 1;\nlet two = 2;\n'),
      '.quillet/prompts/house.prompt.md': workspacePrompt.join('\n'),
    },
  });

  async function save(): Promise<void> {
    await scene.journey.press('Control+s');
    await see(scene.page.locator('.tab.active:not(.dirty)'), 'the tab without unsaved changes');
  }

  function sentTexts(): (string | undefined)[] {
    const bodies = scene.server.requests.map(({ body }) => JSON.parse(body) as { messages: { content: string }[] });
    return bodies.map(({ messages }) => messages.at(-1)?.content);
  }

  it('U20: the lightbulb of a new window has the prompts of the workspace, before any command was called', async () => {
    const { journey, page, server } = scene;
    await openFile(page, 'house.ts');
    await selectWithKeyboard(page, 1, 1);
    const entry = page.locator('.action-widget .monaco-list-row', { hasText: 'House Style with Quillet' });
    // VS Code drops the menu while TypeScript starts, as anybody does then who asks for it.
    await until('the prompt is in the menu', async () => {
      await journey.press('Control+.');
      await entry.waitFor({ timeout: 3000 }).catch(() => undefined);
      return entry.isVisible();
    });
    await journey.screenshot('prompts-lightbulb');
    await journey.press('Escape');
    assert.deepEqual(server.requests.length, 0);
  });

  it('need 35: a prompt file is written from nothing, bound to a key and used', async () => {
    const { journey, page, server } = scene;
    await journey.runCommand('Quillet: New Prompt…');
    await seeQuestion(page, 'New Prompt');
    await answerInput(page, 'Shout');
    await choose(page, 'For Me');
    await see(page.locator('.tab.active[data-resource-name="shout.prompt.md"]'), 'the new file');
    await until('the new file has its text', async () => (await journey.editorText()).includes('name: Shout'));
    await see(page.locator('.statusbar-item', { hasText: /^Markdown$/ }), 'Markdown as its language');
    await journey.screenshot('prompts-new');
    await journey.press('Control+a');
    await paste(page, file.join('\n'));
    await save();
    await journey.screenshot('prompts-written');

    await journey.runCommand('Quillet: Copy Prompt Keybinding…');
    await choose(page, 'Shout');
    const said = await seeNotification(page, 'The rule is on the clipboard');
    await journey.screenshot('prompts-keybinding');
    await pressNotificationButton(said, 'Open Keyboard Shortcuts (JSON)');
    await see(page.locator('.tab.active[data-resource-name="keybindings.json"]'), 'the keyboard shortcuts');
    await until('the keyboard shortcuts have their text', async () => (await journey.editorText()).includes('['));
    // As the notification says, and once more, as the rule of another prompt would be.
    for (const count of [1, 2]) {
      await journey.press('Control+End', 'ArrowUp', 'End', 'Control+v');
      const rules = async () => (await journey.editorText()).split('quillet.run').length - 1;
      await until(`rule ${count} is there`, async () => (await rules()) === count);
    }
    await journey.screenshot('prompts-keybindings-file');
    await save();
    const marks = page.locator('.editor-instance:visible .squiggly-error, .editor-instance:visible .squiggly-warning');
    assert.equal(await marks.count(), 0, 'the rules are what VS Code expects');

    server.script(streamed(['LET ', 'ONE!']));
    await openFile(page, 'shout.ts');
    await selectWithKeyboard(page, 1, 1);
    await chord(page, '1');
    await seeQuestion(page, 'Shout');
    await answerInput(page, 'very');
    await seeInThread(page, 'LET ONE!');
    await journey.screenshot('prompts-used');
    assert.deepEqual(sentTexts(), ['Shout very: let one = 1;']);

    await selectWithKeyboard(page, 1, 1);
    await chord(page, '1');
    const box = (await seeQuestion(page, 'Shout')).locator('input.input');
    await journey.press('ArrowUp');
    await until('the earlier answer is in the box', async () => (await box.inputValue()) === 'very');
    await journey.press('ArrowDown');
    await until('the box is empty again', async () => (await box.inputValue()) === '');
    await journey.press('Escape');
  });

  it('R30: a prompt of the workspace is listed as such, and shown before it is used', async () => {
    const { journey, page, server } = scene;
    server.script(streamed(['Fine.']));
    await openFile(page, 'house.ts');
    await selectWithKeyboard(page, 2, 2);
    await journey.runCommand('Quillet: Run Prompt…');
    await see(choices(page).filter({ hasText: 'House Style' }).filter({ hasText: 'from the workspace' }), 'the prompt');
    await see(choices(page).filter({ hasText: 'Shout' }).filter({ hasText: 'your own' }), 'the own prompt');
    await journey.screenshot('prompts-list');
    await choose(page, 'House Style');
    const dialog = await see(
      page.locator('.monaco-dialog-box', { hasText: 'comes from this workspace' }),
      'the question',
    );
    assert.ok((await dialog.innerText()).includes('Follow the rules of this house.'));
    await journey.screenshot('prompts-consent');
    assert.deepEqual(server.requests.length, 0);
    await dialog.locator('.monaco-button', { hasText: 'Use Prompt' }).click();
    await seeInThread(page, 'Fine.');
    assert.deepEqual(sentTexts(), ['Check let two = 2;']);
  });

  it('the context menu offers the prompts that say so', async () => {
    const { journey, page } = scene;
    await openFile(page, 'menu.ts');
    await selectWithKeyboard(page, 2, 2);
    await journey.runCommand('Quillet: Menu Prompts…');
    await typeIntoBox(page, 'Shout');
    assert.equal(await choices(page).count(), 1);
    await journey.press('Escape');
    await chooseFromMenu(page, 2, 'Quillet');
    await see(page.locator('.monaco-menu .action-label', { hasText: /^Menu Prompts…$/ }), 'the entry of the submenu');
    await journey.screenshot('prompts-menu');
    await journey.press('Escape', 'Escape');
  });
});

describe('the prompts of several folders, in the packaged extension', () => {
  const folders = ['one', 'two'];
  const scene = useScene({
    files: {
      'several.code-workspace': JSON.stringify({ folders: folders.map((path) => ({ path })) }),
      ...Object.fromEntries(
        folders.flatMap((folder) => [
          [`${folder}/${folder}.ts`, 'let it = 1;\n'],
          [`${folder}/.quillet/prompts/both.prompt.md`, `---\nname: Of ${folder}\n---\nSay ${folder}: \${selection}`],
        ]),
      ),
      'one/other.ts': 'let it = 1;\n',
      'two/.quillet/prompts/single.prompt.md': '---\nname: Only Two\n---\nOnly two: ${selection}',
    },
    workspaceFile: 'several.code-workspace',
  });

  /** Runs a prompt on the first line of a file, and gives back what was sent. */
  async function runOn(file: string, prompt: string): Promise<string | undefined> {
    const { journey, page, server } = scene;
    server.script(streamed([`Fine: ${prompt}.`]));
    await openFile(page, file);
    await selectWithKeyboard(page, 1, 1);
    await journey.runCommand('Quillet: Run Prompt…');
    await see(choices(page).filter({ hasText: prompt }), 'the prompt');
    await journey.screenshot(`prompts-several-${file}`);
    await choose(page, prompt);
    const dialog = page.locator('.monaco-dialog-box', { hasText: 'comes from this workspace' });
    await (await see(dialog.locator('.monaco-button', { hasText: 'Use Prompt' }), 'the question')).click();
    await seeInThread(page, `Fine: ${prompt}.`);
    const { messages } = JSON.parse(server.requests.at(-1)?.body ?? '') as { messages: { content: string }[] };
    return messages.at(-1)?.content;
  }

  it('need 35: the folder of the document comes first, and those of the other folders are there too', async () => {
    assert.equal(await runOn('one.ts', 'Of one'), 'Say one: let it = 1;');
    assert.equal(await runOn('two.ts', 'Of two'), 'Say two: let it = 1;');
    assert.equal(await runOn('other.ts', 'Only Two'), 'Only two: let it = 1;');
  });
});
