import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { mock } from 'node:test';
import { Ledger, type LedgerOptions } from '../../../../src/ledger/common/ledger';
import { deleteLedger, parseLedgerFileName } from '../../../../src/ledger/common/ledgerFiles';
import type { LedgerTable } from '../../../../src/ledger/common/ledgerTable';
import { LedgerWriter } from '../../../../src/ledger/common/ledgerWriter';
import { formatUnfinishedRuns, unfinishedRunsName } from '../../../../src/ledger/common/unfinishedRuns';
import { bytesOf, MemoryFolder, nodeFolder, sampleRow, sampleRows } from '../../../support/ledgerSamples';
import { readLedger } from '../../../support/readLedger';

function idsOf(table: LedgerTable): string[] {
  return Array.from({ length: table.length }, (_, index) => table.row(index).id);
}

function outcomesOf(table: LedgerTable): string[] {
  return Array.from({ length: table.length }, (_, index) => `${table.row(index).id} ${table.row(index).outcome}`);
}

function newLedger(folder: LedgerOptions['folder'], parts: Partial<LedgerOptions> = {}) {
  const failures: unknown[] = [];
  const ledger = new Ledger({
    folder,
    window: 'own',
    session: 'this',
    onFailure: (failure) => failures.push(failure),
    ...parts,
  });
  return { ledger, failures };
}

const ids = (window: string, count: number) => sampleRows(window, count).map(({ id }) => id);

