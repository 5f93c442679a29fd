import * as assert from 'node:assert/strict';
import { openFile } from '../../scripts/demo/driver.mjs';
import { type Journey, startJourney } from './support/workbench';

describe('the packaged extension', () => {
  let journey: Journey;

  before(async () => {
    journey = await startJourney();
  });
  after(() => journey.close());

  it('is installed, and the palette lists its commands', async () => {
    await openFile(journey.page, 'greet.ts');
    const commands = await journey.listedCommands('Quillet');
    await journey.screenshot('palette');
    assert.ok(
      commands.some((name) => name.startsWith('Quillet: ')),
      commands.join(', '),
    );
  });
});
