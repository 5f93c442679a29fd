import * as assert from 'node:assert/strict';
import { pressChord } from '../../scripts/demo/driver.mjs';
import { streamed } from '../support/scenario';
import { filesFor, REST_GATE, twoPartAnswer, useFixture } from './support/fixture';
import { caret, isBusy, seeStatus, waitUntil } from './support/screen';

const source = '// Adds two numbers.\n\n// The end.\n';
const fileNames = ['selection', 'caret', 'typing', 'stopped', 'twin'];

describe('inserting a completion in the packaged extension', () => {
  const fixture = useFixture({
    // What is typed must be what is in the file.
    settings: { 'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' } },
    files: filesFor(fileNames, source),
  });

  beforeEach(() => fixture.server.script(twoPartAnswer('\nconst add = (a, b) ', '=> a + b;')));

  /** What stands beside the text and is no part of it. */
  function marks(): Promise<string[]> {
    const spans = fixture.page.locator('.editor-group-container.active .view-line span span');
    return spans.evaluateAll((all) => all.map((span) => getComputedStyle(span, '::after').content));
  }

  async function seeText(words: string): Promise<void> {
    await waitUntil(`"${words}" in the text`, async () => (await fixture.workbench.editorText()).includes(words));
  }

  it('streams in after the selection, which is sent byte for byte, and one undo takes it away', async () => {
    const { page } = fixture;
    await fixture.select('selection.ts', 1, 1);
    const place = await caret(page);
    await pressChord(page, ';');
    await seeText('const add = (a, b)');
    assert.equal(await isBusy(page), true);
    await waitUntil('the selection is what it was', async () => (await caret(page)) === place);
    await fixture.workbench.screenshot('insert-streaming');
    fixture.server.openGate(REST_GATE);
    await seeText('=> a + b;');
    await seeStatus(page, /55 tokens/);
    await fixture.workbench.screenshot('insert-done');
    assert.equal(await caret(page), place, 'the caret moved');
    assert.deepEqual(fixture.server.requests[0]?.json?.['messages'], [
      { role: 'user', content: '// Adds two numbers.' },
    ]);
    assert.equal(
      await fixture.workbench.savedText('selection.ts'),
      source.replace('numbers.', 'numbers.\nconst add = (a, b) => a + b;'),
    );
    await fixture.workbench.press('Control+z');
    assert.equal(await fixture.workbench.savedText('selection.ts'), source);
    assert.deepEqual(await fixture.workbench.notifications(), []);
  });

  it('continues the text before the caret when nothing is selected', async () => {
    const { page } = fixture;
    fixture.server.script(streamed(['More', ' words.'], { delayMs: 100 }));
    await fixture.select('caret.ts', 1, 1);
    await fixture.workbench.press('ArrowRight', 'ArrowDown', 'ArrowDown', 'End');
    await waitUntil('the caret is at the end', async () => (await caret(page)) === 'Ln 3, Col 12');
    await pressChord(page, ';');
    await seeText('More words.');
    assert.equal(await caret(page), 'Ln 3, Col 12', 'the caret moved');
    assert.deepEqual(fixture.server.requests[0]?.json?.['messages'], [{ role: 'user', content: source.trimEnd() }]);
    assert.equal(await fixture.workbench.savedText('caret.ts'), `${source.trimEnd()}More words.\n`);
  });

  it('leaves alone what is typed meanwhile, and writes the rest in one last step', async () => {
    const { page } = fixture;
    await fixture.selectAndPress('typing.ts', [1, 1], ';');
    await seeText('const add = (a, b)');
    await waitUntil('the selection is what it was', async () => (await caret(page)) === 'Ln 1, Col 21 (20 selected)');
    await fixture.workbench.press('Control+End');
    await page.keyboard.type('mine');
    fixture.server.openGate(REST_GATE);
    await seeText('=> a + b;');
    await seeStatus(page, /55 tokens/);
    const whole = `${source.replace('numbers.', 'numbers.\nconst add = (a, b) => a + b;')}mine`;
    assert.equal(await fixture.workbench.savedText('typing.ts'), whole);
    await waitUntil('the caret is where it was left', async () => (await caret(page)) === 'Ln 5, Col 5');
    await fixture.workbench.press('Control+z');
    const undone = await fixture.workbench.savedText('typing.ts');
    assert.ok(undone.endsWith('mine'), 'undo took what was typed');
    assert.ok(!undone.includes('=> a + b;'), 'undo left the last step');
  });

  it('keeps what arrived when it is stopped, marked beside the text', async () => {
    const { page } = fixture;
    await fixture.selectAndPress('stopped.ts', [1, 1], ';');
    await seeText('const add = (a, b)');
    await fixture.workbench.press('Escape');
    await seeStatus(page, /stopped/);
    await waitUntil('the answer is marked', async () => (await marks()).some((mark) => mark.includes('⋯ incomplete')));
    await fixture.workbench.screenshot('insert-stopped');
    assert.equal(
      await fixture.workbench.savedText('stopped.ts'),
      source.replace('numbers.', 'numbers.\nconst add = (a, b) '),
    );
    await waitUntil('the server saw the connection close', () => fixture.server.requests[0]?.ending?.by === 'client');
    await fixture.workbench.press('Control+z');
    assert.equal(await fixture.workbench.savedText('stopped.ts'), source);
  });

  it('has a chord for whoever keeps the first key down', async () => {
    fixture.server.script(streamed(['!']));
    await fixture.select('twin.ts', 1, 1);
    await fixture.workbench.press('Control+k', 'Control+;');
    await seeText('numbers.!');
  });
});
