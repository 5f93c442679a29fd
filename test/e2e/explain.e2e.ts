import * as assert from 'node:assert/strict';
import { chord, openFile, readAnswer, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { type Journey, startJourney } from './support/workbench';

describe('explaining a selection in the packaged extension', () => {
  let journey: Journey;
  let server: FakeModelServer;

  before(async () => {
    server = await startFakeModelServer();
    const providers = { fake: { preset: 'custom', baseUrl: server.url, needsKey: false } };
    journey = await startJourney({ settings: { 'quillet.providers': providers, 'quillet.model': 'fake/echo' } });
  });
  after(async () => {
    await journey.close();
    await server.close();
  });

  it('answers under the selection when the chord is pressed, with the tokens in the status bar', async () => {
    await openFile(journey.page, 'greet.ts');
    await selectWithKeyboard(journey.page, 2, 5);
    await chord(journey.page, 'g');
    const answer = await readAnswer(journey.page);
    await journey.screenshot('explain');
    assert.match(answer.text, /const who = name === undefined/);
    assert.match(answer.status, /tokens/);
  });
});
