import * as assert from 'node:assert/strict';
import { answerInput, choose, chord, see } from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { streamed } from '../support/scenario';
import { seeQuestion, until } from './support/screen';
import { type Journey, keepFailure, startJourney } from './support/workbench';

const cells = ['import math\n', 'def area(r):\n    return 3 * r * r'];
const better = 'def area(r):\n    return math.pi * r * r';
const notebook = {
  cells: cells.map((source) => ({
    cell_type: 'code',
    execution_count: null,
    metadata: {},
    outputs: [],
    source: [source],
  })),
  metadata: { language_info: { name: 'python' } },
  nbformat: 4,
  nbformat_minor: 2,
};

describe('notebook cells in the packaged extension', () => {
  let journey: Journey;
  let server: FakeModelServer;

  before(async () => {
    server = await startFakeModelServer();
    const providers = { fake: { preset: 'custom', baseUrl: server.url, needsKey: false } };
    journey = await startJourney({
      settings: { 'quillet.providers': providers, 'quillet.model': 'fake/quillet-test' },
      files: { 'circles.ipynb': JSON.stringify(notebook) },
    });
    const row = journey.page.locator('.explorer-folders-view .monaco-list-row[aria-label^="circles.ipynb"]');
    await (await see(row, 'the notebook in the explorer')).dblclick();
  });
  beforeEach(() => server.reset());
  afterEach(function () {
    return keepFailure(journey, this.currentTest);
  });
  after(async () => {
    await journey.close();
    await server.close();
  });

  function editors() {
    return journey.page.locator('.notebook-editor .cell-editor-container .monaco-editor');
  }

  /** The texts of the cells in view, from top to bottom. */
  async function texts(): Promise<string[]> {
    const all = await editors().evaluateAll((found) =>
      found
        .map((one) => ({
          top: one.getBoundingClientRect().top,
          text: [...one.querySelectorAll('.view-line')]
            .map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent ?? '' }))
            .sort((left, right) => left.top - right.top)
            .map(({ text }) => text.replaceAll('\u00a0', ' '))
            .join('\n'),
        }))
        .sort((left, right) => left.top - right.top)
        .map(({ text }) => text),
    );
    return all.map((text) => text.trimEnd());
  }

  async function clickCell(words: string): Promise<void> {
    const line = editors().locator('.view-line', { hasText: words });
    await (await see(line, `the cell with "${words}"`)).click();
    await see(
      journey.page.locator('.notebook-editor .cell-editor-focus .monaco-editor.focused'),
      'the caret in a cell',
    );
  }

  it('are rewritten through a diff, which one undo takes back', async () => {
    const { page } = journey;
    server.script(streamed(['```python\n', better, '\n```'], { delayMs: 200 }));
    await clickCell('return 3');
    await chord(page, "'");
    await seeQuestion(page, 'Rewrite');
    await answerInput(page, 'Be more exact');
    await see(page.locator('.monaco-diff-editor .editor.modified', { hasText: 'math.pi' }), 'the diff of the cell');
    const accept = page.locator(
      '.editor-group-container.active .title .editor-actions .action-label[aria-label^="Accept Proposal"]',
    );
    await see(accept, 'Accept in the title');
    await journey.screenshot('notebook-diff');
    await accept.first().click();
    await until('the cell is rewritten', async () => (await texts())[1] === better);
    await journey.screenshot('notebook-rewritten');
    await clickCell('math.pi');
    await journey.press('Control+z');
    await until('one undo takes it back', async () => (await texts())[1] === cells[1]);
    assert.deepEqual(await journey.notifications(), []);
  });

  it('get a new cell below with what comes next', async () => {
    const { page } = journey;
    server.script(streamed(['```python\n', 'area(2)', '\n```'], { delayMs: 200 }));
    await clickCell('import math');
    await journey.runCommand('Quillet: Run Prompt');
    await choose(page, 'Write What Comes Next');
    await until('the new cell is there', async () => (await texts())[1] === 'area(2)');
    assert.equal((await texts()).length, 3);
    await journey.screenshot('notebook-new-cell');
    assert.deepEqual(await journey.notifications(), []);
  });
});
