import * as assert from 'node:assert/strict';
import { chord, openFile, seeThread, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { streamed } from '../support/scenario';
import { until } from './support/screen';
import { type Journey, keepFailure, startJourney } from './support/workbench';

const source = 'export const one = 1;\n';

describe('closing the window while an answer runs', () => {
  let journey: Journey;
  let server: FakeModelServer;

  before(async () => {
    server = await startFakeModelServer();
    journey = await startJourney({
      settings: {
        'quillet.providers': { fake: { preset: 'custom', baseUrl: server.url, needsKey: false } },
        'quillet.model': 'fake/quillet-test',
      },
      files: { 'one.ts': source },
    });
  });
  afterEach(function () {
    return keepFailure(journey, this.currentTest);
  });
  after(async () => {
    await journey.close();
    await server.close();
  });

  it('X14, Q12: a reload ends the request, changes nothing, and the next window works', async () => {
    const { page } = journey;
    server.script(streamed(['One'], { then: [{ do: 'hang' }] }));
    await openFile(page, 'one.ts');
    await selectWithKeyboard(page, 1, 1);
    await chord(page, 'g');
    await seeThread(page);
    await until('the request is there', () => server.requests.length === 1);
    await journey.reload();
    await until('the server saw the connection close', () => server.requests[0]?.ending?.by === 'client');
    server.script(streamed(['Two']));
    await openFile(page, 'one.ts');
    assert.equal((await journey.editorText()).trimEnd(), source.trimEnd());
    await selectWithKeyboard(page, 1, 1);
    await chord(page, 'g');
    await until('the next answer', async () =>
      (await page.locator('.comment-body').allInnerTexts()).join().includes('Two'),
    );
  });
});
