import * as assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import {
  answerInput,
  choose,
  chooseFromMenu,
  openFile,
  pressChord,
  see,
  selectWithKeyboard,
  typeIntoBox,
} from '../../scripts/demo/driver.mjs';
import { streamed } from '../support/scenario';
import { filesFor, useFixture } from './support/fixture';
import {
  answerInEditor,
  choices,
  questionBoxes,
  questionText,
  seeInThread,
  seeNotification,
  seeQuestion,
  seeQuestionBox,
  waitUntil,
} from './support/screen';

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

/** Inserts text at the cursor without key events. */
async function paste({ keyboard }: Page, text: string): Promise<void> {
  await keyboard.insertText(text);
}

describe('custom prompts', () => {
  const fixture = useFixture({
    files: {
      ...filesFor(['shout', 'house', 'menu'], 'let one = 1;\nlet two = 2;\n'),
      '.quillet/prompts/house.prompt.md': workspacePrompt.join('\n'),
    },
  });

  async function save(): Promise<void> {
    await fixture.workbench.press('Control+s');
    await see(fixture.page.locator('.tab.active:not(.dirty)'), 'the tab without unsaved changes');
  }

  function sentTexts(): (string | undefined)[] {
    const bodies = fixture.server.requests.map(({ body }) => JSON.parse(body) as { messages: { content: string }[] });
    return bodies.map(({ messages }) => messages.at(-1)?.content);
  }

  it('of the workspace are in the lightbulb of a new window before any command has run [U20]', async () => {
    const { workbench, page, server } = fixture;
    await openFile(page, 'house.ts');
    await selectWithKeyboard(page, 1, 1);
    const entry = page.locator('.action-widget .monaco-list-row', { hasText: 'House Style with Quillet' });
    const menu = page.locator('.action-widget').first();
    // VS Code closes the menu while the TypeScript extension starts. In an open menu, the keys run the selected action.
    await waitUntil('the prompt is in the menu', async () => {
      if (await menu.isVisible()) await workbench.press('Escape');
      await workbench.press('Control+.');
      await menu.waitFor({ timeout: 20_000 }).catch(() => undefined);
      await entry.waitFor({ timeout: 1000 }).catch(() => undefined);
      return entry.isVisible();
    });
    await workbench.screenshot('prompts-lightbulb');
    await workbench.press('Escape');
    assert.deepEqual(server.requests.length, 0);
  });

  it('can be created, bound to a key and run', async () => {
    const { workbench, page, server } = fixture;
    await workbench.runCommand('Quillet: New Prompt…');
    await seeQuestion(page, 'New Prompt');
    await answerInput(page, 'Shout');
    await choose(page, 'For Me');
    await see(page.locator('.tab.active[data-resource-name="shout.prompt.md"]'), 'the new file');
    await waitUntil('the new file has its text', async () => (await workbench.editorText()).includes('name: Shout'));
    await see(page.locator('.statusbar-item', { hasText: /^Markdown$/ }), 'Markdown as its language');
    await workbench.screenshot('prompts-new');
    await workbench.press('Control+a');
    await paste(page, file.join('\n'));
    await save();
    await workbench.screenshot('prompts-written');

    await workbench.runCommand('Quillet: Assign Keyboard Shortcut to Prompt…');
    await choose(page, 'Shout');
    await seeNotification(page, 'Keyboard shortcut copied');
    await see(page.locator('.tab.active[data-resource-name="keybindings.json"]'), 'the keyboard shortcuts');
    await waitUntil('the keyboard shortcuts have their text', async () => (await workbench.editorText()).includes('['));
    await workbench.screenshot('prompts-keybinding');
    // Paste twice: a second keybinding must also be valid.
    for (const count of [1, 2]) {
      await workbench.press('Control+v');
      const rules = async () => (await workbench.editorText()).split('quillet.run').length - 1;
      await waitUntil(`keybinding ${count} is pasted`, async () => (await rules()) === count);
    }
    await workbench.screenshot('prompts-keybindings-file');
    await save();
    const squiggles = page.locator(
      '.editor-instance:visible .squiggly-error, .editor-instance:visible .squiggly-warning',
    );
    assert.equal(await squiggles.count(), 0, 'VS Code accepts the keybindings');

    server.script(streamed(['LET ', 'ONE!']));
    await openFile(page, 'shout.ts');
    await selectWithKeyboard(page, 1, 1);
    await pressChord(page, '1');
    await answerInEditor(page, 'Shout', 'very');
    await seeInThread(page, 'LET ONE!');
    await workbench.screenshot('prompts-used');
    assert.deepEqual(sentTexts(), ['Shout very: let one = 1;']);

    await selectWithKeyboard(page, 1, 1);
    await pressChord(page, '1');
    const box = await seeQuestionBox(page, 'Shout');
    await workbench.press('Alt+ArrowUp');
    await waitUntil('the previous input is in the box', async () => (await questionText(box)) === 'very');
    await workbench.press('Alt+ArrowDown');
    await waitUntil('the box is empty again', async () => (await questionText(box)) === '');
    await workbench.press('Escape');
    await waitUntil('the box is closed', async () => (await questionBoxes(page).count()) === 0);
  });

  it('of the workspace are labeled, and shown before their first use [R30]', async () => {
    const { workbench, page, server } = fixture;
    server.script(streamed(['Fine.']));
    await openFile(page, 'house.ts');
    await selectWithKeyboard(page, 2, 2);
    await workbench.runCommand('Quillet: Run Prompt…');
    await see(choices(page).filter({ hasText: 'House Style' }).filter({ hasText: 'Workspace' }), 'the prompt');
    await see(choices(page).filter({ hasText: 'Shout' }).filter({ hasText: 'User' }), 'the user prompt');
    await workbench.screenshot('prompts-list');
    await choose(page, 'House Style');
    const dialog = await see(page.locator('.monaco-dialog-box', { hasText: 'from this workspace' }), 'the question');
    assert.ok((await dialog.innerText()).includes('Follow the rules of this house.'));
    await workbench.screenshot('prompts-consent');
    assert.deepEqual(server.requests.length, 0);
    await dialog.locator('.monaco-button', { hasText: 'Use Prompt' }).click();
    await seeInThread(page, 'Fine.');
    assert.deepEqual(sentTexts(), ['Check let two = 2;']);
  });

  it('with `menu: true` are in the context menu', async () => {
    const { workbench, page } = fixture;
    await openFile(page, 'menu.ts');
    await selectWithKeyboard(page, 2, 2);
    await workbench.runCommand('Quillet: Run Menu Prompt…');
    await typeIntoBox(page, 'Shout');
    assert.equal(await choices(page).count(), 1);
    await workbench.press('Escape');
    await chooseFromMenu(page, 2, 'Quillet');
    await see(
      page.locator('.monaco-menu .action-label', { hasText: /^Run Menu Prompt…$/ }),
      'the entry of the submenu',
    );
    await workbench.screenshot('prompts-menu');
    await workbench.press('Escape', 'Escape');
  });
});

