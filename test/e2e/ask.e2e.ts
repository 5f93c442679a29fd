import * as assert from 'node:assert/strict';
import { openFile, pressChord, see, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { lastUserText } from '../support/recordedRequest';
import { filesFor, slowAnswer, useFixture } from './support/fixture';
import {
  answerInEditor,
  caret,
  comment,
  pressCommentButton,
  pressThreadButton,
  questionBoxes,
  questionText,
  seeInThread,
  seeQuestionBox,
  typeIntoQuestionBox,
  waitUntil,
} from './support/screen';

const source = `/** Adds two numbers. */
export function add(first: number, second: number): number {
  return first + second;
}

export const three = add(1, 2);
`;
const FOCUSED_EDITOR = '.editor-instance:visible .monaco-editor.focused:not(.review-widget *)';

describe('Ask About Selection', () => {
  const fixture = useFixture({
    files: {
      ...filesFor(['lines', 'escape', 'edited', 'again', 'references', 'answered'], source),
      'long.ts': 'const line = 1;\n'.repeat(120),
    },
    settings: {
      'quillet.prices': { 'quillet-test': { input: 30, output: 60 } },
      'quillet.parameters': { maxOutputTokens: 2000 },
    },
  });

  async function ask(file: string): Promise<void> {
    await fixture.select(file, 2, 4);
    await fixture.workbench.runCommand('Quillet: Ask About Selection');
  }

  function widgets(): Promise<number> {
    return fixture.page.locator('.editor-instance:visible .review-widget').count();
  }

  it('asks several lines below the selection, with model and cost, and answers there', async () => {
    const { page } = fixture;
    fixture.server.script(slowAnswer('It adds them.'));
    await ask('lines.ts');
    const box = await typeIntoQuestionBox(page, 'Ask', 'What does it do\nif second is missing?');
    await fixture.workbench.screenshot('ask-question');
    assert.match(
      await box.locator('.review-title').innerText(),
      /^Ask · quillet-test · ≈ \d+ tokens, ≈ \$0\.\d+, at most \$0\.\d+ for 2,000 tokens of answer$/,
    );
    assert.match(await box.locator('.author').innerText(), /^Ask about the selection/);
    const buttons = await box.locator('.form-actions .monaco-button').allInnerTexts();
    assert.deepEqual(buttons, ['Send', 'Cancel']);
    assert.equal(await page.locator('.comment-diff-added').count(), 0, 'the gutter shows where to comment');
    await fixture.workbench.press('Control+Enter');
    await seeInThread(page, 'It adds them.');
    await waitUntil('only the answer is left', async () => (await widgets()) === 1);
    assert.equal(await comment(page, 0).locator('.comment-body').innerText(), 'What does it do\nif second is missing?');
    await fixture.workbench.screenshot('ask-answer');
    const request = fixture.server.requests[0];
    assert.ok(request);
    assert.match(lastUserText(request), /What does it do\nif second is missing\?/);
    await waitUntil('the editor has the focus', async () => (await page.locator(FOCUSED_EDITOR).count()) > 0);
    assert.match(await caret(page), /^Ln 4, Col 2 \(\d+ selected\)/);
  });

  it('leaves no trace after Escape, and recalls the text with Alt+Up', async () => {
    const { page, workbench } = fixture;
    await ask('escape.ts');
    await typeIntoQuestionBox(page, 'Ask', 'Half a question');
    const selected = await caret(page);
    await workbench.press('Escape');
    await waitUntil('the box is gone', async () => (await widgets()) === 0);
    await waitUntil('the editor has the focus', async () => (await page.locator(FOCUSED_EDITOR).count()) > 0);
    await workbench.screenshot('ask-escape');
    assert.equal(await caret(page), selected);
    assert.equal(await page.locator('.comment-range-glyph, .comment-thread-range').count(), 0);
    assert.equal(await page.locator('.monaco-dialog-box').count(), 0, 'VS Code asks before it discards');
    assert.deepEqual(await workbench.notifications(), []);

    await workbench.runCommand('Quillet: Ask About Selection');
    const box = await seeQuestionBox(page, 'Ask');
    assert.match(await box.locator('.isPending').innerText(), /Alt\+↑ .*"Half a question"/);
    await workbench.press('Alt+ArrowUp');
    await waitUntil('the text is back', async () => (await questionText(box)) === 'Half a question');
    await workbench.screenshot('ask-recalled');
    await workbench.press('Escape');
    await waitUntil('the box is gone again', async () => (await questionBoxes(page).count()) === 0);
    assert.equal(fixture.server.requests.length, 0);
  });

  it('edits a question in its place, and goes back to the old one', async () => {
    const { page, workbench } = fixture;
    fixture.server.scriptNext([slowAnswer('It adds them.'), slowAnswer('It returns NaN.')]);
    await ask('edited.ts');
    await answerInEditor(page, 'Ask', 'What does it do?');
    await seeInThread(page, 'It adds them.');
    await pressCommentButton(page, 0, 'Edit Question');
    const box = comment(page, 0).locator('.edit-container .monaco-editor.focused');
    await see(box, 'the box with the focus');
    await workbench.press('Control+a');
    await page.keyboard.type('What if second is missing?');
    await waitUntil('the text is in the box', async () => /missing/.test(await comment(page, 0).innerText()));
    await workbench.screenshot('ask-edit');
    const buttons = await comment(page, 0).locator('.form-actions .monaco-button').allInnerTexts();
    assert.deepEqual(buttons, ['Send', 'Cancel']);
    await workbench.press('Control+Enter');
    await seeInThread(page, 'It returns NaN.');
    await workbench.screenshot('ask-edited');
    assert.equal(await comment(page, 0).locator('.comment-body').innerText(), 'What if second is missing?');
    await pressThreadButton(page, 'Show Previous Answer');
    await seeInThread(page, 'It adds them.');
    assert.equal(await comment(page, 0).locator('.comment-body').innerText(), 'What does it do?');
    await pressCommentButton(page, 0, 'Edit Question');
    await see(box, 'the box again');
    await workbench.press('Escape');
    await waitUntil('the box is gone', async () => (await box.count()) === 0);
    assert.equal(await page.locator('.monaco-dialog-box').count(), 0, 'VS Code asks before it discards');
    assert.equal(fixture.server.requests.length, 2);
    await workbench.runCommand('Quillet: Close All Threads');
  });

  it('keeps the text while another file is shown', async () => {
    const { page, workbench } = fixture;
    fixture.server.script(slowAnswer('It adds them.'));
    await ask('again.ts');
    await typeIntoQuestionBox(page, 'Ask', 'Kept');
    await openFile(page, 'lines.ts');
    await openFile(page, 'again.ts');
    const box = await seeQuestionBox(page, 'Ask');
    assert.equal(await questionText(box), 'Kept');
    await answerInEditor(page, 'Ask', ' and sent');
    await seeInThread(page, 'It adds them.');
    const request = fixture.server.requests[0];
    assert.ok(request);
    assert.match(lastUserText(request), /Kept and sent/);
    await workbench.runCommand('Quillet: Close All Threads');
  });

  it('comes into view, and comes back with the text as high as before if a reference is refused', async () => {
    const { page, workbench, server } = fixture;
    await fixture.select('long.ts', 2, 80);
    for (let line = 0; line < 30; line += 1) await workbench.press('Control+ArrowUp');
    await workbench.runCommand('Quillet: Ask About Selection');
    const box = await seeQuestionBox(page, 'Ask');
    const area = box.locator('.edit-textarea');
    const send = box.locator('.form-actions .monaco-button', { hasText: 'Send' });
    const editor = await page.locator('.editor-instance:visible').boundingBox();
    const bottom = (editor?.y ?? 0) + (editor?.height ?? 0);
    await waitUntil('the box is in view', async () => ((await send.boundingBox())?.y ?? bottom) < bottom - 20);
    await workbench.screenshot('ask-in-view');
    const height = (await area.boundingBox())?.height;
    const question = 'How does it differ from @missing/file.ts and the like?';
    await page.keyboard.type(question);
    await workbench.press('Control+Enter');
    await see(page.locator('.monaco-dialog-box', { hasText: "Can't find @missing/file.ts" }), 'the dialog');
    await workbench.press('Escape');
    await seeQuestionBox(page, 'Ask');
    await waitUntil('the box is as high as before', async () => (await area.boundingBox())?.height === height);
    await workbench.screenshot('ask-returned');
    await waitUntil('the text is as it was', async () => (await questionText(box)) === question);
    assert.equal(await box.locator('.isPending').innerText(), '', 'offers the text that is in the box');
    assert.equal(server.requests.length, 0);
    await workbench.press('Escape');
    await waitUntil('the box is closed', async () => (await widgets()) === 0);
  });

  it('completes references, and Escape closes their list first', async () => {
    const { page, workbench } = fixture;
    await ask('references.ts');
    const box = await typeIntoQuestionBox(page, 'Ask', 'Is it like @gree');
    const list = page.locator('.suggest-widget.visible .monaco-list-row');
    await see(list.filter({ hasText: '@greet.ts' }), 'the file in the list');
    await workbench.screenshot('ask-references');
    await workbench.press('Escape');
    await waitUntil('the list is closed', async () => (await list.count()) === 0);
    assert.equal(await questionText(box), 'Is it like @gree');
    await workbench.press('Escape');
    await waitUntil('the box is closed', async () => (await widgets()) === 0);
  });

  it('also asks where there is an answer already, and is named for screen readers', async () => {
    const { page, workbench } = fixture;
    fixture.server.script(slowAnswer('It adds them.'));
    await openFile(page, 'answered.ts');
    await selectWithKeyboard(page, 2, 4);
    await pressChord(page, 'g');
    await seeInThread(page, 'It adds them.');
    await workbench.runCommand('Quillet: Ask About Selection');
    const box = await seeQuestionBox(page, 'Ask');
    await workbench.screenshot('ask-below-answer');
    assert.equal(await widgets(), 2);
    assert.match(
      (await box.locator('.comments-container').getAttribute('aria-label')) ?? '',
      /lines 2 through 4.*Ask · quillet-test/,
    );
    assert.match((await box.locator('.review-comment').getAttribute('aria-label')) ?? '', /^Ask about the selection/);
    await workbench.press('Escape');
    await waitUntil('the box is gone', async () => (await widgets()) === 1);
  });
});