describe('the files of the ledger', () => {
  it('Q05: killed at any byte of any write, a window loses none of the rows that were written before', async () => {
    const rows = sampleRows('w', 9);
    for (const tornAt of [0, 1, 100, 400, 401, 900, 1500, 100_000]) {
      for (const killedWrite of [0, 1, 2]) {
        const folder = new MemoryFolder();
        const writer = new LedgerWriter(folder, 'w');
        let writes = 0;
        folder.fault = (call) => (call === 'write' && writes++ === killedWrite ? { tornAt } : undefined);
        let written = 0;
        for (let turn = 0; turn < 3; turn += 1) {
          try {
            await writer.write('2026-11', rows.slice(3 * turn, 3 * turn + 3));
            written += 3;
          } catch {
            break;
          }
        }
        const table = await readLedger(folder);
        const expected = rows.map(({ id }) => id);
        assert.ok(table.length >= written, `${table.length} of ${written} rows, torn at ${tornAt}`);
        assert.deepEqual(idsOf(table), expected.slice(0, table.length));
        assert.ok(table.skipped <= 1);
      }
    }
  });

  it('Q05: killed between writing and deleting, nothing counts twice', async () => {
    const folder = new MemoryFolder();
    folder.fault = (call) => (call === 'delete' ? new Error('killed') : undefined);
    const writer = new LedgerWriter(folder, 'w');
    for (const row of sampleRows('w', 5)) await writer.write('2026-11', [row]);
    assert.equal(folder.files.size, 5);
    assert.deepEqual(idsOf(await readLedger(folder)), ids('w', 5));
    folder.fault = () => undefined;
    await writer.write('2026-11', [sampleRow({ id: 'w-5' })]);
    assert.equal(folder.files.size, 1, 'what could not be deleted is deleted later');
  });

  it('Q06: rows that could not be written are written once, after whatever was left of the first try', async () => {
    const folder = new MemoryFolder();
    const writer = new LedgerWriter(folder, 'w');
    const [one, two, three] = sampleRows('w', 3);
    assert.ok(one && two && three);
    await writer.write('2026-11', [one]);
    folder.fault = (call) => (call === 'write' ? { tornAt: 700 } : undefined);
    await assert.rejects(writer.write('2026-11', [two]));
    folder.fault = () => undefined;
    await writer.write('2026-11', [two, three]);
    assert.deepEqual(idsOf(await readLedger(folder)), ids('w', 3));
    assert.equal(folder.files.size, 1);
  });

  it('Q07: files of others are left alone, and a damaged one is counted and stays as it is', async () => {
    const folder = new MemoryFolder();
    await new LedgerWriter(folder, 'w').write('2026-11', sampleRows('w', 2));
    const bad = '2026-11.bad.0.9.jsonl';
    folder.files.set(bad, bytesOf('{"v":1\n\u0000\nx'));
    folder.files.set('notes.txt', bytesOf('{"v":1}\n'));
    folder.files.set('2026-11.jsonl', bytesOf('{"v":1}\n'));
    const table = await readLedger(folder);
    assert.deepEqual([idsOf(table), table.skipped, table.unreadFiles], [ids('w', 2), 3, 0]);
    assert.deepEqual(folder.files.get(bad), bytesOf('{"v":1\n\u0000\nx'));
    folder.fault = (call, name) => (call === 'read' && name === bad ? new Error('EACCES') : undefined);
    assert.equal((await readLedger(folder)).unreadFiles, 1);
  });

  it('Q08: each month has files of its own, and a file that has grown is followed by another', async () => {
    const folder = new MemoryFolder();
    const [first, second] = [new LedgerWriter(folder, 'one'), new LedgerWriter(folder, 'two')];
    const beforeMidnight = { time: '2026-11-30T23:59:50.000Z' };
    for (const row of sampleRows('one', 20, beforeMidnight)) await first.write(row.time.slice(0, 7), [row]);
    for (const row of sampleRows('two', 20, beforeMidnight)) await second.write(row.time.slice(0, 7), [row]);
    const months = [...folder.files.keys()].map((name) => parseLedgerFileName(name)?.month).sort();
    assert.deepEqual(months, ['2026-11', '2026-11', '2026-12', '2026-12']);
    assert.deepEqual(idsOf(await readLedger(folder)).sort(), [...ids('one', 20), ...ids('two', 20)].sort());
    assert.equal((await readLedger(folder, (month) => month === '2026-12')).length, 20);

    const many = sampleRows('three', 4000);
    const third = new LedgerWriter(folder, 'three');
    for (let at = 0; at < many.length; at += 500) await third.write('2026-11', many.slice(at, at + 500));
    assert.ok([...folder.files.keys()].filter((name) => name.includes('.three.')).length > 1);
    assert.equal((await readLedger(folder)).length, 4040);
  });

  it('Q04: a reader that is overtaken by a writer sees every row once', async () => {
    const folder = new MemoryFolder();
    const writer = new LedgerWriter(folder, 'w');
    const rows = sampleRows('w', 40);
    await writer.write('2026-11', rows.slice(0, 1));
    let next = 1;
    folder.fault = (call) => {
      // The file that was listed is gone when it is read.
      if (call === 'list' && next < 4) {
        const at = next;
        next += 1;
        queueMicrotask(() => void writer.write('2026-11', rows.slice(at, at + 1)));
      }
      return undefined;
    };
    const table = await readLedger(folder);
    assert.ok(table.length >= 1);
    assert.deepEqual(idsOf(table), ids('w', table.length));
  });

  it('Q14: ten thousand runs take four megabytes in ten files, and hardly more was ever written at once', async () => {
    const folder = new MemoryFolder();
    const writer = new LedgerWriter(folder, 'w');
    const rows = sampleRows('w', 10_000);
    let largest = 0;
    for (let at = 0; at < rows.length; at += 50) {
      await writer.write('2026-11', rows.slice(at, at + 50));
      largest = Math.max(largest, ...[...folder.files.values()].map(({ length }) => length));
    }
    const sizes = [...folder.files.values()].map(({ length }) => length);
    assert.ok(sizes.length <= 10, `${sizes.length} files`);
    assert.ok(sizes.reduce((sum, size) => sum + size) < 4_500_000);
    assert.ok(largest < 600_000, `${largest} bytes`);
  });

  it('rows that were deleted do not come back with the next ones', async () => {
    const folder = new MemoryFolder();
    const writer = new LedgerWriter(folder, 'w');
    await writer.write('2026-11', sampleRows('w', 3));
    folder.files.set('settings.json', bytesOf('{}'));
    await deleteLedger(folder);
    assert.deepEqual([...folder.files.keys()], ['settings.json']);
    await writer.write('2026-11', [sampleRow({ id: 'w-3' })]);
    assert.deepEqual(idsOf(await readLedger(folder)), ['w-3']);
  });
});

