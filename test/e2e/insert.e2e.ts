import * as assert from 'node:assert/strict';
import { pressChord } from '../../scripts/demo/driver.mjs';
import { streamed } from '../support/scenario';
import { filesFor, REST_GATE, twoPartAnswer, useFixture } from './support/fixture';
import { caret, isBusy, notificationButtons, seeNotification, seeStatus, waitUntil } from './support/screen';

const source = '// Adds two numbers.\n\n// The end.\n';
const fileNames = ['selection', 'caret', 'typing', 'stopped', 'again', 'twin'];

describe('Insert Completion', () => {
  const fixture = useFixture({
    // Suggestions would change the typed text.
    settings: { 'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' } },
    files: { ...filesFor(fileNames, source), 'comment.ts': 'function f() {\n  // Adds two numbers.\n}\n' },
  });

  beforeEach(() => fixture.server.script(twoPartAnswer('\nconst add = (a, b) ', '=> a + b;')));

  /** Texts of decorations after the lines. */
  function decorations(): Promise<string[]> {
    const spans = fixture.page.locator('.editor-group-container.active .view-line span span');
    return spans.evaluateAll((all) => all.map((span) => getComputedStyle(span, '::after').content));
  }

  async function seeText(text: string): Promise<void> {
    await waitUntil(`"${text}" in the editor`, async () => (await fixture.workbench.editorText()).includes(text));
  }

  function lastMessage(): unknown {
    return (fixture.server.requests[0]?.json?.['messages'] as readonly unknown[] | undefined)?.at(-1);
  }

  it('streams after the selection, which is sent unchanged, and one undo removes it', async () => {
    const { page } = fixture;
    await fixture.select('selection.ts', 1, 1);
    const position = await caret(page);
    await pressChord(page, ';');
    await seeText('const add = (a, b)');
    assert.equal(await isBusy(page), true);
    await waitUntil('the selection is unchanged', async () => (await caret(page)) === position);
    await fixture.workbench.screenshot('insert-streaming');
    fixture.server.openGate(REST_GATE);
    await seeText('=> a + b;');
    await seeStatus(page, /55 tokens/);
    await fixture.workbench.screenshot('insert-done');
    assert.equal(await caret(page), position, 'the cursor moved');
    assert.deepEqual(lastMessage(), { role: 'user', content: '// Adds two numbers.' });
    assert.equal(
      await fixture.workbench.savedText('selection.ts'),
      source.replace('numbers.', 'numbers.\nconst add = (a, b) => a + b;'),
    );
    await fixture.workbench.press('Control+z');
    assert.equal(await fixture.workbench.savedText('selection.ts'), source);
    assert.deepEqual(await fixture.workbench.notifications(), []);
  });

  it('starts a new line behind a comment at its indentation', async () => {
    fixture.server.script(streamed(['return a + b;\n', 'return c;']));
    await fixture.select('comment.ts', 2, 2);
    await pressChord(fixture.page, ';');
    await seeText('return c;');
    await seeStatus(fixture.page, /55 tokens/);
    await fixture.workbench.screenshot('insert-comment');
    const written = 'function f() {\n  // Adds two numbers.\n  return a + b;\n  return c;\n}\n';
    assert.equal(await fixture.workbench.savedText('comment.ts'), written);
  });

  it('continues the text before the cursor if nothing is selected', async () => {
    const { page } = fixture;
    fixture.server.script(streamed(['More', ' words.'], { delayMs: 100 }));
    await fixture.select('caret.ts', 1, 1);
    await fixture.workbench.press('ArrowRight', 'ArrowDown', 'ArrowDown', 'End');
    await waitUntil('the cursor is at the end', async () => (await caret(page)) === 'Ln 3, Col 12');
    await pressChord(page, ';');
    await seeText('More words.');
    await waitUntil('the cursor is at the end of the completion', async () => (await caret(page)) === 'Ln 4, Col 12');
    assert.deepEqual(lastMessage(), { role: 'user', content: source.trimEnd() });
    assert.equal(await fixture.workbench.savedText('caret.ts'), `${source.trimEnd()}\nMore words.\n`);
  });

  it('keeps text typed while streaming, and writes the rest in one last undo step', async () => {
    const { page } = fixture;
    await fixture.selectAndPress('typing.ts', [1, 1], ';');
    await seeText('const add = (a, b)');
    await waitUntil('the selection is unchanged', async () => (await caret(page)) === 'Ln 1, Col 21 (20 selected)');
    await fixture.workbench.press('Control+End');
    await page.keyboard.type('mine');
    fixture.server.openGate(REST_GATE);
    await seeText('=> a + b;');
    await seeStatus(page, /55 tokens/);
    const whole = `${source.replace('numbers.', 'numbers.\nconst add = (a, b) => a + b;')}mine`;
    assert.equal(await fixture.workbench.savedText('typing.ts'), whole);
    await waitUntil('the cursor has not moved', async () => (await caret(page)) === 'Ln 5, Col 5');
    await fixture.workbench.press('Control+z');
    const undone = await fixture.workbench.savedText('typing.ts');
    assert.ok(undone.endsWith('mine'), 'undo removed the typed text');
    assert.ok(!undone.includes('=> a + b;'), 'undo kept the last step');
  });

  it('keeps the received text when stopped, with an incomplete decoration', async () => {
    const { page } = fixture;
    await fixture.selectAndPress('stopped.ts', [1, 1], ';');
    await seeText('const add = (a, b)');
    await fixture.workbench.press('Escape');
    await seeStatus(page, /stopped/);
    await waitUntil('the answer has an incomplete decoration', async () =>
      (await decorations()).some((text) => text.includes('⋯ incomplete')),
    );
    await fixture.workbench.screenshot('insert-stopped');
    assert.equal(
      await fixture.workbench.savedText('stopped.ts'),
      source.replace('numbers.', 'numbers.\nconst add = (a, b) '),
    );
    await waitUntil('the server saw the connection close', () => fixture.server.requests[0]?.ending?.by === 'client');
    await fixture.workbench.press('Control+z');
    assert.equal(await fixture.workbench.savedText('stopped.ts'), source);
  });

  it('shows the notice of a stopped answer until a later one is complete', async () => {
    const { page } = fixture;
    await fixture.selectAndPress('again.ts', [1, 1], ';');
    await seeText('const add = (a, b)');
    await fixture.workbench.press('Escape');
    const toast = await seeNotification(page, /Stopped\. The answer is incomplete\./);
    assert.deepEqual(await notificationButtons(toast), ['Continue', 'Undo']);
    fixture.server.script(streamed(['const other = 1;']));
    await fixture.select('again.ts', 4, 4);
    await pressChord(page, ';');
    await seeText('const other = 1;');
    await waitUntil('no notification is shown', async () => (await fixture.workbench.notifications()).length === 0);
    await fixture.workbench.screenshot('insert-after-stopped');
  });

  it('works if Ctrl is held for both keys of the chord', async () => {
    fixture.server.script(streamed(['!']));
    await fixture.select('twin.ts', 1, 1);
    await fixture.workbench.press('Control+k', 'Control+;');
    await seeText('!');
  });
});
