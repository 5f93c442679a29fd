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

  it('counts an estimate for a run without reported usage, and marks it as one [E19]', () => {
    const lost = unknown({ outcome: 'lost', assumed: { tokens: 3000, usd: 0.03 } });
    const half = unknown({ tokens: { input: 5 }, assumed: { tokens: 1000, usd: 0.01 } });
    assert.deepEqual(sumSpending([tableOf(lost, half)], periodRange('daily', now)), {
      usd: 0.04,
      tokens: 4000,
      runs: 2,
      isEstimate: true,
    });
  });

  it('counts requests whatever servers report [E19]', () => {
    const rows = Array.from({ length: 100 }, () => unknown({ outcome: 'failed', error: 'http.5xx' }));
    const spent = sumSpending([tableOf(...rows)], periodRange('daily', now));
    assert.equal(
      exceededLimits({ daily: { hard: { runs: 100 } } }, 'hard', { daily: spent, monthly: spent }, now).length,
      1,
    );
  });
});

describe('recent usage of all windows', () => {
  const month = periodRange('monthly', now);

  it('reads a file again only if it has changed, and includes unwritten rows', async () => {
    const folder = new MemoryFolder();
    const [ownWriter, otherWriter] = [new LedgerWriter(folder, 'own'), new LedgerWriter(folder, 'other')];
    await ownWriter.write('2026-11', sampleRows('own', 2, { time }));
    await otherWriter.write('2026-11', sampleRows('other', 3, { time }));
    await otherWriter.write('2026-08', sampleRows('other', 3, { time: '2026-08-28T00:00:00.000Z' }));
    const usage = new RecentUsage(folder, () => [sampleRow({ id: 'own-2', time })]);
    const runs = async () => sumSpending(await usage.read(month), month).runs;
    const reads = () => folder.calls.splice(0).filter((call) => call.startsWith('read'));
    assert.deepEqual([await runs(), reads().length], [6, 2]);
    assert.deepEqual([await runs(), reads().length], [6, 0]);
    await otherWriter.write('2026-11', sampleRows('late', 1, { time }));
    await otherWriter.write('2026-11', sampleRows('later', 1, { time }));
    assert.deepEqual([await runs(), reads().length], [8, 1]);
  });

  it('shares one more read between all calls made during a read, with the rows added since', async () => {
    const folder = new MemoryFolder();
    const rows = sampleRows('own', 1, { time });
    const usage = new RecentUsage(folder, () => [...rows]);
    const first = usage.read(month);
    await Promise.resolve();
    const others = Array.from({ length: 1000 }, () => usage.read(month));
    const wider = usage.read({ ...month, from: month.from - 1 });
    rows.push(...sampleRows('own', 2, { time }).slice(1));
    const runs = async (read: Promise<readonly LedgerTable[]>) => sumSpending(await read, month).runs;
    assert.deepEqual(await Promise.all([first, ...others.slice(-2), wider].map(runs)), [1, 2, 2, 2]);
    assert.equal(folder.calls.filter((call) => call.startsWith('list')).length, 3);
  });

  it('counts a row written during a read once', async () => {
    const folder = new MemoryFolder();
    const rows = sampleRows('own', 2, { time });
    const writer = new LedgerWriter(folder, 'own');
    await writer.write('2026-11', rows.slice(0, 1));
    // Both rows are still reported as unwritten.
    const usage = new RecentUsage(folder, () => rows);
    assert.equal(sumSpending(await usage.read(month), month).runs, 2);
    await writer.write('2026-11', rows.slice(1));
    assert.equal(sumSpending(await usage.read(month), month).runs, 2);
  });

  it('counts a lost run once if two windows noticed it, and not at all if it completed [X14, Q10]', async () => {
    const folder = new MemoryFolder();
    const lost = { outcome: 'lost', tokens: {}, assumed: { tokens: 1000 }, time } as const;
    const [gone, slept] = [sampleRow({ ...lost, id: 'gone-0' }), sampleRow({ ...lost, id: 'slept-0' })];
    await new LedgerWriter(folder, 'one').write('2026-11', [gone, slept]);
    await new LedgerWriter(folder, 'other').write('2026-11', [gone]);
    await new LedgerWriter(folder, 'slept').write('2026-11', [sampleRow({ id: 'slept-0', time })]);
    const usage = new RecentUsage(folder, () => [gone]);
    // The second read comes from memory.
    for (let time = 1; time <= 2; time += 1) {
      const { runs, tokens } = sumSpending(await usage.read(month), month);
      assert.deepEqual([runs, tokens], [2, 2050]);
    }
  });

  it('uses the last result if the folder can’t be read [Q06]', async () => {
    const folder = new MemoryFolder();
    await new LedgerWriter(folder, 'own').write('2026-11', sampleRows('own', 2, { time }));
    const usage = new RecentUsage(folder, () => []);
    await usage.read(month);
    folder.fault = () => new Error('EACCES');
    assert.equal(sumSpending(await usage.read(month), month).runs, 2);
  });
});
