import * as assert from 'node:assert/strict';
import { answerInput, chord, openFile, see, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { streamed } from '../support/scenario';
import {
  caret,
  notificationButtons,
  pressThreadButton,
  seeInThread,
  seeNotification,
  seeQuestion,
  thread,
  threadButtons,
  until,
  writeReply,
} from './support/screen';
import { type Journey, keepFailure, startJourney } from './support/workbench';

const asked = [
  'export function total(prices) {',
  '  let sum = 0;',
  '  for (const price of prices) {',
  '    sum += price;',
  '  }',
  '',
  '  const tax = sum * 0.2;',
  '  console.log(tax);',
  '',
  '  return sum + tax;',
  '}',
].join('\n');
const source = `// Shop\n${asked}\n`;
const first = (text: string) => text.replace('total(prices)', 'total(prices: number[]): number');
const second = (text: string) => text.replace('sum * 0.2;', 'sum * TAX;');
const fourth = (text: string) => text.replace('return sum + tax;', 'return round(sum + tax);');
const proposal = fourth(second(first(asked)));
const stories = ['parts', 'keys', 'edited', 'clash', 'next', 'reply'];

describe('deciding on a proposal change by change in the packaged extension', () => {
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
    server.script(streamed([proposal.slice(0, 40), proposal.slice(40)], { delayMs: 300 }));
  });
  afterEach(function () {
    return keepFailure(journey, this.currentTest);
  });
  after(async () => {
    await journey.close();
    await server.close();
  });

  async function rewrite(file: string): Promise<void> {
    const { page } = journey;
    await openFile(page, file);
    await selectWithKeyboard(page, 2, 12);
    await chord(page, "'");
    await seeQuestion(page, 'Rewrite');
    await answerInput(page, 'Tidy up');
    await seeInThread(page, /\+\s*return round/);
    await until('the buttons are there', async () => (await threadButtons(page)).includes('Accept Proposal'));
  }

  async function openDiff(): Promise<void> {
    const { page } = journey;
    await pressThreadButton(page, 'Open Proposal as Diff');
    await see(page.locator('.monaco-diff-editor .editor.modified', { hasText: 'round(' }), 'the diff');
    await see(titleButton('Accept This Change'), 'the buttons in the title');
  }

  it('accepts one change by the button in the title, rejects one by key, and accepts the rest', async () => {
    const { page } = journey;
    await rewrite('parts.ts');
    await journey.screenshot('changes-thread');
    await openDiff();
    await journey.screenshot('changes-diff');
    assert.deepEqual(await titleButtons(), [
      'Accept This Change',
      'Reject This Change',
      'Accept Proposal',
      'Reject Proposal',
    ]);
    await clickTitle('Accept This Change');
    await see(page.locator('.monaco-diff-editor .editor.original', { hasText: 'number[]' }), 'the change in the file');
    await see(page.locator('.statusbar-item', { hasText: '2 changes left' }), 'how many are left');
    await journey.screenshot('changes-one-accepted');
    await until('the caret is on the next change', async () => (await caret(page)).startsWith('Ln 8,'));
    await chord(page, ';');
    await see(page.locator('.statusbar-item', { hasText: '1 change left' }), 'how many are left');
    await page.locator('.monaco-diff-editor .editor.modified .view-line', { hasText: /TAX/ }).waitFor({
      state: 'detached',
    });
    await journey.screenshot('changes-one-rejected');
    await until('the caret is on the next change', async () => (await caret(page)).startsWith('Ln 11,'));
    await clickTitle('Accept Proposal');
    await page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    await until('the rest is in the text', async () => (await journey.editorText()).includes('round('));
    await journey.screenshot('changes-rest-accepted');
    assert.equal(await journey.savedText('parts.ts'), fourth(first(source)));
    assert.equal(await threads(), 0);
    await journey.press('Control+z');
    assert.equal(await journey.savedText('parts.ts'), first(source), 'one undo takes back what was accepted last');
    await journey.press('Control+z');
    assert.equal(await journey.savedText('parts.ts'), source, 'another one the change before');
    assert.deepEqual(await journey.notifications(), []);
  });

  it('decides on everything by keyboard and by the menu of the diff, which then closes', async () => {
    const { page } = journey;
    await rewrite('keys.ts');
    await openDiff();
    await page.locator('.monaco-diff-editor .editor.modified .view-line', { hasText: 'round(' }).click();
    await chord(page, "'");
    await see(page.locator('.statusbar-item', { hasText: '2 changes left' }), 'how many are left');
    const line = page.locator('.monaco-diff-editor .editor.modified .view-line', { hasText: /TAX/ });
    await line.click({ button: 'right' });
    const entry = page.locator('.monaco-menu .action-label', { hasText: 'Reject This Change' });
    await see(entry, 'the menu of the diff');
    await journey.screenshot('changes-menu');
    await until('the change is rejected', async () => {
      await entry.click({ timeout: 1000 }).catch(() => undefined);
      return (await page.locator('.statusbar-item', { hasText: '1 change left' }).count()) > 0;
    });
    await chord(page, 'Control+;');
    await page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    await until('the thread is gone', async () => (await threads()) === 0);
    assert.equal(await journey.savedText('keys.ts'), fourth(source));
  });

  it('need 6: accepts a proposal for code that was edited elsewhere meanwhile', async () => {
    const { page } = journey;
    await rewrite('edited.ts');
    await page.locator('.editor-instance:visible .view-line', { hasText: 'let sum = 0;' }).first().click();
    await journey.press('End');
    await page.keyboard.type(' // cents');
    await journey.screenshot('changes-edited');
    await pressThreadButton(page, 'Accept Proposal');
    await until('the proposal is in the text', async () => (await journey.editorText()).includes('round('));
    await journey.screenshot('changes-rebased');
    const edited = source.replace('let sum = 0;', 'let sum = 0; // cents');
    assert.equal(await journey.savedText('edited.ts'), fourth(second(first(edited))));
    await journey.press('Control+z');
    assert.equal(await journey.savedText('edited.ts'), edited);
  });

  it('need 5: writes nothing where the same line was edited, and says what can be done', async () => {
    const { page } = journey;
    await rewrite('clash.ts');
    await page.locator('.editor-instance:visible .view-line', { hasText: 'const tax' }).first().click();
    await journey.press('End');
    await page.keyboard.type(' // mine');
    await seeInThread(page, 'edited since');
    await journey.screenshot('changes-clash');
    await pressThreadButton(page, 'Accept Proposal');
    const toast = await seeNotification(page, /lines that the proposal changes have been edited/);
    assert.deepEqual(await notificationButtons(toast), ['Regenerate', 'Open Diff', 'Copy Answer', 'Show Log']);
    await journey.screenshot('changes-clash-refused');
    assert.equal(await journey.savedText('clash.ts'), source.replace('0.2;', '0.2; // mine'));
    await journey.runCommand('Quillet: Reject Proposal');
    await until('the thread is gone', async () => (await threads()) === 0);
  });

  it('keeps a reply that was begun while the diff is looked at', async () => {
    const { page } = journey;
    await rewrite('reply.ts');
    await writeReply(page, 'But keep the name');
    await openDiff();
    await journey.runCommand('View: Close Editor');
    await page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    await see(thread(page).locator('.comment-form .view-line', { hasText: 'But keep the name' }), 'the reply');
    await journey.screenshot('changes-reply-kept');
    assert.equal(await journey.savedText('reply.ts'), source, 'closing the diff wrote something');
    await journey.runCommand('Quillet: Reject Proposal');
    await until('the thread is gone', async () => (await threads()) === 0);
  });

  it('goes to the next proposal', async () => {
    const { page } = journey;
    await rewrite('next.ts');
    await page.locator('.editor-instance:visible .view-line', { hasText: '// Shop' }).first().click();
    await journey.runCommand('Quillet: Go to Next Proposal');
    await until('the caret is there', async () => /^Ln 2, Col 1/.test(await caret(page)));
    await see(thread(page), 'the thread');
    await journey.screenshot('changes-next');
  });

  function threads(): Promise<number> {
    return journey.page.locator('.editor-instance:visible .review-widget').count();
  }

  function titleButton(label: string) {
    return journey.page.locator(
      `.editor-group-container.active .title .editor-actions .action-label[aria-label^="${label}"]`,
    );
  }

  async function clickTitle(label: string): Promise<void> {
    await (await see(titleButton(label), `"${label}" in the title`)).click();
  }

  async function titleButtons(): Promise<string[]> {
    const all = await journey.page.locator('.editor-group-container.active .title .editor-actions .action-label').all();
    const labels = await Promise.all(all.map(async (one) => (await one.getAttribute('aria-label')) ?? ''));
    return labels.map((label) => label.replace(/ \(.*/, '')).filter((label) => /^(Accept|Reject)/.test(label));
  }
});
