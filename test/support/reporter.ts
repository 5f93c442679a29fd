import type { Runner, Test } from 'mocha';

/** What the runner of all tests wants to know of one test. */
export type TestEvent =
  | { readonly type: 'pass'; readonly title: string; readonly ms: number }
  | { readonly type: 'fail'; readonly title: string; readonly message: string; readonly stack: string }
  /** A try that failed and is not the last. */
  | { readonly type: 'retry'; readonly title: string; readonly message: string; readonly stack: string }
  | { readonly type: 'log'; readonly text: string }
  | { readonly type: 'end' };

/** A mocha reporter that hands each result on, from a plain process as well as from an extension host. */
export function eventReporter(send: (event: TestEvent) => void): new (runner: Runner) => object {
  return class EventReporter {
    constructor(runner: Runner) {
      runner.on('pass', (test: Test) => send({ type: 'pass', title: test.fullTitle(), ms: test.duration ?? 0 }));
      runner.on('fail', (test: Test, error: unknown) => send(failure(test.fullTitle(), error)));
      runner.on('retry', (test: Test, error: unknown) => send({ ...failure(test.fullTitle(), error), type: 'retry' }));
      runner.on('pending', (test: Test) => send(failure(test.fullTitle(), new Error('No test is skipped here.'))));
    }
  };
}

/** Any thrown value as a failed test. */
export function failure(title: string, thrown: unknown): Extract<TestEvent, { type: 'fail' }> {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { expected, actual, generatedMessage } = error as Error & {
    expected?: unknown;
    actual?: unknown;
    generatedMessage?: boolean;
  };
  // Node's assertions say it themselves, unless the test gave them a message of its own.
  const isSaid = generatedMessage === true || (expected === undefined && actual === undefined);
  const difference = isSaid ? '' : `\nexpected: ${show(expected)}\nactual:   ${show(actual)}`;
  return { type: 'fail', title, message: `${error.message}${difference}`, stack: error.stack ?? '' };
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, undefined, 2) ?? String(value));
}
