import * as assert from 'node:assert/strict';
import { chord, openFile, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { deltaFrame, type Scenario, send, streamed } from '../support/scenario';
import { caret, isBusy, seeStatus, until } from './support/screen';
import { type Journey, keepFailure, startJourney } from './support/workbench';

const source = '// Adds two numbers.\n\n// The end.\n';
const stories = ['selection', 'caret', 'typing', 'stopped', 'twin'];

describe('inserting a completion in the packaged extension', () => {
  let journey: Journey;
  let server: FakeModelServer;

  before(async () => {
    server = await startFakeModelServer();
    const providers = { fake: { preset: 'custom', baseUrl: server.url, needsKey: false } };
    journey = await startJourney({
      settings: {
        'quillet.providers': providers,
        'quillet.model': 'fake/quillet-test',
        // What is typed must be what is in the file.
        'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
      },
      files: Object.fromEntries(stories.map((story) => [`${story}.ts`, source])),
    });
  });
  beforeEach(() => {
    server.reset();
    server.script(inTwoParts('\nconst add = (a, b) ', '=> a + b;'));
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

  async function selectFirstLine(file: string): Promise<void> {
    await openFile(journey.page, file);
    await selectWithKeyboard(journey.page, 1, 1);
  }

  /** What stands beside the text and is no part of it. */
  function marks(): Promise<string[]> {
    const spans = journey.page.locator('.editor-group-container.active .view-line span span');
    return spans.evaluateAll((all) => all.map((span) => getComputedStyle(span, '::after').content));
  }

  async function seeText(words: string): Promise<void> {
    await until(`"${words}" in the text`, async () => (await journey.editorText()).includes(words));
  }

  it('streams in after the selection, which is sent byte for byte, and one undo takes it away', async () => {
    const { page } = journey;
    await selectFirstLine('selection.ts');
    const place = await caret(page);
    await chord(page, ';');
    await seeText('const add = (a, b)');
    assert.equal(await isBusy(page), true);
    await until('the selection is what it was', async () => (await caret(page)) === place);
    await journey.screenshot('insert-streaming');
    server.openGate('rest');
    await seeText('=> a + b;');
    await seeStatus(page, /55 tokens/);
    await journey.screenshot('insert-done');
    assert.equal(await caret(page), place, 'the caret moved');
    assert.deepEqual(server.requests[0]?.json?.['messages'], [{ role: 'user', content: '// Adds two numbers.' }]);
    assert.equal(
      await journey.savedText('selection.ts'),
      source.replace('numbers.', 'numbers.\nconst add = (a, b) => a + b;'),
    );
    await journey.press('Control+z');
    assert.equal(await journey.savedText('selection.ts'), source);
    assert.deepEqual(await journey.notifications(), []);
  });

  it('continues the text before the caret when nothing is selected', async () => {
    const { page } = journey;
    server.script(streamed(['More', ' words.'], { delayMs: 100 }));
    await selectFirstLine('caret.ts');
    await journey.press('ArrowRight', 'ArrowDown', 'ArrowDown', 'End');
    await until('the caret is at the end', async () => (await caret(page)) === 'Ln 3, Col 12');
    await chord(page, ';');
    await seeText('More words.');
    assert.equal(await caret(page), 'Ln 3, Col 12', 'the caret moved');
    assert.deepEqual(server.requests[0]?.json?.['messages'], [{ role: 'user', content: source.trimEnd() }]);
    assert.equal(await journey.savedText('caret.ts'), `${source.trimEnd()}More words.\n`);
  });

  it('leaves alone what is typed meanwhile, and writes the rest in one last step', async () => {
    const { page } = journey;
    await selectFirstLine('typing.ts');
    await chord(page, ';');
    await seeText('const add = (a, b)');
    await until('the selection is what it was', async () => (await caret(page)) === 'Ln 1, Col 21 (20 selected)');
    await journey.press('Control+End');
    await page.keyboard.type('mine');
    server.openGate('rest');
    await seeText('=> a + b;');
    await seeStatus(page, /55 tokens/);
    const whole = `${source.replace('numbers.', 'numbers.\nconst add = (a, b) => a + b;')}mine`;
    assert.equal(await journey.savedText('typing.ts'), whole);
    await until('the caret is where it was left', async () => (await caret(page)) === 'Ln 5, Col 5');
    await journey.press('Control+z');
    const undone = await journey.savedText('typing.ts');
    assert.ok(undone.endsWith('mine'), 'undo took what was typed');
    assert.ok(!undone.includes('=> a + b;'), 'undo left the last step');
  });

  it('keeps what arrived when it is stopped, marked beside the text', async () => {
    const { page } = journey;
    await selectFirstLine('stopped.ts');
    await chord(page, ';');
    await seeText('const add = (a, b)');
    await journey.press('Escape');
    await seeStatus(page, /stopped/);
    await until('the answer is marked', async () => (await marks()).some((mark) => mark.includes('⋯ incomplete')));
    await journey.screenshot('insert-stopped');
    assert.equal(await journey.savedText('stopped.ts'), source.replace('numbers.', 'numbers.\nconst add = (a, b) '));
    await until('the server saw the connection close', () => server.requests[0]?.ending?.by === 'client');
    await journey.press('Control+z');
    assert.equal(await journey.savedText('stopped.ts'), source);
  });

  it('has a chord for whoever keeps the first key down', async () => {
    server.script(streamed(['!']));
    await selectFirstLine('twin.ts');
    await journey.press('Control+k', 'Control+;');
    await seeText('numbers.!');
  });
});

/** The second part comes when the gate `rest` is opened. */
function inTwoParts(first: string, second: string): Scenario {
  return streamed([first], { then: [{ do: 'gate', name: 'rest' }, send(deltaFrame({ content: second }))] });
}
