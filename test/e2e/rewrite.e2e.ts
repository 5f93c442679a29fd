import * as assert from 'node:assert/strict';
import { answerInput, chord, openFile, see, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { deltaFrame, type Scenario, send, streamed } from '../support/scenario';
import {
  isBusy,
  pressThreadButton,
  seeInThread,
  seeNotification,
  seeQuestion,
  seeStatus,
  thread,
  threadButtons,
  until,
  writeReply,
} from './support/screen';
import { type Journey, keepFailure, startJourney } from './support/workbench';

/** Tabs, no line end at the end: what a careless rewrite would lose. */
const source = 'export function add(a: number, b: number) {\n\treturn a + b;\n}\n\nexport const three = add(1, 2);';
const proposal = 'export function add(a: number, b: number): number {\n\treturn a + b;\n}';
const rewritten = source.replace('b: number)', 'b: number): number');
const better = proposal.replaceAll('add', 'sum');
const stories = ['accept', 'diff', 'decline', 'iterate', 'place', 'cut', 'form'];

describe('rewriting a selection in the packaged extension', () => {
  let journey: Journey;
  let server: FakeModelServer;

  before(async () => {
    server = await startFakeModelServer();
    const providers = { fake: { preset: 'custom', baseUrl: server.url, needsKey: false } };
    journey = await startJourney({
      settings: { 'quillet.providers': providers, 'quillet.model': 'fake/quillet-test' },
      files: Object.fromEntries(stories.map((story) => [`${story}.ts`, source])),
    });
  });
  beforeEach(() => {
    server.reset();
    server.script(slowly(proposal));
  });
  afterEach(function () {
    // Whatever became of the story, its answer must not go on in the next.
    server.openGate('rest');
    return keepFailure(journey, this.currentTest);
  });
  after(async () => {
    await journey.close();
    await server.close();
  });

  /** Gives the instruction for the function in the file of this name. */
  async function rewrite(file: string): Promise<void> {
    const { page } = journey;
    await openFile(page, file);
    await selectWithKeyboard(page, 1, 3);
    await chord(page, "'");
    await seeQuestion(page, 'Rewrite');
    await answerInput(page, 'Give it a return type');
  }

  async function seeProposal(): Promise<void> {
    await seeInThread(journey.page, /\+\s*export function/);
    await until('the buttons are there', async () => (await threadButtons(journey.page)).includes('Accept Proposal'));
  }

  it('asks what should change, shows the change, and writes it when it is accepted', async () => {
    const { page } = journey;
    server.script(inTwoParts('export function add(a: number,', proposal.slice(30)));
    await openFile(page, 'accept.ts');
    await selectWithKeyboard(page, 1, 3);
    await chord(page, "'");
    await seeQuestion(page, 'Rewrite');
    await journey.screenshot('rewrite-question');
    await answerInput(page, 'Give it a return type');
    await seeInThread(page, 'export function add(a: number,');
    await journey.screenshot('rewrite-streaming');
    assert.equal((await threadButtons(page)).includes('Accept Proposal'), false, 'half an answer can be accepted');
    server.openGate('rest');
    await seeProposal();
    await seeStatus(page, /55 tokens/);
    await journey.screenshot('rewrite-proposal');
    assert.deepEqual(await threadButtons(page), [
      'Accept Proposal',
      'Open Proposal as Diff',
      'Regenerate',
      'Reject Proposal',
      'Collapse',
    ]);
    assert.equal(await journey.savedText('accept.ts'), source, 'written before it was accepted');
    await pressThreadButton(page, 'Accept Proposal');
    await until('the proposal is in the text', async () => (await journey.editorText()).includes('): number {'));
    await until('the thread is gone', async () => (await threads()) === 0);
    await journey.screenshot('rewrite-accepted');
    assert.equal(await journey.savedText('accept.ts'), rewritten);
    await journey.press('Control+z');
    await until('one undo takes it back', async () => !(await journey.editorText()).includes('): number {'));
    assert.equal(await journey.savedText('accept.ts'), source);
    assert.deepEqual(await journey.notifications(), []);
  });

  it('shows the change in a diff editor, which has Accept and Reject in its title', async () => {
    const { page } = journey;
    await rewrite('diff.ts');
    await seeProposal();
    await pressThreadButton(page, 'Open Proposal as Diff');
    await see(page.locator('.monaco-diff-editor .editor.modified', { hasText: ': number {' }), 'the diff');
    await see(titleButton('Accept Proposal'), 'Accept in the title');
    await see(titleButton('Reject Proposal'), 'Reject in the title');
    await journey.screenshot('rewrite-diff');
    await page.mouse.move(600, 600);
    await titleButton('Accept Proposal').click();
    await page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    await until('the proposal is in the text', async () => (await journey.editorText()).includes('): number {'));
    assert.equal(await journey.savedText('diff.ts'), rewritten);
  });

  it('forgets the proposal when it is rejected in the diff editor', async () => {
    const { page } = journey;
    await rewrite('decline.ts');
    await seeProposal();
    await pressThreadButton(page, 'Open Proposal as Diff');
    await (await see(titleButton('Reject Proposal'), 'Reject in the title')).click();
    await page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    await until('the thread is gone', async () => (await threads()) === 0);
    assert.equal(await journey.savedText('decline.ts'), source);
  });

  it('is changed further by a reply, and can be rejected', async () => {
    const { page } = journey;
    server.scriptNext([slowly(proposal), slowly(better)]);
    await rewrite('iterate.ts');
    await seeProposal();
    await writeReply(page, 'Call it sum');
    await journey.screenshot('rewrite-reply');
    await journey.press('Control+Enter');
    await seeInThread(page, /\+\s*export function sum/);
    await until('the buttons are there', async () => (await threadButtons(page)).includes('Accept Proposal'));
    await journey.screenshot('rewrite-iterated');
    const messages = server.requests[1]?.json?.['messages'] as { role: string; content: string }[];
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['system', 'user', 'assistant', 'user'],
    );
    await pressThreadButton(page, 'Reject Proposal');
    await until('the thread is gone', async () => (await threads()) === 0);
    assert.equal(await journey.savedText('iterate.ts'), source);
  });

  it('can be accepted with the button below the proposal', async () => {
    const { page } = journey;
    await rewrite('form.ts');
    await seeProposal();
    await (await see(thread(page).locator('.review-thread-reply-button'), 'the reply box')).click();
    const button = thread(page).locator('.form-actions .monaco-button', { hasText: 'Accept Proposal' });
    await (await see(button, 'the button below')).click();
    await until('the proposal is in the text', async () => (await journey.editorText()).includes('): number {'));
  });

  it('is written in place when it is complete, not before, in one undo step', async () => {
    const { page } = journey;
    server.script(inTwoParts('export function add(a: number,', proposal.slice(30)));
    await openFile(page, 'place.ts');
    await selectWithKeyboard(page, 1, 3);
    await journey.runCommand('Quillet: Rewrite Selection in Place');
    await seeQuestion(page, 'Rewrite');
    await answerInput(page, 'Give it a return type');
    await seeStatus(page, /30 characters/);
    await journey.screenshot('rewrite-in-place-running');
    assert.equal(await journey.savedText('place.ts'), source, 'written before it was complete');
    server.openGate('rest');
    await until('the answer is in the text', async () => (await journey.editorText()).includes('): number {'));
    await journey.screenshot('rewrite-in-place');
    assert.equal(await journey.savedText('place.ts'), rewritten);
    await journey.press('Control+z');
    assert.equal(await journey.savedText('place.ts'), source);
  });

  it('leaves the text alone when the answer is cut off, and offers what arrived', async () => {
    const { page } = journey;
    server.script(streamed(['export function add('], { then: [{ do: 'cut' }] }));
    await openFile(page, 'cut.ts');
    await selectWithKeyboard(page, 1, 3);
    await journey.runCommand('Quillet: Rewrite Selection in Place');
    await seeQuestion(page, 'Rewrite');
    await answerInput(page, 'Give it a return type');
    await seeNotification(page, /broke off before the answer was complete/);
    await journey.screenshot('rewrite-cut');
    await until('nothing runs any more', async () => !(await isBusy(page)));
    assert.equal(await journey.savedText('cut.ts'), source);
  });

  function threads(): Promise<number> {
    return journey.page.locator('.editor-instance:visible .review-widget').count();
  }

  function titleButton(label: string) {
    return journey.page.locator(
      `.editor-group-container.active .title .editor-actions .action-label[aria-label^="${label}"]`,
    );
  }
});

/** The second part comes when the gate `rest` is opened. */
function inTwoParts(first: string, second: string): Scenario {
  return streamed([first], { then: [{ do: 'gate', name: 'rest' }, send(deltaFrame({ content: second }))] });
}

/** Slow enough that the thread is drawn before the answer is complete, as it is with any real model. */
function slowly(text: string): Scenario {
  return streamed([text.slice(0, 20), text.slice(20)], { delayMs: 300 });
}
