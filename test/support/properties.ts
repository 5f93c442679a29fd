import * as fc from 'fast-check';

/** The same for work that takes its time. */
export async function checkAsyncProperty<Value>(
  property: fc.IAsyncProperty<Value>,
  options: { seed: number; numRuns?: number; endOnFailure?: boolean },
): Promise<void> {
  const result = await fc.check(property, options);
  if (result.failed) throw new Error(`${fc.defaultReportMessage(result)}\n${result.errorInstance}`);
}

/** Checks a property on generated values, the same ones in every run, and fails with the smallest counterexample. */
export function checkProperty<Value>(property: fc.IProperty<Value>, options: { seed: number; numRuns?: number }): void {
  const result = fc.check(property, options);
  if (result.failed) throw new Error(`${fc.defaultReportMessage(result)}\n${result.errorInstance}`);
}
