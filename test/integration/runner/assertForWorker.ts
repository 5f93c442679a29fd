// The part of node:assert/strict that the integration tests use, for the web worker host without Node.

class AssertionError extends Error {
  override readonly name = 'AssertionError';
  readonly actual: unknown;
  readonly expected: unknown;

  constructor(message: string, actual?: unknown, expected?: unknown) {
    super(message);
    this.actual = actual;
    this.expected = expected;
  }
}

function check(holds: boolean, message: string, actual?: unknown, expected?: unknown): void {
  if (!holds) {
    throw new AssertionError(message, actual, expected);
  }
}

function isSame(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) {
    return true;
  }
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return false;
  }
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) {
    return false;
  }
  if (left instanceof Map || left instanceof Set || left instanceof Date) {
    return isSame(entriesOf(left), entriesOf(right));
  }
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isSame(Reflect.get(left, key), Reflect.get(right, key)))
  );
}

function entriesOf(value: object): unknown {
  return value instanceof Date ? value.getTime() : [...(value as Iterable<unknown>)];
}

function matches(thrown: unknown, expected: RegExp | (new (...args: never) => Error) | undefined): boolean {
  return (
    expected === undefined || (expected instanceof RegExp ? expected.test(String(thrown)) : thrown instanceof expected)
  );
}

type Expected = RegExp | (new (...args: never) => Error);

export function ok(value: unknown, message = 'The value is not truthy.'): void {
  check(Boolean(value), message, value, true);
}

export function equal(actual: unknown, expected: unknown, message = 'The values are not equal.'): void {
  check(Object.is(actual, expected), message, actual, expected);
}

export function notEqual(actual: unknown, expected: unknown, message = 'The values are equal.'): void {
  check(!Object.is(actual, expected), message, actual, expected);
}

export function deepEqual(actual: unknown, expected: unknown, message = 'The values are not deeply equal.'): void {
  check(isSame(actual, expected), message, actual, expected);
}

export function notDeepEqual(actual: unknown, expected: unknown, message = 'The values are deeply equal.'): void {
  check(!isSame(actual, expected), message, actual, expected);
}

export function match(value: string, pattern: RegExp, message = `The text does not match ${pattern}.`): void {
  check(pattern.test(value), message, value, String(pattern));
}

export function doesNotMatch(value: string, pattern: RegExp, message = `The text matches ${pattern}.`): void {
  check(!pattern.test(value), message, value, String(pattern));
}

export function fail(message = 'Failed.'): never {
  throw new AssertionError(message);
}

export function throws(action: () => unknown, expected?: Expected): void {
  try {
    action();
  } catch (thrown) {
    check(matches(thrown, expected), 'Another error was thrown.', String(thrown), String(expected));
    return;
  }
  fail('Nothing was thrown.');
}

export async function rejects(action: Promise<unknown> | (() => Promise<unknown>), expected?: Expected): Promise<void> {
  try {
    await (typeof action === 'function' ? action() : action);
  } catch (thrown) {
    check(matches(thrown, expected), 'It rejected with another error.', String(thrown), String(expected));
    return;
  }
  fail('It did not reject.');
}

export const strictEqual = equal;
export const notStrictEqual = notEqual;
export const deepStrictEqual = deepEqual;

const assert = Object.assign(ok, {
  ok,
  equal,
  notEqual,
  deepEqual,
  notDeepEqual,
  match,
  doesNotMatch,
  fail,
  throws,
  rejects,
  strictEqual,
  notStrictEqual,
  deepStrictEqual,
});

export { assert as default, assert as strict };
