import * as assert from 'node:assert/strict';
import { chord, openFile, readAnswer, see, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { deltaFrame, type Scenario, send, streamed } from '../support/scenario';
import {
  choices,
  comment,
  pressThreadButton,
  seeInThread,
  seeQuestion,
  thread,
  threadButtons,
  until,
  writeReply,
} from './support/screen';
import { type Journey, keepFailure, startJourney } from './support/workbench';

const source = `/** Adds two numbers. */
export function add(first: number, second: number): number {
  return first + second;
}

export const three = add(1, 2);
`;
const stories = ['variants', 'spoken', 'moved', 'again', 'typing', 'focus'];

describe('threads that live in the packaged extension', () => {
  let journey: Journey;
  let server: FakeModelServer;

  before(async () => {
    server = await startFakeModelServer();
    const models = ['careful-model', 'quick-model'];
    const providers = { fake: { preset: 'custom', baseUrl: server.url, needsKey: false, models } };
    journey = await startJourney({
      settings: { 'quillet.providers': providers, 'quillet.model': 'fake/quillet-test' },
      files: Object.fromEntries(stories.map((story) => [`${story}.ts`, source])),
    });
  });
  beforeEach(() => server.reset());
  afterEach(function () {
    // Whatever became of the story, its answer must not go on in the next.
    for (const gate of ['rest', 'more']) server.openGate(gate);
    return keepFailure(journey, this.currentTest);
  });
  after(async () => {
    await journey.close();
    await server.close();
  });

  async function explain(file: string): Promise<void> {
    await openFile(journey.page, file);
    await selectWithKeyboard(journey.page, 2, 4);
    await chord(journey.page, 'g');
  }

  async function seeLabel(words: string): Promise<void> {
    await see(comment(journey.page, 0).locator('.isPending', { hasText: words }), `"${words}" beside the answer`);
  }

  it('gives an answer anew, goes back to the first, asks another model, goes on from what is shown, and ends as a document', async () => {
    const { page } = journey;
    server.scriptNext([
      slowly('The **first** answer: it adds two numbers.'),
      slowly('The **second** answer: the sum of both is returned.'),
      slowly('The **careful** answer: `+` adds numbers and joins strings.'),
      slowly('Because you asked.'),
    ]);
    await explain('variants.ts');
    await readAnswer(page);
    await pressThreadButton(page, 'Regenerate');
    await seeInThread(page, 'the sum of both');
    await seeLabel('2 of 2');
    await until('there are buttons to step', async () => (await threadButtons(page)).includes('Show Previous Answer'));
    await journey.screenshot('threads-second');
    await pressThreadButton(page, 'Show Previous Answer');
    await seeInThread(page, 'it adds two numbers');
    await seeLabel('1 of 2');
    await pressThreadButton(page, 'Ask Other Models');
    await seeQuestion(page, 'Ask Other Models');
    const other = choices(page).filter({ hasText: 'careful-model' });
    await see(other, 'the other model');
    await journey.screenshot('threads-models');
    await other.click();
    await journey.press('Enter');
    await seeLabel('1 of 3');
    await until('the other model has answered', () => server.requests.length === 3);
    await until('nothing runs', async () => (await threadButtons(page)).includes('Regenerate'));
    await seeInThread(page, 'it adds two numbers');
    await pressThreadButton(page, 'Show Previous Answer');
    await seeInThread(page, 'joins strings');
    await seeLabel('3 of 3');
    await journey.screenshot('threads-other-model');
    assert.match(await thread(page).locator('.review-title').innerText(), /Explain · careful-model/);
    await writeReply(page, 'Why strings?');
    await journey.press('Control+Enter');
    await seeInThread(page, 'Because you asked.');
    await readAnswer(page);
    await journey.screenshot('threads-follow-up');
    const sent = server.requests[3]?.json as { model: string; messages: { content: string }[] };
    assert.equal(sent.model, 'careful-model');
    assert.deepEqual(
      sent.messages.slice(2).map(({ content }) => content),
      ['The **careful** answer: `+` adds numbers and joins strings.', 'Why strings?'],
    );
    await journey.runCommand('Quillet: Open Conversation');
    await until('the conversation is a document', async () => /^# Explain/.test(await journey.editorText()));
    await journey.screenshot('threads-conversation');
    assert.match(await journey.editorText(), /## You\s+Why strings\?\s+## Quillet · \S+\s+Because you asked\./);
    await journey.press('Control+w');
    await dontSave();
    await journey.runCommand('Quillet: Clear All Threads');
    await until('the thread is gone', async () => (await page.locator('.review-widget').count()) === 0);
    assert.deepEqual(await journey.notifications(), []);
  });

  it('says the answer to a screen reader, and not what stood there before it', async () => {
    const { page } = journey;
    server.script(slowly('It adds two numbers.'));
    await explain('spoken.ts');
    await readAnswer(page);
    assert.equal(await comment(page, 0).getAttribute('aria-label'), 'Quillet, It adds two numbers.');
    assert.match(
      (await thread(page).locator('.comments-container').getAttribute('aria-label')) ?? '',
      /lines 2 through 4.*Explain · quillet-test/,
    );
    await journey.runCommand('Quillet: Clear All Threads');
  });

  it('stays with its code while lines come and go above it, also while the answer arrives', async () => {
    const { page } = journey;
    server.script(inTwoParts('It adds', ' two numbers.'));
    await explain('moved.ts');
    await seeInThread(page, 'It adds');
    await journey.press('Control+Home', 'Enter', 'Enter', 'Enter');
    await until('the lines have moved', async () => /^\s*\n\s*\n\s*\n/.test(await journey.editorText()));
    server.openGate('rest');
    await readAnswer(page);
    assert.equal(await lineAbove(), '}');
    await journey.screenshot('threads-moved');
    await pressThreadButton(page, 'Regenerate');
    await readAnswer(page);
    assert.equal(await lineAbove(), '}');
    await journey.runCommand('Quillet: Clear All Threads');
  });

  it('is there when the file is closed and opened again, folded when it was resolved', async () => {
    const { page } = journey;
    server.script(slowly('It adds two numbers.'));
    await explain('again.ts');
    await readAnswer(page);
    await journey.press('Control+w');
    await until(
      'the tab is closed',
      async () => (await page.locator('.tab[data-resource-name="again.ts"]').count()) === 0,
    );
    await openFile(page, 'again.ts');
    await seeInThread(page, 'It adds two numbers.');
    assert.equal(await lineAbove(), '}');
    await pressThreadButton(page, 'Resolve');
    await until('the thread is folded', async () => (await page.locator('.review-widget:visible').count()) === 0);
    await journey.screenshot('threads-resolved');
    await journey.runCommand('Quillet: Clear All Threads');
  });

  it('keeps what is typed into the reply box while answers come in', async () => {
    const { page } = journey;
    server.script(inTwoParts('It adds', ' two numbers.'));
    await explain('typing.ts');
    await seeInThread(page, 'It adds');
    await writeReply(page, 'A question that is not ');
    server.openGate('rest');
    await readAnswer(page);
    await page.keyboard.type('finished');
    await until('all of it is in the box', async () => {
      return (await replyBox()).includes('A question that is not finished');
    });
    await journey.screenshot('threads-typing');
    server.script(inTwoParts('Because', ' of that.', 'more'));
    await journey.press('Control+Enter');
    await until('the sent question has left the box', async () => !(await replyBox()).includes('finished'));
    await seeInThread(page, 'Because');
    await writeReply(page, 'The next question');
    server.openGate('more');
    await seeInThread(page, 'of that.');
    await readAnswer(page);
    await until('the next question is still in the box', async () => (await replyBox()).includes('The next question'));
    for (let index = 0; index < 20; index += 1) await journey.press('Backspace');
    await journey.runCommand('Quillet: Clear All Threads');
  });

  it('gives the keyboard a way from the code into its thread, and back', async () => {
    const { page } = journey;
    server.script(slowly('It adds two numbers.'));
    await explain('focus.ts');
    await readAnswer(page);
    assert.equal(await isInThread(), false, 'the thread took the focus');
    await journey.press('Control+Home');
    await journey.runCommand('Quillet: Go to Answer');
    await until('the focus is in the thread', isInThread);
    await journey.press('Control+1');
    await until('the focus is back in the code', async () => !(await isInThread()));
    await page.keyboard.type(' // typed');
    await until('what is typed is in the code', async () => (await journey.editorText()).includes('} // typed'));
    await journey.press('Control+z');
    await journey.runCommand('Quillet: Clear All Threads');
  });

  function isInThread(): Promise<boolean> {
    return thread(journey.page).evaluate((node) => node.contains(document.activeElement));
  }

  async function replyBox(): Promise<string> {
    const text = await thread(journey.page).locator('.comment-form .view-lines').innerText();
    return text.replaceAll('\u00a0', ' ');
  }

  /** The text of the editor's last line above the thread. */
  async function lineAbove(): Promise<string> {
    const top = (await thread(journey.page).boundingBox())?.y ?? 0;
    const lines = journey.page.locator('.editor-group-container.active .view-lines .view-line');
    return lines.evaluateAll(
      (all, limit) =>
        all
          .filter((line) => line.closest('.review-widget') === null)
          .map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent ?? '' }))
          .filter((line) => line.top < limit)
          .sort((one, other) => other.top - one.top)[0]?.text ?? '',
      top,
    );
  }

  async function dontSave(): Promise<void> {
    const button = journey.page.locator('.monaco-dialog-box .monaco-button', { hasText: "Don't Save" });
    await (await see(button, 'the question whether to save')).click();
  }
});

/** The second part comes when the gate is opened. */
function inTwoParts(first: string, second: string, name = 'rest'): Scenario {
  return streamed([first], { then: [{ do: 'gate', name }, send(deltaFrame({ content: second }))] });
}

/** Slow enough that the thread is drawn before the answer is complete, as it is with any real model. */
function slowly(text: string): Scenario {
  return streamed([text.slice(0, 4), text.slice(4)], { delayMs: 400 });
}