describe('custom prompts of several folders', () => {
  const folders = ['one', 'two'];
  const fixture = useFixture({
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

  /** Runs a prompt on the first line of a file and returns the sent text. */
  async function runOn(file: string, prompt: string): Promise<string | undefined> {
    const { workbench, page, server } = fixture;
    server.script(streamed([`Fine: ${prompt}.`]));
    await openFile(page, file);
    await selectWithKeyboard(page, 1, 1);
    await workbench.runCommand('Quillet: Run Prompt…');
    await see(choices(page).filter({ hasText: prompt }), 'the prompt');
    await workbench.screenshot(`prompts-several-${file}`);
    await choose(page, prompt);
    const dialog = page.locator('.monaco-dialog-box', { hasText: 'from this workspace' });
    await (await see(dialog.locator('.monaco-button', { hasText: 'Use Prompt' }), 'the question')).click();
    await seeInThread(page, `Fine: ${prompt}.`);
    const { messages } = JSON.parse(server.requests.at(-1)?.body ?? '') as { messages: { content: string }[] };
    return messages.at(-1)?.content;
  }

  it('are all available, and those of the folder of the document take precedence', async () => {
    assert.equal(await runOn('one.ts', 'Of one'), 'Say one: let it = 1;');
    assert.equal(await runOn('two.ts', 'Of two'), 'Say two: let it = 1;');
    assert.equal(await runOn('other.ts', 'Only Two'), 'Only two: let it = 1;');
  });
});
