import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { LatencyHistogram } from '../../../../src/usage/common/latencyHistogram';
import { checkProperty } from '../../../support/properties';

describe('latencies', () => {
  it('of no runs are unknown', () => {
    const latencies = new LatencyHistogram();
    latencies.add(Number.NaN);
    assert.equal(latencies.count, 0);
    assert.equal(latencies.percentile(0.5), undefined);
  });

  it('are right to three in a thousand (property)', () => {
    const durations = fc.array(fc.double({ min: 1, max: 3_600_000, noNaN: true }), { minLength: 1, maxLength: 300 });
    const check = fc.property(durations, fc.constantFrom(0.5, 0.9, 0.95, 0.99), (all, part) => {
      const latencies = new LatencyHistogram();
      for (const one of all) latencies.add(one);
      const sorted = all.toSorted((one, other) => one - other);
      const exact = sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN;
      const said = latencies.percentile(part) ?? Number.NaN;
      assert.ok(Math.abs(said / exact - 1) < 0.003, `${said} for ${exact}`);
    });
    checkProperty(check, { seed: 7 });
  });

  it('may be shorter than a millisecond or longer than a day', () => {
    const latencies = new LatencyHistogram();
    latencies.add(0);
    assert.equal(latencies.percentile(0.5), 1);
    latencies.add(1e12);
    assert.ok((latencies.percentile(1) ?? 0) > 86_400_000);
  });
});
