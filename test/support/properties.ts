import * as fc from 'fast-check';

/** Checks an asynchronous property, like {@link checkProperty}. */
export async function checkAsyncProperty<Value>(
  property: fc.IAsyncProperty<Value>,
  options: { seed: number; numRuns?: number; endOnFailure?: boolean },
): Promise<void> {
  const result = await fc.check(property, options);
  if (result.failed) throw new Error(`${fc.defaultReportMessage(result)}\n${result.errorInstance}`);
}

/** Checks a property with values from a fixed seed. Throws with the smallest counterexample. */
export function checkProperty<Value>(property: fc.IProperty<Value>, options: { seed: number; numRuns?: number }): void {
  const result = fc.check(property, options);
  if (result.failed) throw new Error(`${fc.defaultReportMessage(result)}\n${result.errorInstance}`);
}
