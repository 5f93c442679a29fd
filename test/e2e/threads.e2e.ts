import * as assert from 'node:assert/strict';
import { openFile, pressChord, readAnswer, see, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { deltaFrame, type Scenario, send, streamed } from '../support/scenario';
import {
  caret,
  choices,
  comment,
  pressThreadButton,
  seeInThread,
  seeQuestion,
  thread,
  threadButtons,
  waitUntil,
  writeReply,
} from './support/screen';
import { launchWorkbench, saveFailureScreenshot, type Workbench } from './support/workbench';

const source = `/** Adds two numbers. */
export function add(first: number, second: number): number {
  return first + second;
}

export const three = add(1, 2);
`;
const fileNames = ['variants', 'spoken', 'moved', 'again', 'typing', 'focus', 'sent'];

describe('threads', () => {
  let workbench: Workbench;
  let server: FakeModelServer;

  before(async () => {
    server = await startFakeModelServer();
    const models = ['careful-model', 'quick-model'];
    const providers = { fake: { preset: 'custom', baseUrl: server.url, needsKey: false, models } };
    workbench = await launchWorkbench({
      settings: { 'quillet.providers': providers, 'quillet.model': 'fake/quillet-test' },
      files: Object.fromEntries(fileNames.map((name) => [`${name}.ts`, source])),
    });
  });
  beforeEach(() => server.reset());
  afterEach(function () {
    // An answer that is still streaming must not continue in the next test.
    for (const gate of ['rest', 'more']) server.openGate(gate);
    return saveFailureScreenshot(workbench, this.currentTest);
  });
  after(async () => {
    await workbench.close();
    await server.close();
  });

  async function explain(file: string): Promise<void> {
    await openFile(workbench.page, file);
    await selectWithKeyboard(workbench.page, 2, 4);
    await pressChord(workbench.page, 'g');
  }

  async function seeLabel(text: string): Promise<void> {
    await see(comment(workbench.page, 0).locator('.isPending', { hasText: text }), `"${text}" next to the answer`);
  }

  it('have several answers, of other models too, continue from the visible one, and open as a document', async () => {
    const { page } = workbench;
    server.scriptNext([
      slowAnswer('The **first** answer: it adds two numbers.'),
      slowAnswer('The **second** answer: the sum of both is returned.'),
      slowAnswer('The **careful** answer: `+` adds numbers and joins strings.'),
      slowAnswer('Because you asked.'),
    ]);
    await explain('variants.ts');
    await readAnswer(page);
    await pressThreadButton(page, 'Regenerate Answer');
    await seeInThread(page, 'the sum of both');
    await seeLabel('2 of 2');
    await waitUntil('there are buttons to switch answers', async () =>
      (await threadButtons(page)).includes('Show Previous Answer'),
    );
    await workbench.screenshot('threads-second');
    await pressThreadButton(page, 'Show Previous Answer');
    await seeInThread(page, 'it adds two numbers');
    await seeLabel('1 of 2');
    await pressThreadButton(page, 'Compare Models');
    await seeQuestion(page, 'Compare Models');
    const otherModel = choices(page).filter({ hasText: 'careful-model' });
    await see(otherModel, 'the other model');
    await workbench.screenshot('threads-models');
    await otherModel.click();
    await workbench.press('Enter');
    await seeLabel('1 of 3');
    const chats = () => server.requests.filter(({ path }) => path.endsWith('/chat/completions'));
    await waitUntil('the other model has answered', () => chats().length === 3);
    await waitUntil('nothing is running', async () => (await threadButtons(page)).includes('Regenerate Answer'));
    await seeInThread(page, 'it adds two numbers');
    await pressThreadButton(page, 'Show Previous Answer');
    await seeInThread(page, 'joins strings');
    await seeLabel('3 of 3');
    await workbench.screenshot('threads-other-model');
    assert.match(await thread(page).locator('.review-title').innerText(), /Explain · careful-model/);
    await writeReply(page, 'Why strings?');
    await workbench.press('Control+Enter');
    await seeInThread(page, 'Because you asked.');
    await readAnswer(page);
    await workbench.screenshot('threads-follow-up');
    const sent = chats()[3]?.json as { model: string; messages: { content: string }[] };
    assert.equal(sent.model, 'careful-model');
    assert.deepEqual(
      sent.messages.slice(2).map(({ content }) => content),
      ['The **careful** answer: `+` adds numbers and joins strings.', 'Why strings?'],
    );
    await workbench.runCommand('Quillet: Open Conversation');
    await waitUntil('the conversation is a document', async () => /^# Explain/.test(await workbench.editorText()));
    await workbench.screenshot('threads-conversation');
    assert.match(await workbench.editorText(), /## You\s+Why strings\?\s+## Quillet · \S+\s+Because you asked\./);
    await workbench.press('Control+w');
    await dontSave();
    await workbench.runCommand('Quillet: Close All Threads');
    await waitUntil('the thread is gone', async () => (await page.locator('.review-widget').count()) === 0);
    assert.deepEqual(await workbench.notifications(), []);
  });

  it('bring the commands they need into the Command Palette, and no others', async () => {
    const { page } = workbench;
    const ofThreads = ['Close Thread', 'Compare Models…', 'Focus Answer', 'Regenerate Answer', 'Reopen Thread'];
    const commands = [...ofThreads, 'Resolve Thread', 'Show Next Answer', 'Show Previous Answer', 'Accept This Change'];
    const listed = async (): Promise<string[]> => {
      const names = await workbench.listedCommands('Quillet: ');
      return commands.filter((command) => names.includes(`Quillet: ${command}`));
    };
    assert.deepEqual(await listed(), []);
    server.script(slowAnswer('It adds two numbers.'));
    await explain('spoken.ts');
    await readAnswer(page);
    const always = ['Close Thread', 'Compare Models…', 'Focus Answer', 'Regenerate Answer'];
    assert.deepEqual(await listed(), [...always, 'Resolve Thread']);
    await workbench.runCommand('Quillet: Resolve Thread');
    assert.deepEqual(await listed(), [...always, 'Reopen Thread']);
    await workbench.runCommand('Quillet: Reopen Thread');
    await workbench.runCommand('Quillet: Regenerate Answer');
    await seeLabel('2 of 2');
    await readAnswer(page);
    assert.deepEqual(await listed(), [...always, 'Resolve Thread', 'Show Next Answer', 'Show Previous Answer']);
    await workbench.runCommand('Quillet: Close All Threads');
    assert.deepEqual(await listed(), []);
  });

  it('have an accessible label with the answer instead of the placeholder', async () => {
    const { page } = workbench;
    server.script(slowAnswer('It adds two numbers.'));
    await explain('spoken.ts');
    await readAnswer(page);
    assert.equal(await comment(page, 0).getAttribute('aria-label'), 'Quillet, It adds two numbers.');
    assert.match(
      (await thread(page).locator('.comments-container').getAttribute('aria-label')) ?? '',
      /lines 2 through 4.*Explain · quillet-test/,
    );
    await workbench.runCommand('Quillet: Close All Threads');
  });

  it('move with their code, also while an answer streams', async () => {
    const { page } = workbench;
    server.script(twoPartAnswer('It adds', ' two numbers.'));
    await explain('moved.ts');
    await seeInThread(page, 'It adds');
    await workbench.press('Control+Home', 'Enter', 'Enter', 'Enter');
    await waitUntil('the lines have moved', async () => /^\s*\n\s*\n\s*\n/.test(await workbench.editorText()));
    server.openGate('rest');
    await readAnswer(page);
    assert.equal(await lineAbove(), '}');
    await workbench.screenshot('threads-moved');
    await pressThreadButton(page, 'Regenerate Answer');
    await readAnswer(page);
    assert.equal(await lineAbove(), '}');
    await workbench.runCommand('Quillet: Close All Threads');
  });

  it('reappear when their file is reopened, and collapse when resolved', async () => {
    const { page } = workbench;
    server.script(slowAnswer('It adds two numbers.'));
    await explain('again.ts');
    await readAnswer(page);
    await workbench.press('Control+w');
    await waitUntil(
      'the tab is closed',
      async () => (await page.locator('.tab[data-resource-name="again.ts"]').count()) === 0,
    );
    await openFile(page, 'again.ts');
    await seeInThread(page, 'It adds two numbers.');
    assert.equal(await lineAbove(), '}');
    await pressThreadButton(page, 'Resolve Thread');
    await waitUntil(
      'the thread is collapsed',
      async () => (await page.locator('.review-widget:visible').count()) === 0,
    );
    await workbench.screenshot('threads-resolved');
    await workbench.runCommand('Quillet: Close All Threads');
  });

  it('keep a draft reply while answers stream', async () => {
    const { page } = workbench;
    server.script(twoPartAnswer('It adds', ' two numbers.'));
    await explain('typing.ts');
    await seeInThread(page, 'It adds');
    await writeReply(page, 'A question that is not ');
    server.openGate('rest');
    await readAnswer(page);
    await page.keyboard.type('finished');
    await waitUntil('the whole reply is in the box', async () => {
      return (await replyBox()).includes('A question that is not finished');
    });
    await workbench.screenshot('threads-typing');
    server.script(twoPartAnswer('Because', ' of that.', 'more'));
    await workbench.press('Control+Enter');
    await waitUntil('the sent question has left the box', async () => !(await replyBox()).includes('finished'));
    await seeInThread(page, 'Because');
    await writeReply(page, 'The next question');
    server.openGate('more');
    await seeInThread(page, 'of that.');
    await readAnswer(page);
    await waitUntil('the next question is still in the box', async () =>
      (await replyBox()).includes('The next question'),
    );
    for (let index = 0; index < 20; index += 1) await workbench.press('Backspace');
    await workbench.runCommand('Quillet: Close All Threads');
  });

  it('can be reached and left with the keyboard', async () => {
    const { page } = workbench;
    server.script(slowAnswer('It adds two numbers.'));
    await explain('focus.ts');
    await readAnswer(page);
    assert.equal(await isInThread(), false, 'the thread took the focus');
    await workbench.press('Control+Home');
    await workbench.runCommand('Quillet: Focus Answer');
    await waitUntil('the focus is in the thread', isInThread);
    await workbench.press('Control+1');
    await waitUntil('the focus is back in the code', async () => !(await isInThread()));
    await page.keyboard.type(' // typed');
    await waitUntil('the typed text is in the code', async () => (await workbench.editorText()).includes('} // typed'));
    await workbench.press('Control+z');
    await workbench.runCommand('Quillet: Close All Threads');
  });

  it('return the focus to the editor when a follow-up is sent and when they are closed', async () => {
    const { page } = workbench;
    server.script(slowAnswer('It adds two numbers.'));
    await explain('sent.ts');
    await readAnswer(page);
    server.script(twoPartAnswer('Because', ' of that.'));
    await writeReply(page, 'Why?');
    await workbench.press('Control+Enter');
    await seeInThread(page, 'Because');
    // VS Code folds the box when the command has ended.
    await see(thread(page).locator('.review-thread-reply-button'), 'the folded reply box');
    await waitUntil('nothing is selected', async () => /^Ln \d+, Col \d+$/.test(await caret(page)));
    await workbench.press('Control+Home');
    await waitUntil('the keys move the cursor', async () => /^Ln 1, Col 1$/.test(await caret(page)));
    await workbench.press('Escape');
    await seeInThread(page, 'stopped');
    await workbench.screenshot('threads-sent');
    await workbench.press('ArrowDown');
    await waitUntil('the arrow keys still move the cursor', async () => /^Ln 2, Col 1$/.test(await caret(page)));
    await thread(page).locator('.review-actions .action-label[aria-label^="Close Thread"]').focus();
    await workbench.press('Enter');
    await waitUntil('the thread is gone', async () => (await page.locator('.review-widget').count()) === 0);
    await workbench.press('ArrowDown');
    await waitUntil('the focus is in the editor', async () => /^Ln 3, Col 1$/.test(await caret(page)));
  });

  function isInThread(): Promise<boolean> {
    return thread(workbench.page).evaluate((node) => node.contains(document.activeElement));
  }

  async function replyBox(): Promise<string> {
    const text = await thread(workbench.page).locator('.comment-form .view-lines').innerText();
    return text.replaceAll('\u00a0', ' ');
  }

  /** The text of the last line above the thread. */
  async function lineAbove(): Promise<string> {
    const top = (await thread(workbench.page).boundingBox())?.y ?? 0;
    const lines = workbench.page.locator('.editor-group-container.active .view-lines .view-line');
    return lines.evaluateAll(
      (all, limit) =>
        all
          .filter((line) => line.closest('.review-widget') === null)
          .map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent ?? '' }))
          .filter((line) => line.top < limit)
          .sort((left, right) => right.top - left.top)[0]?.text ?? '',
      top,
    );
  }

  async function dontSave(): Promise<void> {
    const button = workbench.page.locator('.monaco-dialog-box .monaco-button', { hasText: "Don't Save" });
    await (await see(button, 'the question whether to save')).click();
  }
});

/** An answer whose second part is sent when the gate opens. */
function twoPartAnswer(first: string, second: string, name = 'rest'): Scenario {
  return streamed([first], { then: [{ do: 'gate', name }, send(deltaFrame({ content: second }))] });
}

/** Slow enough for the thread to be drawn before the answer is complete, as with a real model. */
function slowAnswer(text: string): Scenario {
  return streamed([text.slice(0, 4), text.slice(4)], { delayMs: 400 });
}
