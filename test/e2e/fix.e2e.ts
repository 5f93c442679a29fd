import * as assert from 'node:assert/strict';
import { openFile, see } from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { streamed } from '../support/scenario';
import { pressThreadButton, seeInThread, threadButtons, until } from './support/screen';
import { type Journey, keepFailure, startJourney } from './support/workbench';

/** JSON that VS Code itself complains of: there is no comma behind the third line. */
const broken = '{\n  "name": "demo",\n  "numbers": [1, 2, 3]\n  "last": true\n}\n';
const corrected = broken.replace('3]', '3],');

describe('fixing a problem in the packaged extension', () => {
  let journey: Journey;
  let server: FakeModelServer;

  before(async () => {
    server = await startFakeModelServer();
    const providers = { fake: { preset: 'custom', baseUrl: server.url, needsKey: false } };
    journey = await startJourney({
      settings: { 'quillet.providers': providers, 'quillet.model': 'fake/quillet-test' },
      files: { 'mouse.json': broken, 'keys.json': broken },
    });
  });
  beforeEach(() => {
    server.reset();
    server.script(streamed(['```json\n', corrected.slice(0, 30), corrected.slice(30), '```'], { delayMs: 200 }));
  });
  afterEach(function () {
    return keepFailure(journey, this.currentTest);
  });
  after(async () => {
    await journey.close();
    await server.close();
  });

  /** Opens the file and puts the caret into the line that VS Code complains of. */
  async function openProblem(file: string): Promise<void> {
    const { page } = journey;
    await openFile(page, file);
    const squiggle = page.locator('.editor-instance:visible .squiggly-error').first();
    const place = await (await see(squiggle, 'the mark of the problem')).boundingBox();
    assert.ok(place);
    await page.mouse.click(place.x + place.width / 2, place.y + place.height / 2);
    await see(page.locator('.statusbar-item', { hasText: 'Ln 4' }), 'the caret in line 4');
  }

  function entry(title: string) {
    return journey.page.locator('.action-widget .monaco-list-row', { hasText: title });
  }

  async function acceptProposal(file: string): Promise<void> {
    const { page } = journey;
    await seeInThread(page, /\+\s*"numbers": \[1, 2, 3\],/);
    await until('the buttons are there', async () => (await threadButtons(page)).includes('Accept Proposal'));
    await journey.screenshot(`fix-proposal-${file}`);
    assert.equal(await journey.savedText(file), broken, 'written before it was accepted');
    await pressThreadButton(page, 'Accept Proposal');
    await until('the correction is in the text', async () => (await journey.editorText()).includes('3],'));
    assert.equal(await journey.savedText(file), corrected);
    assert.deepEqual(await journey.notifications(), []);
  }

  it('needs no more than the lightbulb and the mouse', async () => {
    const { page } = journey;
    await openProblem('mouse.json');
    const bulb = page.locator(
      '.editor-instance:visible [class*="codicon-gutter-lightbulb"], .editor-instance:visible .lightBulbWidget',
    );
    await (await see(bulb, 'the lightbulb')).click();
    await see(entry('Fix with Quillet'), 'Fix in the lightbulb');
    await journey.screenshot('fix-lightbulb');
    assert.equal(server.requests.length, 0, 'sent before anything was chosen');
    await until('Fix is chosen', async () => {
      // A menu takes no click in its first moments.
      await entry('Fix with Quillet')
        .first()
        .click({ timeout: 1000 })
        .catch(() => undefined);
      return (await entry('Fix with Quillet').count()) === 0;
    });
    await acceptProposal('mouse.json');
    await journey.press('Control+z');
    await until('one undo takes it back', async () => !(await journey.editorText()).includes('3],'));
    assert.equal(await journey.savedText('mouse.json'), broken);
  });

  it('works by keyboard alone', async () => {
    const { page } = journey;
    await openProblem('keys.json');
    await journey.press('Control+.');
    await see(entry('Fix with Quillet'), 'Fix in the list');
    const focused = page.locator('.action-widget .monaco-list-row.focused', { hasText: 'Fix with Quillet' });
    await until('Fix has the focus', async () => {
      if ((await focused.count()) > 0) return true;
      await journey.press('ArrowDown');
      return false;
    });
    await journey.press('Enter');
    await acceptProposal('keys.json');
  });

  it('offers to explain what is selected', async () => {
    const { page } = journey;
    server.script(streamed(['It is a list.']));
    await openFile(page, 'keys.json');
    await journey.press('Control+Home', 'Shift+ArrowDown', 'Shift+ArrowDown', 'Control+.');
    await see(entry('Explain with Quillet'), 'Explain in the list');
    await journey.screenshot('fix-explain');
    await until('Explain is chosen', async () => {
      await entry('Explain with Quillet')
        .first()
        .click({ timeout: 1000 })
        .catch(() => undefined);
      return (await entry('Explain with Quillet').count()) === 0;
    });
    await seeInThread(page, 'It is a list.');
  });
});
