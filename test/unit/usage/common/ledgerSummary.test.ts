import * as assert from 'node:assert/strict';
import { mock } from 'node:test';
import * as fc from 'fast-check';
import { deleteLedger, digestName } from '../../../../src/ledger/common/ledgerFiles';
import type { LedgerRow } from '../../../../src/ledger/common/ledgerRow';
import type { LedgerTable } from '../../../../src/ledger/common/ledgerTable';
import { LedgerWriter } from '../../../../src/ledger/common/ledgerWriter';
import { summarizeLedger, writeDigests } from '../../../../src/usage/common/ledgerSummarizer';
import { LedgerSummary } from '../../../../src/usage/common/ledgerSummary';
import { RunList } from '../../../../src/usage/common/runList';
import { ALL_TIME, UsageAggregator, type UsageReport } from '../../../../src/usage/common/usageReport';
import { arbitraryFile, arbitraryMutation, LedgerScene, MONTHS } from '../../../support/ledgerMutations';
import { ledgerFiles, sampleRows } from '../../../support/ledgerRows';
import { bytesOf, MemoryFolder } from '../../../support/ledgerSamples';
import { checkAsyncProperty } from '../../../support/properties';
import { readLedger } from '../../../support/readLedger';

const now = Date.parse('2026-11-28T12:00:00Z');

async function summarized(folder: MemoryFolder): Promise<{ survey: LedgerSummary; shares: number[] }> {
  const survey = new LedgerSummary();
  const shares: number[] = [];
  for await (const share of summarizeLedger(folder, survey)) shares.push(share);
  return { survey, shares };
}

/** Dollars are compared separately: their last digits depend on the order of addition. */
function numbersOf({ total, models, prompts, outcomes, days, timeToFirstToken, totalTime }: UsageReport) {
  const sums = [new Map([['', total]]), models, prompts, outcomes, days].flatMap((group, index) =>
    [...group].map(([name, sum]) => ({ name: `${index} ${name}`, sum })),
  );
  sums.sort((left, right) => (left.name < right.name ? -1 : 1));
  const counts = sums.map(({ name, sum }) => `${name}: ${JSON.stringify({ ...sum, usd: 0 })}`);
  return {
    counts: [...counts, JSON.stringify(timeToFirstToken.toBucketCounts()), JSON.stringify(totalTime.toBucketCounts())],
    dollars: sums.map(({ sum }) => sum.usd),
  };
}

function assertSame(actualReport: UsageReport, expectedReport: UsageReport): void {
  const [actual, expected] = [numbersOf(actualReport), numbersOf(expectedReport)];
  assert.deepEqual(actual.counts, expected.counts, actualReport.period);
  for (const [index, usd] of expected.dollars.entries()) {
    const actualUsd = actual.dollars[index] ?? Number.NaN;
    assert.ok(Math.abs(actualUsd - usd) <= 1e-9 * Math.max(1, usd), `${actualUsd} for ${usd}`);
  }
}

function reportOf(table: LedgerTable, period: string): UsageReport {
  const totals = new UsageAggregator();
  totals.add(table);
  return totals.createReport(period);
}

function rowsOf(table: LedgerTable): LedgerRow[] {
  return Array.from({ length: table.length }, (_, index) => table.row(index));
}

/** Compares the summary with the rows of all files, read completely. */
async function assertMatchesFiles(folder: MemoryFolder): Promise<void> {
  const { survey } = await summarized(folder);
  const table = await readLedger(folder);
  for (const period of [ALL_TIME, ...MONTHS]) {
    assertSame(survey.createReport(period), reportOf(table, period));
  }
  assert.deepEqual([survey.skipped, survey.unreadFiles], [table.skipped, table.unreadFiles]);
  const list = new RunList(folder, survey);
  const pages: LedgerRow[] = [];
  const count = table.length > 1000 ? 1000 : 7;
  for (let first = 0; first < table.length; first += count)
    pages.push(...((await list.readNewest(first, count)) ?? []));
  const newestFirst = (rows: LedgerRow[]) =>
    rows
      .map(({ time, id }) => `${time} ${id}`)
      .sort()
      .toReversed();
  assert.deepEqual(newestFirst(pages), newestFirst(rowsOf(table)));
  const times = pages.map(({ time }) => time);
  assert.deepEqual(times, times.toSorted().toReversed());
}

async function createFolder(rows: readonly LedgerRow[], rest = ''): Promise<MemoryFolder> {
  const folder = new MemoryFolder();
  for (const [name, text] of ledgerFiles(rows, rest)) await folder.write(name, bytesOf(text));
  return folder;
}

