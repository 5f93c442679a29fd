import * as assert from 'node:assert/strict';
import {
  chooseFromMenu,
  chord,
  openFile,
  readAnswer,
  selectWithKeyboard,
  selectWithMouse,
} from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { defaultAnswer } from '../support/namedModels';
import { deltaFrame, type Scenario, send, streamed } from '../support/scenario';
import {
  caret,
  comment,
  isBusy,
  pressCommentButton,
  pressThreadButton,
  seeInThread,
  seeStatus,
  statusItem,
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
const stories = ['menu', 'reply', 'early', 'buttons', 'older', 'below', 'anew', 'close', 'chords', 'keys', 'twice'];

describe('explaining a selection in the packaged extension', () => {
  let journey: Journey;
  let server: FakeModelServer;
  /** What VS Code itself complains of. */
  const complaints: string[] = [];

  before(async () => {
    server = await startFakeModelServer();
    const providers = { fake: { preset: 'custom', baseUrl: server.url, needsKey: false } };
    journey = await startJourney({
      settings: { 'quillet.providers': providers, 'quillet.model': 'fake/quillet-test' },
      files: Object.fromEntries(stories.map((story) => [`${story}.ts`, source])),
    });
    journey.page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
  });
  beforeEach(() => server.reset());
  afterEach(function () {
    // Whatever became of the story, its answer must not go on in the next.
    server.openGate('rest');
    return keepFailure(journey, this.currentTest);
  });
  after(async () => {
    await journey.close();
    await server.close();
  });

  /** Explains the function in the file of this name, and waits for the whole answer. */
  async function explain(file: string): Promise<void> {
    await openFile(journey.page, file);
    await selectWithKeyboard(journey.page, 2, 4);
    await chord(journey.page, 'g');
    await readAnswer(journey.page);
  }

  it('grows in a thread under the mouse selection, chosen from the context menu, and ends with its tokens', async () => {
    const { page } = journey;
    server.script(
      inTwoParts(
        '## What it does\n\nIt adds',
        ' **two numbers**.\n\n- `first`\n- `second`\n\n```ts\nadd(1, 2);\n```\n',
      ),
    );
    await openFile(page, 'menu.ts');
    await selectWithMouse(page, 2, 4);
    await chooseFromMenu(page, 3, 'Explain Selection');
    await seeInThread(page, 'It adds');
    assert.ok(await isBusy(page), 'the status bar shows no spinner');
    await until('the thread has a Stop button', async () => (await threadButtons(page)).includes('Stop (Escape)'));
    await journey.screenshot('explain-streaming');
    server.openGate('rest');
    const answer = await readAnswer(page);
    await journey.screenshot('explain-menu');
    assert.equal(answer.title, 'Explain · quillet-test');
    assert.match(answer.byline, /^Quillet, .* · 55 tokens$/);
    assert.match(answer.status, /quillet-test · 55 tokens/);
    const body = comment(page, 0).locator('.comment-body');
    assert.deepEqual(await body.locator('h2').allInnerTexts(), ['What it does']);
    assert.deepEqual(await body.locator('strong').allInnerTexts(), ['two numbers']);
    assert.deepEqual(await body.locator('li code').allInnerTexts(), ['first', 'second']);
    assert.equal(
      await body.locator('.monaco-tokenized-source .mtk1').first().isVisible(),
      true,
      'code without colours',
    );
    await until(
      'the Stop button is gone',
      async () => !(await threadButtons(page)).some((label) => /Stop/.test(label)),
    );
    assert.deepEqual(await journey.notifications(), []);
    assert.equal(server.requests.length, 1);
    assert.match(String(server.requests[0]?.body), /return first \+ second/);
  });

  it('answers a follow-up that was sent with Ctrl+Enter, and the conversation so far goes along', async () => {
    const { page } = journey;
    await explain('reply.ts');
    await writeReply(page, 'Why two?');
    await journey.screenshot('explain-reply');
    await journey.press('Control+Enter');
    await until('there are three comments', async () => (await thread(page).locator('.review-comment').count()) === 3);
    await readAnswer(page);
    await journey.screenshot('explain-follow-up');
    assert.deepEqual(await comment(page, 1).locator('.author').allInnerTexts(), ['You']);
    const messages = server.requests[1]?.json?.['messages'] as { role: string; content: string }[];
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['system', 'user', 'assistant', 'user'],
    );
    assert.equal(messages[2]?.content, defaultAnswer.join(''));
    assert.equal(messages[3]?.content, 'Why two?');
  });

  it('answers a question that is asked too early when its turn comes', async () => {
    const { page } = journey;
    server.scriptNext([inTwoParts('The first', ' answer.'), slowly('The second answer.')]);
    await openFile(page, 'early.ts');
    await selectWithKeyboard(page, 2, 4);
    await chord(page, 'g');
    await seeInThread(page, 'The first');
    await writeReply(page, 'And then?');
    await journey.press('Control+Enter');
    await page.waitForTimeout(500);
    assert.equal(server.requests.length, 1);
    assert.equal(await thread(page).locator('.review-comment').count(), 1, 'the question came in between');
    server.openGate('rest');
    await seeInThread(page, 'The second answer.');
    await readAnswer(page);
    const messages = server.requests[1]?.json?.['messages'] as { content: string }[];
    assert.deepEqual(
      messages.slice(2).map(({ content }) => content),
      ['The first answer.', 'And then?'],
    );
  });

  it('copies the answer as the model sent it', async () => {
    const { page } = journey;
    await explain('buttons.ts');
    await pressCommentButton(page, 0, 'Copy Answer');
    await until('the answer is on the clipboard', async () => (await clipboard()) === defaultAnswer.join(''));
  });

  it('copies the answer whose button was pressed, not the newest', async () => {
    const { page } = journey;
    server.scriptNext([slowly('The first answer.'), slowly('The second answer.')]);
    await explain('older.ts');
    await writeReply(page, 'And then?');
    await journey.press('Control+Enter');
    await seeInThread(page, 'The second answer.');
    await readAnswer(page);
    await pressCommentButton(page, 0, 'Copy Answer');
    await until('the first answer is on the clipboard', async () => (await clipboard()) === 'The first answer.');
  });

  it('inserts the answer below the selection, wherever that has moved to', async () => {
    const { page } = journey;
    server.script(slowly('// adds'));
    await explain('below.ts');
    await journey.press('Control+Home', 'Enter', 'Enter');
    await pressCommentButton(page, 0, 'Insert Answer Below');
    await until('the answer is in the text', async () => (await journey.editorText()).includes('// adds'));
    assert.equal(await journey.savedText('below.ts'), `\n\n${source.replace('}\n', '}\n// adds\n')}`);
    await journey.press('Control+z');
    assert.equal(await journey.savedText('below.ts'), `\n\n${source}`);
  });

  it('gives the answer anew', async () => {
    const { page } = journey;
    server.scriptNext([slowly('The first answer.'), slowly('Another answer.')]);
    await explain('anew.ts');
    await pressThreadButton(page, 'Regenerate');
    await seeInThread(page, 'Another answer.');
    await readAnswer(page);
    assert.equal(await thread(page).locator('.review-comment').count(), 1);
    assert.deepEqual(server.requests[1]?.json?.['messages'], server.requests[0]?.json?.['messages']);
  });

  it('closes the thread, and nothing of it is left', async () => {
    const { page } = journey;
    await explain('close.ts');
    await pressThreadButton(page, 'Close Answer');
    await until(
      'the thread is gone',
      async () => (await page.locator('.editor-instance:visible .review-widget').count()) === 0,
    );
    assert.equal((await journey.editorText()).trimEnd(), source.trimEnd());
  });

  it('has a chord for whoever keeps the first key down', async () => {
    const { page } = journey;
    await openFile(page, 'chords.ts');
    await selectWithKeyboard(page, 2, 4);
    await journey.press('Control+k', 'Control+g');
    await readAnswer(page);
  });

  it('can be used with the keyboard alone, and says in words what it shows', async () => {
    const { page } = journey;
    await explain('keys.ts');
    const place = await caret(page);
    assert.match(place, /^Ln 4, Col 2/, 'the caret moved');
    await journey.press('Control+Home', 'Alt+F9');
    await until('Alt+F9 leads into the thread', () =>
      thread(page).evaluate((node) => node.contains(document.activeElement)),
    );
    await journey.screenshot('explain-keyboard');
    const spoken = await statusItem(page).first().getAttribute('aria-label');
    assert.equal(spoken, 'Quillet: quillet-test, 55 tokens');
    assert.deepEqual(await threadButtons(page), ['Regenerate', 'Close Answer', 'Collapse']);
    await comment(page, 0).hover();
    const buttons = comment(page, 0).locator('.comment-actions .action-label');
    assert.deepEqual(await buttons.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label'))), [
      'Copy Answer',
      'Insert Answer Below',
    ]);
    await journey.runCommand('Quillet: Close Answer');
    await until(
      'the palette closes the thread',
      async () => (await page.locator('.review-widget:visible').count()) === 0,
    );
  });

  it('sends one request when the keys are pressed twice', async () => {
    const { page } = journey;
    server.script(inTwoParts('One', ' answer.'));
    await openFile(page, 'twice.ts');
    await selectWithKeyboard(page, 2, 4);
    await journey.press('Control+k', 'g', 'Control+k', 'g');
    await seeInThread(page, 'One');
    server.openGate('rest');
    await readAnswer(page);
    await seeStatus(page, /55 tokens/);
    assert.equal(server.requests.length, 1);
    assert.equal(await page.locator('.editor-instance:visible .review-widget').count(), 1);
  });

  it('gave VS Code nothing to complain of', () => {
    const ours = complaints.filter((text) => /setActions|comment|quillet/i.test(text));
    assert.deepEqual(ours, []);
  });

  function clipboard(): Promise<string> {
    return journey.page.evaluate(() => navigator.clipboard.readText());
  }
});

/** The second part comes when the gate `rest` is opened. */
function inTwoParts(first: string, second: string): Scenario {
  return streamed([first], { then: [{ do: 'gate', name: 'rest' }, send(deltaFrame({ content: second }))] });
}

/** Slow enough that the thread is drawn before the answer is complete, as it is with any real model. */
function slowly(text: string): Scenario {
  return streamed([text.slice(0, 4), text.slice(4)], { delayMs: 400 });
}
