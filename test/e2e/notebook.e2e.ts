import * as assert from 'node:assert/strict';
import { answerInput, choose, pressChord, see } from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { streamed } from '../support/scenario';
import { seeQuestion, waitUntil } from './support/screen';
import { launchWorkbench, saveFailureScreenshot, type Workbench } from './support/workbench';

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

describe('notebook cells', () => {
  let workbench: Workbench;
  let server: FakeModelServer;

  before(async () => {
    server = await startFakeModelServer();
    const providers = { fake: { preset: 'custom', baseUrl: server.url, needsKey: false } };
    workbench = await launchWorkbench({
      settings: { 'quillet.providers': providers, 'quillet.model': 'fake/quillet-test' },
      files: { 'circles.ipynb': JSON.stringify(notebook) },
    });
    const row = workbench.page.locator('.explorer-folders-view .monaco-list-row[aria-label^="circles.ipynb"]');
    await (await see(row, 'the notebook in the explorer')).dblclick();
  });
  beforeEach(() => server.reset());
  afterEach(function () {
    return saveFailureScreenshot(workbench, this.currentTest);
  });
  after(async () => {
    await workbench.close();
    await server.close();
  });

  function editors() {
    return workbench.page.locator('.notebook-editor .cell-editor-container .monaco-editor');
  }

  /** The texts of the visible cells from top to bottom. */
  async function cellTexts(): Promise<string[]> {
    const all = await editors().evaluateAll((found) =>
      found
        .map((editor) => ({
          top: editor.getBoundingClientRect().top,
          text: [...editor.querySelectorAll('.view-line')]
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
      workbench.page.locator('.notebook-editor .cell-editor-focus .monaco-editor.focused'),
      'the cursor in a cell',
    );
  }

  it('are rewritten through a diff, as one undo step', async () => {
    const { page } = workbench;
    server.script(streamed(['```python\n', better, '\n```'], { delayMs: 200 }));
    await clickCell('return 3');
    await pressChord(page, "'");
    await seeQuestion(page, 'Rewrite');
    await answerInput(page, 'Be more exact');
    await see(page.locator('.monaco-diff-editor .editor.modified', { hasText: 'math.pi' }), 'the diff of the cell');
    const accept = page.locator(
      '.editor-group-container.active .title .editor-actions .action-label[aria-label^="Accept All Changes"]',
    );
    await see(accept, 'Accept in the title');
    await workbench.screenshot('notebook-diff');
    await accept.first().click();
    await waitUntil('the cell is rewritten', async () => (await cellTexts())[1] === better);
    await workbench.screenshot('notebook-rewritten');
    await clickCell('math.pi');
    await workbench.press('Control+z');
    await waitUntil('one undo takes it back', async () => (await cellTexts())[1] === cells[1]);
    assert.deepEqual(await workbench.notifications(), []);
  });

  it('get the answer of Write What Comes Next in a new cell below', async () => {
    const { page } = workbench;
    server.script(streamed(['```python\n', 'area(2)', '\n```'], { delayMs: 200 }));
    await clickCell('import math');
    await workbench.runCommand('Quillet: Run Prompt');
    await choose(page, 'Write What Comes Next');
    await waitUntil('the new cell has the answer', async () => (await cellTexts())[1] === 'area(2)');
    assert.equal((await cellTexts()).length, 3);
    await workbench.screenshot('notebook-new-cell');
    assert.deepEqual(await workbench.notifications(), []);
  });
});
