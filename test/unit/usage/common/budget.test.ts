import assert from 'node:assert/strict';
import type { Budget } from '../../../../src/settings/common/spendingSettings';
import {
  exceededLimits,
  hasBudget,
  periodRange,
  type Spending,
  sumSpending,
} from '../../../../src/usage/common/budget';
import type { UsageRow } from '../../../../src/usage/common/usageRow';
import { sampleRow, startOf } from '../../../support/usageSamples';

const now = new Date(2026, 10, 28, 12).getTime();
const time = new Date(now).toISOString();
const NO_SPENDING: Spending = { usd: 0, tokens: 0, runs: 0, isEstimate: false };

function unknown(fields: Partial<UsageRow>): UsageRow {
  const { cost: _, ...row } = sampleRow({ time, tokens: {}, ...fields });
  return row;
}

describe('a budget', () => {
  it('exists if there is a limit, even a limit of 0', () => {
    const none: readonly Budget[] = [{}, { daily: {} }, { daily: { soft: {} }, monthly: { hard: {} } }];
    assert.deepEqual(none.map(hasBudget), [false, false, false]);
    assert.ok(hasBudget({ monthly: { hard: { runs: 0 } } }));
  });

  it('is exceeded at its limit, and reports the limit, the amount used and the end of the period', () => {
    const spent = { daily: { ...NO_SPENDING, usd: 2, isEstimate: true }, monthly: { ...NO_SPENDING, tokens: 500 } };
    const limits: Budget = {
      daily: { soft: { usd: 1 }, hard: { usd: 2, runs: 5 } },
      monthly: { hard: { tokens: 500 } },
    };
    assert.deepEqual(exceededLimits(limits, 'hard', spent, now), [
      {
        period: 'monthly',
        unit: 'tokens',
        used: 500,
        limit: 500,
        isEstimate: false,
        endsAt: new Date(2026, 11, 1).getTime(),
      },
      { period: 'daily', unit: 'usd', used: 2, limit: 2, isEstimate: true, endsAt: new Date(2026, 10, 29).getTime() },
    ]);
    assert.equal(exceededLimits(limits, 'soft', spent, now).length, 1);
    assert.deepEqual(exceededLimits(limits, 'hard', { daily: NO_SPENDING, monthly: NO_SPENDING }, now), []);
  });

  it('counts the usage of its period, and marks estimates', () => {
    const yesterday = new Date(2026, 10, 27, 23, 59).toISOString();
    const exact = sampleRow({ time, cost: { usd: 1, source: 'server', isEstimate: false } });
    const rows = [exact, sampleRow({ time: yesterday }), sampleRow({ time, attempts: 0 })];
    assert.deepEqual(sumSpending(rows, periodRange('daily', now)), {
      usd: 1,
      tokens: 1050,
      runs: 1,
      isEstimate: false,
    });
    assert.equal(sumSpending([...rows, ...rows], periodRange('monthly', now)).runs, 4);
    assert.ok(sumSpending(rows, periodRange('monthly', now)).isEstimate);
  });

  it('counts an estimate for a run without reported usage, and marks it as one [E19]', () => {
    const abandoned = startOf(sampleRow({ time }));
    const half = unknown({ tokens: { input: 5 }, estimated: { tokens: 1000, usd: 0.01 } });
    assert.deepEqual(sumSpending([abandoned, half], periodRange('daily', now)), {
      usd: 0.04,
      tokens: 4000,
      runs: 2,
      isEstimate: true,
    });
  });

  it('counts requests whatever servers report [E19]', () => {
    const rows = Array.from({ length: 100 }, () => unknown({ outcome: 'failed', error: 'http.5xx' }));
    const spent = sumSpending(rows, periodRange('daily', now));
    assert.equal(
      exceededLimits({ daily: { hard: { runs: 100 } } }, 'hard', { daily: spent, monthly: spent }, now).length,
      1,
    );
  });
});
