import assert from 'node:assert/strict';
import Mocha from 'mocha';
import { Results } from '../../../scripts/lib/results.mjs';
import { eventReporter, type TestEvent } from '../../support/reporter';

describe('a test that is tried again', () => {
  it('is told with every try, and counted', async () => {
    const events: TestEvent[] = [];
    const reporter = eventReporter((event) => events.push(event)) as typeof Mocha.reporters.Base;
    const mocha = new Mocha({ retries: 2, reporter });
    let tries = 0;
    const unsteady = new Mocha.Test('works at the second try', () => {
      tries += 1;
      assert.equal(tries, 2, 'too early');
    });
    mocha.suite.addTest(unsteady);
    await new Promise((resolve) => mocha.run(resolve));
    assert.deepEqual(
      events.map(({ type, ...rest }) => [type, 'title' in rest && rest.title]),
      [
        ['retry', 'works at the second try'],
        ['pass', 'works at the second try'],
      ],
    );
    const results = new Results('a kind of test');
    const lines = printed(() => {
      for (const event of [...events, { type: 'end' } as const]) results.add(event);
      assert.deepEqual(
        { ...results.finish(), seconds: 0 },
        { tier: 'a kind of test', passed: 1, failed: 0, retried: 1, seconds: 0 },
      );
    });
    assert.match(lines, /RETRIED 1: works at the second try\n {4}too early/);
    assert.match(lines, /1 of 1 in .* s, 1 retried/);
  });
});

/** What is written to the standard output during the call. */
function printed(work: () => void): string {
  const { write } = process.stdout;
  let text = '';
  process.stdout.write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  try {
    work();
  } finally {
    process.stdout.write = write;
  }
  return text;
}
