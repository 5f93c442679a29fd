import type Mocha from 'mocha';
import * as vscode from 'vscode';
import { eventReporter, failure, type TestEvent } from '../../support/reporter';
import { runSettings } from './runSettings';

/** Loads a test file but keeps only the tests whose titles begin with one of the given texts. */
export type LoadOnly = (beginnings: readonly string[], load: () => Promise<unknown>) => Promise<void>;
type Load = (only: LoadOnly) => Promise<void>;

/**
 * Runs the tests inside the extension host, on the desktop and in the web worker.
 * @param load Imports the test files.
 */
export async function runTests(load: Load): Promise<void> {
  const { reportUrl, grep } = runSettings();
  let sent: Promise<unknown> = Promise.resolve();
  let failures = 0;
  const send = (event: TestEvent) => {
    failures += event.type === 'fail' ? 1 : 0;
    sent = sent.then(() => fetch(reportUrl, { method: 'POST', body: JSON.stringify(event) }));
  };
  try {
    // The explorer would list the folder again for each file that a test writes.
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
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

async function runMocha(send: (event: TestEvent) => void, grep: string, load: Load): Promise<void> {
  const imported = await import('mocha');
  // Mocha's browser build defines a global class; the Node build exports it.
  const MochaClass = (globalThis as { Mocha?: typeof Mocha }).Mocha ?? imported.default;
  const common = { ui: 'bdd', timeout: 300_000, reporter: eventReporter(send) };
  const options = { ...common, ...(grep === '' ? {} : { grep }) };
  const mocha = new MochaClass(options as Mocha.MochaOptions);
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  await load(async (beginnings, loadFile) => {
    const { length } = mocha.suite.suites;
    await loadFile();
    const titles = mocha.suite.suites.slice(length).flatMap((suite) => keepTests(suite, beginnings));
    const missing = beginnings.find((beginning) => !titles.some((title) => title.startsWith(beginning)));
    if (missing !== undefined) throw new Error(`No test begins with "${missing}".`);
  });
  await new Promise<void>((resolve) => {
    mocha.run(() => resolve());
  });
}

/** Removes the tests whose titles begin differently. Returns the other titles. */
function keepTests(suite: Mocha.Suite, beginnings: readonly string[]): readonly string[] {
  suite.tests = suite.tests.filter(({ title }) => beginnings.some((beginning) => title.startsWith(beginning)));
  const inner = suite.suites.flatMap((child) => keepTests(child, beginnings));
  return [...suite.tests.map(({ title }) => title), ...inner];
}
