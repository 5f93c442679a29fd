import * as assert from 'node:assert/strict';
import { chord } from '../../scripts/demo/driver.mjs';
import { streamed } from '../support/scenario';
import { filesFor, inTwoParts, REST, useScene } from './support/scene';
import { caret, isBusy, seeStatus, until } from './support/screen';

const source = '// Adds two numbers.\n\n// The end.\n';
const stories = ['selection', 'caret', 'typing', 'stopped', 'twin'];

describe('inserting a completion in the packaged extension', () => {
  const scene = useScene({
    // What is typed must be what is in the file.
    settings: { 'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' } },
    files: filesFor(stories, source),
  });

  beforeEach(() => scene.server.script(inTwoParts('\nconst add = (a, b) ', '=> a + b;')));

  /** What stands beside the text and is no part of it. */
  function marks(): Promise<string[]> {
    const spans = scene.page.locator('.editor-group-container.active .view-line span span');
    return spans.evaluateAll((all) => all.map((span) => getComputedStyle(span, '::after').content));
  }

  async function seeText(words: string): Promise<void> {
    await until(`"${words}" in the text`, async () => (await scene.journey.editorText()).includes(words));
  }

  it('streams in after the selection, which is sent byte for byte, and one undo takes it away', async () => {
    const { page } = scene;
    await scene.select('selection.ts', 1, 1);
    const place = await caret(page);
    await chord(page, ';');
    await seeText('const add = (a, b)');
    assert.equal(await isBusy(page), true);
    await until('the selection is what it was', async () => (await caret(page)) === place);
    await scene.journey.screenshot('insert-streaming');
    scene.server.openGate(REST);
    await seeText('=> a + b;');
    await seeStatus(page, /55 tokens/);
    await scene.journey.screenshot('insert-done');
    assert.equal(await caret(page), place, 'the caret moved');
    assert.deepEqual(scene.server.requests[0]?.json?.['messages'], [{ role: 'user', content: '// Adds two numbers.' }]);
    assert.equal(
      await scene.journey.savedText('selection.ts'),
      source.replace('numbers.', 'numbers.\nconst add = (a, b) => a + b;'),
    );
    await scene.journey.press('Control+z');
    assert.equal(await scene.journey.savedText('selection.ts'), source);
    assert.deepEqual(await scene.journey.notifications(), []);
  });

  it('continues the text before the caret when nothing is selected', async () => {
    const { page } = scene;
    scene.server.script(streamed(['More', ' words.'], { delayMs: 100 }));
    await scene.select('caret.ts', 1, 1);
    await scene.journey.press('ArrowRight', 'ArrowDown', 'ArrowDown', 'End');
    await until('the caret is at the end', async () => (await caret(page)) === 'Ln 3, Col 12');
    await chord(page, ';');
    await seeText('More words.');
    assert.equal(await caret(page), 'Ln 3, Col 12', 'the caret moved');
    assert.deepEqual(scene.server.requests[0]?.json?.['messages'], [{ role: 'user', content: source.trimEnd() }]);
    assert.equal(await scene.journey.savedText('caret.ts'), `${source.trimEnd()}More words.\n`);
  });

  it('leaves alone what is typed meanwhile, and writes the rest in one last step', async () => {
    const { page } = scene;
    await scene.selectAndPress('typing.ts', [1, 1], ';');
    await seeText('const add = (a, b)');
    await until('the selection is what it was', async () => (await caret(page)) === 'Ln 1, Col 21 (20 selected)');
    await scene.journey.press('Control+End');
    await page.keyboard.type('mine');
    scene.server.openGate(REST);
    await seeText('=> a + b;');
    await seeStatus(page, /55 tokens/);
    const whole = `${source.replace('numbers.', 'numbers.\nconst add = (a, b) => a + b;')}mine`;
    assert.equal(await scene.journey.savedText('typing.ts'), whole);
    await until('the caret is where it was left', async () => (await caret(page)) === 'Ln 5, Col 5');
    await scene.journey.press('Control+z');
    const undone = await scene.journey.savedText('typing.ts');
    assert.ok(undone.endsWith('mine'), 'undo took what was typed');
    assert.ok(!undone.includes('=> a + b;'), 'undo left the last step');
  });

  it('keeps what arrived when it is stopped, marked beside the text', async () => {
    const { page } = scene;
    await scene.selectAndPress('stopped.ts', [1, 1], ';');
    await seeText('const add = (a, b)');
    await scene.journey.press('Escape');
    await seeStatus(page, /stopped/);
    await until('the answer is marked', async () => (await marks()).some((mark) => mark.includes('⋯ incomplete')));
    await scene.journey.screenshot('insert-stopped');
    assert.equal(
      await scene.journey.savedText('stopped.ts'),
      source.replace('numbers.', 'numbers.\nconst add = (a, b) '),
    );
    await until('the server saw the connection close', () => scene.server.requests[0]?.ending?.by === 'client');
    await scene.journey.press('Control+z');
    assert.equal(await scene.journey.savedText('stopped.ts'), source);
  });

  it('has a chord for whoever keeps the first key down', async () => {
    scene.server.script(streamed(['!']));
    await scene.select('twin.ts', 1, 1);
    await scene.journey.press('Control+k', 'Control+;');
    await seeText('numbers.!');
  });
});
