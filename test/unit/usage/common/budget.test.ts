import assert from 'node:assert/strict';
import type { LedgerRow } from '../../../../src/ledger/common/ledgerRow';
import { LedgerTable } from '../../../../src/ledger/common/ledgerTable';
import { LedgerWriter } from '../../../../src/ledger/common/ledgerWriter';
import type { Budget } from '../../../../src/settings/common/spendingSettings';
import {
  exceededLimits,
  hasBudget,
  periodRange,
  type Spending,
  sumSpending,
} from '../../../../src/usage/common/budget';
import { RecentUsage } from '../../../../src/usage/common/recentUsage';
import { MemoryFolder, sampleRow, sampleRows } from '../../../support/ledgerSamples';

const now = new Date(2026, 10, 28, 12).getTime();
const time = new Date(now).toISOString();
const NO_SPENDING: Spending = { usd: 0, tokens: 0, runs: 0, isEstimate: false };

function tableOf(...rows: readonly LedgerRow[]): LedgerTable {
  const table = new LedgerTable();
  for (const row of rows) table.add(row);
  return table;
}

function unknown(fields: Partial<LedgerRow>): LedgerRow {
  const { cost: _, ...row } = sampleRow({ time, tokens: {}, ...fields });
  return row;
}

describe('a budget', () => {
  it('is there when a limit is, also one of 0', () => {
    const none: readonly Budget[] = [{}, { daily: {} }, { daily: { soft: {} }, monthly: { hard: {} } }];
    assert.deepEqual(none.map(hasBudget), [false, false, false]);
    assert.ok(hasBudget({ monthly: { hard: { runs: 0 } } }));
  });

  it('is reached at its limit, and says which, how far and until when', () => {
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

  it('counts what was reported in its period, and estimates as such', () => {
    const yesterday = new Date(2026, 10, 27, 23, 59).toISOString();
    const exact = sampleRow({ time, cost: { usd: 1, source: 'server', isEstimate: false } });
    const table = tableOf(exact, sampleRow({ time: yesterday }), sampleRow({ time, attempts: 0 }));
    assert.deepEqual(sumSpending([table], periodRange('daily', now)), {
      usd: 1,
      tokens: 1050,
      runs: 1,
      isEstimate: false,
    });
    assert.equal(sumSpending([table, table], periodRange('monthly', now)).runs, 4);
    assert.ok(sumSpending([table], periodRange('monthly', now)).isEstimate);
  });

  it('E19: counts what is assumed of a run that nobody reported the use of, and says that it is an estimate', () => {
    const lost = unknown({ outcome: 'lost', assumed: { tokens: 3000, usd: 0.03 } });
    const half = unknown({ tokens: { input: 5 }, assumed: { tokens: 1000, usd: 0.01 } });
    assert.deepEqual(sumSpending([tableOf(lost, half)], periodRange('daily', now)), {
      usd: 0.04,
      tokens: 4000,
      runs: 2,
      isEstimate: true,
    });
  });

  it('E19: counts requests whatever servers report of them', () => {
    const rows = Array.from({ length: 100 }, () => unknown({ outcome: 'failed', error: 'http.5xx' }));
    const spent = sumSpending([tableOf(...rows)], periodRange('daily', now));
    assert.equal(
      exceededLimits({ daily: { hard: { runs: 100 } } }, 'hard', { daily: spent, monthly: spent }, now).length,
      1,
    );
  });
});

describe('the usage of all windows, for a budget', () => {
  const month = periodRange('monthly', now);

  it('opens each file once, until it changes, and counts what is in no file yet', async () => {
    const folder = new MemoryFolder();
    const [mine, theirs] = [new LedgerWriter(folder, 'mine'), new LedgerWriter(folder, 'theirs')];
    await mine.write('2026-11', sampleRows('mine', 2, { time }));
    await theirs.write('2026-11', sampleRows('theirs', 3, { time }));
    await theirs.write('2026-08', sampleRows('theirs', 3, { time: '2026-08-28T00:00:00.000Z' }));
    const usage = new RecentUsage(folder, () => [sampleRow({ id: 'mine-2', time })]);
    const runs = async () => sumSpending(await usage.read(month), month).runs;
    const reads = () => folder.calls.splice(0).filter((call) => call.startsWith('read'));
    assert.deepEqual([await runs(), reads().length], [6, 2]);
    assert.deepEqual([await runs(), reads().length], [6, 0]);
    await theirs.write('2026-11', sampleRows('late', 1, { time }));
    await theirs.write('2026-11', sampleRows('later', 1, { time }));
    assert.deepEqual([await runs(), reads().length], [8, 1]);
  });

  it('reads once more for all who ask while it reads, with the rows that have come since', async () => {
    const folder = new MemoryFolder();
    const rows = sampleRows('mine', 1, { time });
    const usage = new RecentUsage(folder, () => [...rows]);
    const first = usage.read(month);
    await Promise.resolve();
    const others = Array.from({ length: 1000 }, () => usage.read(month));
    const wider = usage.read({ ...month, from: month.from - 1 });
    rows.push(...sampleRows('mine', 2, { time }).slice(1));
    const runs = async (read: Promise<readonly LedgerTable[]>) => sumSpending(await read, month).runs;
    assert.deepEqual(await Promise.all([first, ...others.slice(-2), wider].map(runs)), [1, 2, 2, 2]);
    assert.equal(folder.calls.filter((call) => call.startsWith('list')).length, 3);
  });

  it('counts a row once that is written while it reads', async () => {
    const folder = new MemoryFolder();
    const rows = sampleRows('mine', 2, { time });
    const writer = new LedgerWriter(folder, 'mine');
    await writer.write('2026-11', rows.slice(0, 1));
    // Both are still said to be in no file.
    const usage = new RecentUsage(folder, () => rows);
    assert.equal(sumSpending(await usage.read(month), month).runs, 2);
    await writer.write('2026-11', rows.slice(1));
    assert.equal(sumSpending(await usage.read(month), month).runs, 2);
  });

  it('X14, Q10: counts a lost run once that two windows noticed, and not beside its end', async () => {
    const folder = new MemoryFolder();
    const lost = { outcome: 'lost', tokens: {}, assumed: { tokens: 1000 }, time } as const;
    const [gone, slept] = [sampleRow({ ...lost, id: 'gone-0' }), sampleRow({ ...lost, id: 'slept-0' })];
    await new LedgerWriter(folder, 'one').write('2026-11', [gone, slept]);
    await new LedgerWriter(folder, 'other').write('2026-11', [gone]);
    await new LedgerWriter(folder, 'slept').write('2026-11', [sampleRow({ id: 'slept-0', time })]);
    const usage = new RecentUsage(folder, () => [gone]);
    // The second time from memory.
    for (let time = 1; time <= 2; time += 1) {
      const { runs, tokens } = sumSpending(await usage.read(month), month);
      assert.deepEqual([runs, tokens], [2, 2050]);
    }
  });

  it('Q06: stands on what was seen last where the folder cannot be read', async () => {
    const folder = new MemoryFolder();
    await new LedgerWriter(folder, 'mine').write('2026-11', sampleRows('mine', 2, { time }));
    const usage = new RecentUsage(folder, () => []);
    await usage.read(month);
    folder.fault = () => new Error('EACCES');
    assert.equal(sumSpending(await usage.read(month), month).runs, 2);
  });
});
