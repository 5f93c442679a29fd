import type Mocha from 'mocha';
import { eventReporter, failure, type TestEvent } from '../../support/reporter';
import { runSettings } from './runSettings';

/**
 * Runs the tests inside the extension host, on the desktop and in the web worker.
 * @param load Imports the test files.
 */
export async function runTests(load: () => Promise<void>): Promise<void> {
  const { reportUrl, grep } = runSettings();
  let sent: Promise<unknown> = Promise.resolve();
  let failures = 0;
  const send = (event: TestEvent) => {
    failures += event.type === 'fail' ? 1 : 0;
    sent = sent.then(() => fetch(reportUrl, { method: 'POST', body: JSON.stringify(event) }));
  };
  try {
    await runMocha(send, grep, load);
  } catch (error) {
    send(failure('loading the tests', error));
  }
  send({ type: 'end' });
  await sent;
  if (failures > 0) {
    throw new Error(`${failures} tests failed.`);
  }
}

async function runMocha(send: (event: TestEvent) => void, grep: string, load: () => Promise<void>): Promise<void> {
  const imported = await import('mocha');
  // Mocha's browser build defines a global class; the Node build exports it.
  const MochaClass = (globalThis as { Mocha?: typeof Mocha }).Mocha ?? imported.default;
  const common = { ui: 'bdd', timeout: 120_000, reporter: eventReporter(send) };
  const options = { ...common, ...(grep === '' ? {} : { grep }) };
  const mocha = new MochaClass(options as Mocha.MochaOptions);
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  await load();
  await new Promise<void>((resolve) => {
    mocha.run(() => resolve());
  });
}