describe('the ledger of a window', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.parse('2026-11-28T12:00:00Z') }));
  afterEach(() => mock.timers.reset());

  const settled = () => new Promise((resolve) => setImmediate(resolve));
  async function pass(milliseconds: number): Promise<void> {
    mock.timers.tick(milliseconds);
    await settled();
  }

  it('writes nothing while runs begin and end, and all of them together a moment later', async () => {
    const folder = new MemoryFolder();
    const { ledger } = newLedger(folder);
    for (const row of sampleRows('own', 10)) {
      ledger.begin({ ...row, outcome: 'lost' });
      ledger.end(row);
    }
    await settled();
    assert.deepEqual([folder.calls, ledger.unwritten.length], [[], 10]);
    await pass(500);
    assert.deepEqual([(await readLedger(folder)).length, ledger.unwritten.length], [10, 0]);
    assert.equal(folder.calls.filter((call) => call.startsWith('write')).length, 1);
  });

  for (const code of ['ENOSPC', 'EACCES', 'EROFS', 'EISDIR']) {
    it(`Q06: with ${code} rows are kept, the user is told once, and they are written when that is over`, async () => {
      const folder = new MemoryFolder();
      const { ledger, failures } = newLedger(folder);
      folder.fault = (call) => (call === 'write' || call === 'stat' ? new Error(code) : undefined);
      for (const row of sampleRows('own', 3)) ledger.end(row);
      for (const wait of [500, 5000, 10_000, 20_000, 40_000, 60_000]) await pass(wait);
      assert.deepEqual([failures.map(String), ledger.unwritten.length], [[`Error: ${code}`], 3]);
      assert.equal(folder.calls.filter((call) => call.startsWith('write')).length, 6);
      folder.fault = () => undefined;
      await pass(60_000);
      assert.deepEqual([idsOf(await readLedger(folder)), ledger.unwritten.length], [ids('own', 3), 0]);
    });
  }

  it('Q06: a folder that is deleted under its hands is made again', async () => {
    const place = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-ledger-'));
    const folder = nodeFolder(path.join(place, 'ledger'));
    const { ledger, failures } = newLedger(folder);
    const [one, two] = sampleRows('own', 2);
    assert.ok(one && two);
    ledger.end(one);
    await ledger.flush();
    fs.rmSync(path.join(place, 'ledger'), { recursive: true });
    ledger.end(two);
    await ledger.flush();
    assert.deepEqual([idsOf(await readLedger(folder)), failures], [['own-1'], []]);
    fs.rmSync(place, { recursive: true });
  });

  it('X14, Q10: a run that never ended is a lost one for the next extension host of the same window', async () => {
    const folder = new MemoryFolder();
    const { ledger: dead } = newLedger(folder, { window: 'dead' });
    const [ended, open] = sampleRows('dead', 2);
    assert.ok(ended && open);
    dead.begin({ ...ended, outcome: 'lost' });
    dead.begin({ ...open, outcome: 'lost', time: new Date(Date.now()).toISOString() });
    dead.end(ended);
    await pass(500);
    const { ledger, failures } = newLedger(folder);
    await ledger.recover();
    await pass(500);
    assert.deepEqual(outcomesOf(await readLedger(folder)), ['dead-0 ok', 'dead-1 lost']);
    assert.equal((await readLedger(folder)).row(1).totalMs, 500, 'as long as it was known to run');
    assert.deepEqual(
      [...folder.files.keys()].filter((name) => name.startsWith('open.')),
      [],
    );
    // A crash loop enters it once.
    await newLedger(folder, { window: 'third' }).ledger.recover();
    assert.equal((await readLedger(folder)).length, 2);
    assert.deepEqual(failures, []);
  });

  it('X14: the run of another window that lives is left alone, and is lost when that was silent for long', async () => {
    const folder = new MemoryFolder();
    const { ledger: other } = newLedger(folder, { window: 'other', session: 'that' });
    other.begin(sampleRow({ id: 'other-0', outcome: 'lost' }));
    await pass(500);
    const { ledger } = newLedger(folder);
    await ledger.recover();
    for (let second = 0; second < 40; second += 10) await pass(10_000);
    await pass(1000);
    assert.equal((await readLedger(folder)).length, 0, 'it said that it lives');
    await other.close();
    const frozen = formatUnfinishedRuns({
      session: 'that',
      beat: Date.now(),
      rows: [sampleRow({ id: 'gone-0', outcome: 'lost' })],
    });
    folder.files.set(unfinishedRunsName('gone'), frozen as Uint8Array<ArrayBuffer>);
    const { ledger: next } = newLedger(folder, { window: 'next' });
    await next.recover();
    await pass(500);
    assert.equal((await readLedger(folder)).length, 0, 'it may still live');
    await pass(30_000);
    await pass(500);
    assert.deepEqual(outcomesOf(await readLedger(folder)).sort(), ['gone-0 lost', 'other-0 lost']);
  });

  it('X14: windows that do not know their session do not take each other for dead', async () => {
    const folder = new MemoryFolder();
    const { ledger: other } = newLedger(folder, { window: 'other', session: undefined });
    other.begin(sampleRow({ id: 'other-0', outcome: 'lost' }));
    await pass(500);
    const { ledger } = newLedger(folder, { session: undefined });
    await ledger.recover();
    await pass(500);
    assert.equal((await readLedger(folder)).length, 0);
  });

  it('X14: a run that was taken for lost and ended after all counts once', async () => {
    const folder = new MemoryFolder();
    await new LedgerWriter(folder, 'slept').write('2026-11', sampleRows('slept', 2));
    await new LedgerWriter(folder, 'b').write('2026-11', [sampleRow({ id: 'slept-1', outcome: 'lost' })]);
    await new LedgerWriter(folder, 'c').write('2026-11', [
      sampleRow({ id: 'slept-1', outcome: 'lost' }),
      sampleRow({ id: 'slept-7', outcome: 'lost' }),
    ]);
    assert.deepEqual(outcomesOf(await readLedger(folder)).sort(), ['slept-0 ok', 'slept-1 ok', 'slept-7 lost']);
  });

  it('X14: to delete everything takes what a window that is gone left behind, and leaves runs that are under way', async () => {
    const folder = new MemoryFolder();
    const marker = (window: string, beat: number, session: string) => {
      const rows = [sampleRow({ id: `${window}-0`, outcome: 'lost' })];
      folder.files.set(
        unfinishedRunsName(window),
        formatUnfinishedRuns({ session, beat, rows }) as Uint8Array<ArrayBuffer>,
      );
    };
    marker('gone', Date.now() - 60_000, 'that');
    marker('crashed', Date.now(), 'this');
    marker('alive', Date.now() - 20_000, 'that');
    const { ledger } = newLedger(folder);
    ledger.begin(sampleRow({ id: 'own-0', outcome: 'lost' }));
    await pass(500);
    await ledger.deleteAbandoned();
    await deleteLedger(folder);
    assert.deepEqual([...folder.files.keys()].sort(), ['open.alive.jsonl', 'open.own.jsonl']);
    await ledger.recover();
    await pass(31_000);
    await pass(500);
    assert.deepEqual(
      outcomesOf(await readLedger(folder)),
      ['alive-0 lost'],
      'which is lost when nothing more was heard of it',
    );
  });

  it('a torn file of open runs gives the runs that are whole', async () => {
    const folder = new MemoryFolder();
    const whole = formatUnfinishedRuns({ session: 'that', beat: 1, rows: sampleRows('torn', 2, { outcome: 'lost' }) });
    folder.files.set(unfinishedRunsName('torn'), whole.slice(0, -20) as Uint8Array<ArrayBuffer>);
    const { ledger } = newLedger(folder);
    await ledger.recover();
    await ledger.flush();
    assert.deepEqual(outcomesOf(await readLedger(folder)), ['torn-0 lost']);
  });

  it('Q05: a file of open runs that is just being written is looked at once more, and is of a dead window then', async () => {
    for (const isAlive of [true, false]) {
      const folder = new MemoryFolder();
      const name = unfinishedRunsName('writes');
      folder.files.set(name, bytesOf(''));
      const { ledger } = newLedger(folder);
      await ledger.recover();
      await ledger.flush();
      assert.ok(folder.files.has(name));
      const rows = sampleRows('writes', 1, { outcome: 'lost' });
      const beat = Date.now() + 20_000;
      if (isAlive)
        folder.files.set(name, formatUnfinishedRuns({ session: 'that', beat, rows }) as Uint8Array<ArrayBuffer>);
      await pass(31_000);
      await pass(500);
      assert.equal(folder.files.has(name), isAlive);
      assert.equal((await readLedger(folder)).length, 0);
      await ledger.close();
    }
  });

  it('Q12: what waits is written when the extension ends, and what comes after that too', async () => {
    const folder = new MemoryFolder();
    const { ledger } = newLedger(folder);
    const [one, two] = sampleRows('own', 2);
    assert.ok(one && two);
    ledger.begin({ ...one, outcome: 'lost' });
    ledger.end(one);
    await ledger.close();
    ledger.end(two);
    await settled();
    assert.deepEqual(idsOf(await readLedger(folder)), ids('own', 2));
  });
});
