import * as fc from 'fast-check';

/** Checks a property on generated values, the same ones in every run, and fails with the smallest counterexample. */
export function checkProperty<Value>(property: fc.IProperty<Value>, options: { seed: number; numRuns?: number }): void {
  const result = fc.check(property, options);
  if (result.failed) throw new Error(fc.defaultReportMessage(result) ?? 'the property does not hold');
}
