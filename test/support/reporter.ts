import type { Runner, Test } from 'mocha';

export type TestEvent =
  | { readonly type: 'pass'; readonly title: string; readonly ms: number }
  | { readonly type: 'fail'; readonly title: string; readonly message: string; readonly stack: string }
  | { readonly type: 'log'; readonly text: string }
  | { readonly type: 'end' };

/** Creates a mocha reporter that passes each result to a function. */
export function eventReporter(send: (event: TestEvent) => void): new (runner: Runner) => object {
  return class EventReporter {
    constructor(runner: Runner) {
      runner.on('pass', (test: Test) => send({ type: 'pass', title: test.fullTitle(), ms: test.duration ?? 0 }));
      runner.on('fail', (test: Test, error: unknown) => send(failure(test.fullTitle(), error)));
      runner.on('pending', (test: Test) => send(failure(test.fullTitle(), new Error('Tests must not be skipped.'))));
    }
  };
}

/** Converts a thrown value to a failure. */
export function failure(title: string, thrown: unknown): Extract<TestEvent, { type: 'fail' }> {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { expected, actual, generatedMessage } = error as Error & {
    expected?: unknown;
    actual?: unknown;
    generatedMessage?: boolean;
  };
  // Generated messages of Node's assertions already contain the difference; custom messages don't.
  const isInMessage = generatedMessage === true || (expected === undefined && actual === undefined);
  const difference = isInMessage ? '' : `\nexpected: ${show(expected)}\nactual:   ${show(actual)}`;
  return { type: 'fail', title, message: `${error.message}${difference}`, stack: error.stack ?? '' };
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, undefined, 2) ?? String(value));
}
