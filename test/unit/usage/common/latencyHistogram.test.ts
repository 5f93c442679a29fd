import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { LatencyHistogram } from '../../../../src/usage/common/latencyHistogram';
import { checkProperty } from '../../../support/properties';

describe('the latency histogram', () => {
  it('has no percentiles without durations', () => {
    const histogram = new LatencyHistogram();
    histogram.add(Number.NaN);
    assert.equal(histogram.count, 0);
    assert.equal(histogram.percentile(0.5), undefined);
  });

  it('is accurate to 0.3 % (property)', () => {
    const durations = fc.array(fc.double({ min: 1, max: 3_600_000, noNaN: true }), { minLength: 1, maxLength: 300 });
    const check = fc.property(durations, fc.constantFrom(0.5, 0.9, 0.95, 0.99), (all, part) => {
      const histogram = new LatencyHistogram();
      for (const duration of all) histogram.add(duration);
      const sorted = all.toSorted((left, right) => left - right);
      const exact = sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN;
      const actual = histogram.percentile(part) ?? Number.NaN;
      assert.ok(Math.abs(actual / exact - 1) < 0.003, `${actual} for ${exact}`);
    });
    checkProperty(check, { seed: 7 });
  });

  it('accepts durations below a millisecond and above a day', () => {
    const histogram = new LatencyHistogram();
    histogram.add(0);
    assert.equal(histogram.percentile(0.5), 1);
    histogram.add(1e12);
    assert.ok((histogram.percentile(1) ?? 0) > 86_400_000);
  });
});