const filesRead = (folder: MemoryFolder) => folder.calls.filter((call) => /^read .*\.jsonl$/.test(call)).length;

/** A copy of a folder with asynchronous calls, so that two operations can interleave. */
class SlowFolder extends MemoryFolder {
  onCall: () => void = () => undefined;

  constructor({ files }: MemoryFolder) {
    super();
    for (const [name, bytes] of files) this.files.set(name, bytes);
    this.fault = () => this.onCall() as undefined;
  }

  override async list(): Promise<readonly string[]> {
    await turn();
    return super.list();
  }

  override async write(file: string, bytes: Uint8Array): Promise<void> {
    await turn();
    return super.write(file, bytes);
  }

  override async delete(file: string): Promise<void> {
    await turn();
    return super.delete(file);
  }
}

async function deleteAfter(turns: number, folder: MemoryFolder): Promise<void> {
  for (let passed = 0; passed < turns; passed += 1) await turn();
  await deleteLedger(folder);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('the summary of the usage log', () => {
  beforeEach(() => mock.timers.enable({ apis: ['Date'], now }));
  afterEach(() => mock.timers.reset());

  const rows = sampleRows(9000, new Date(now));

  it('matches the files, whatever happens to them and to the digests (property) [Q09, Q07]', async function () {
    this.timeout(60_000);
    const digests = new Set<string>();
    const batch = fc.tuple(arbitraryMutation, fc.array(arbitraryFile, { maxLength: 60, size: 'max' }), fc.boolean());
    const check = fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 4 }), async (batches) => {
      const scene = new LedgerScene(new MemoryFolder(), now);
      for (const [mutation, files, isCountedBefore] of batches) {
        for (const file of files) scene.add(file);
        if (isCountedBefore) for await (const _ of writeDigests(scene.folder));
        await assertMatchesFiles(scene.folder);
        scene.happen(mutation);
        await assertMatchesFiles(scene.folder);
        if (scene.folder.files.has(digestName(MONTHS[0]))) digests.add(mutation);
      }
    });
    await checkAsyncProperty(check, { seed: 12, numRuns: 60 });
    assert.equal(digests.size, 7, 'a digest existed for every mutation');
  });

  it('reads a past month once, and then only its digest and new files [Q08]', async () => {
    const folder = await createFolder(rows, 'not a row\n');
    await assertMatchesFiles(folder);
    const files = [...folder.files.keys()].filter((name) => name.endsWith('.jsonl')).length;
    folder.calls.splice(0);
    const { survey } = await summarized(folder);
    assert.deepEqual([filesRead(folder), survey.skipped, survey.createReport(ALL_TIME).total.runs], [0, files, 9000]);
    await new LedgerWriter(folder, 'late').write('2026-10', [{ ...rows[0], id: 'late-0' } as LedgerRow]);
    folder.calls.splice(0);
    await summarized(folder);
    assert.equal(filesRead(folder), 1);
    await assertMatchesFiles(folder);
  });

  it('is prepared in the background without opening a file twice [Q08]', async () => {
    const folder = await createFolder(rows, 'not a row\n');
    const kept = async () => {
      folder.calls.splice(0);
      let parts = 0;
      for await (const _ of writeDigests(folder)) parts += 1;
      return [filesRead(folder) > 0, folder.calls.some((call) => call.startsWith('write')), parts > 0];
    };
    assert.deepEqual(await kept(), [true, true, true]);
    folder.calls.splice(0);
    await summarized(folder);
    assert.equal(filesRead(folder), 0);
    assert.deepEqual(await kept(), [false, false, false], 'nothing has changed');
    await new LedgerWriter(folder, 'late').write('2026-10', [{ ...rows[0], id: 'late-0' } as LedgerRow]);
    assert.deepEqual(await kept(), [false, false, false], 'too little has changed');
    folder.files.delete(digestName('2026-10'));
    assert.deepEqual(await kept(), [true, true, true], 'a digest was deleted');
    const name = [...folder.files.keys()].find((fileName) => fileName.startsWith('2026-10.late.')) ?? '';
    folder.files.delete(name);
    assert.deepEqual(await kept(), [true, true, true], 'a digested file is gone, even a small one');
    await assertMatchesFiles(folder);
    const small = await createFolder(rows.slice(0, 100));
    for await (const _ of writeDigests(small)) assert.fail('Few files need no digest.');
    assert.deepEqual(
      small.calls.filter((call) => /^(?:read|stat)/.test(call)),
      [],
    );
  });

  it('opens only the files with runs of the requested page [Q08]', async () => {
    const folder = await createFolder(rows);
    const { survey } = await summarized(folder);
    const list = new RunList(folder, (await summarized(folder)).survey);
    folder.calls.splice(0);
    const last = await list.readNewest(rows.length - 50, 50);
    assert.deepEqual(
      last?.map(({ id }) => id),
      rows
        .slice(0, 50)
        .map(({ id }) => id)
        .toReversed(),
    );
    assert.equal(filesRead(folder), 1);
    await list.readNewest(rows.length - 100, 50);
    assert.equal(filesRead(folder), 1, 'each of them once');
    assert.deepEqual(await list.readNewest(rows.length, 50), []);
    folder.files.delete(survey.digestedFiles.at(-1)?.name ?? '');
    const newList = new RunList(folder, survey);
    assert.equal(await newList.readNewest(rows.length - 50, rows.length), undefined, 'undefined if a file is gone');
  });

  it('leaves out a lost run that completed in a digested file [Q10]', async () => {
    const folder = await createFolder(rows);
    await summarized(folder);
    const [lost, other] = rows;
    assert.ok(lost && other);
    await new LedgerWriter(folder, 'later').write(lost.time.slice(0, 7), [
      { ...lost, outcome: 'lost', tokens: {} },
      { ...other, id: 'gone-0', outcome: 'lost', tokens: {} },
    ]);
    await assertMatchesFiles(folder);
    assert.equal((await summarized(folder)).survey.createReport(ALL_TIME).outcomes.get('lost')?.runs, 1);
  });

  it('grows in steps, newest month first [R34]', async () => {
    const folder = await createFolder(rows, '{"torn');
    const survey = new LedgerSummary();
    const shares: number[] = [];
    const seen: number[] = [];
    for await (const share of summarizeLedger(folder, survey)) {
      shares.push(share);
      seen.push(survey.createReport(ALL_TIME).total.runs);
    }
    assert.ok((seen[0] ?? 0) > 0 && (seen[0] ?? 0) < rows.length / 2, `${seen[0]} rows`);
    assert.deepEqual(
      shares,
      shares.toSorted((left, right) => left - right),
    );
    assert.equal(shares.at(-1), 1);
  });

  it('works if digests can be neither written nor read [Q06]', async () => {
    const folder = await createFolder(rows);
    folder.fault = (call, name) => (name.endsWith('digest.json') && call !== 'list' ? new Error('EROFS') : undefined);
    await assertMatchesFiles(folder);
    await assertMatchesFiles(folder);
    assert.deepEqual(
      [...folder.files.keys()].filter((name) => name.endsWith('.json')),
      [],
    );
  });

  it('is deleted together with the files', async () => {
    const folder = await createFolder(rows);
    await summarized(folder);
    assert.ok([...folder.files.keys()].some((name) => name.endsWith('digest.json')));
    await deleteLedger(folder);
    assert.deepEqual([...folder.files.keys()], []);
    folder.files.set(digestName('2026-10'), bytesOf('1\n{}'));
    const { survey, shares } = await summarized(folder);
    assert.deepEqual([[...folder.files.keys()], survey.createReport(ALL_TIME).total.runs, shares], [[], 0, []]);
  });

  it('leaves no digest of deleted files, whenever they were deleted during the summary [Q09]', async () => {
    const files = await createFolder(rows);
    const calls = await (async () => {
      const folder = new SlowFolder(files);
      for await (const _ of writeDigests(folder));
      return folder.calls.length;
    })();
    assert.ok(calls > 20, `${calls} calls`);
    for (let call = 1; call <= calls; call += 1) {
      for (let turns = 0; turns < 4; turns += 1) {
        const folder = new SlowFolder(files);
        const deleting = new Promise<void>((resolve) => {
          folder.onCall = () => {
            if (folder.calls.length === call) resolve(deleteAfter(turns, folder));
          };
        });
        for await (const _ of writeDigests(folder));
        await deleting;
        assert.deepEqual([...folder.files.keys()], [], `deleted ${turns} turns after call ${call} of ${calls}`);
      }
    }
  });

  it('recomputes the days after a change of the time zone', async () => {
    const zone = process.env['TZ'];
    const folder = await createFolder(rows);
    try {
      for (const name of ['UTC', 'Asia/Kolkata', 'America/St_Johns', 'UTC']) {
        process.env['TZ'] = name;
        await assertMatchesFiles(folder);
      }
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });
});
