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

function newLedger(folder: LedgerOptions['folder'], options: Partial<LedgerOptions> = {}) {
  const failures: unknown[] = [];
  const ledger = new Ledger({
    folder,
    window: 'own',
    session: 'this',
    onFailure: (failure) => failures.push(failure),
    ...options,
  });
  return { ledger, failures };
}

const ids = (window: string, count: number) => sampleRows(window, count).map(({ id }) => id);

describe('the files of the usage log', () => {
  it('keep all rows written before a window was killed at any byte of any write [Q05]', async () => {
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

  it('count no row twice after a window was killed between writing and deleting [Q05]', async () => {
    const folder = new MemoryFolder();
    folder.fault = (call) => (call === 'delete' ? new Error('killed') : undefined);
    const writer = new LedgerWriter(folder, 'w');
    for (const row of sampleRows('w', 5)) await writer.write('2026-11', [row]);
    assert.equal(folder.files.size, 5);
    assert.deepEqual(idsOf(await readLedger(folder)), ids('w', 5));
    folder.fault = () => undefined;
    await writer.write('2026-11', [sampleRow({ id: 'w-5' })]);
    assert.equal(folder.files.size, 1, 'failed deletions are retried');
  });

  it('contain each row once after a failed write was retried [Q06]', async () => {
    const folder = new MemoryFolder();
    const writer = new LedgerWriter(folder, 'w');
    const [first, second, third] = sampleRows('w', 3);
    assert.ok(first && second && third);
    await writer.write('2026-11', [first]);
    folder.fault = (call) => (call === 'write' ? { tornAt: 700 } : undefined);
    await assert.rejects(writer.write('2026-11', [second]));
    folder.fault = () => undefined;
    await writer.write('2026-11', [second, third]);
    assert.deepEqual(idsOf(await readLedger(folder)), ids('w', 3));
    assert.equal(folder.files.size, 1);
  });

  it('exclude files of other programs; a damaged file is counted and left unchanged [Q07]', async () => {
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

  it('are separate for each month and limited in size [Q08]', async () => {
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

  it('are read without duplicates while a writer replaces them [Q04]', async () => {
    const folder = new MemoryFolder();
    const writer = new LedgerWriter(folder, 'w');
    const rows = sampleRows('w', 40);
    await writer.write('2026-11', rows.slice(0, 1));
    let next = 1;
    folder.fault = (call) => {
      // The listed file is gone by the time it is read.
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

  it('take about 4 MB in at most ten files for 10,000 runs, and are never large [Q14]', async () => {
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

  it('do not bring deleted rows back with the next write', async () => {
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

describe('the usage log of a window', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.parse('2026-11-28T12:00:00Z') }));
  afterEach(() => mock.timers.reset());

  const settled = () => new Promise((resolve) => setImmediate(resolve));
  async function pass(milliseconds: number): Promise<void> {
    mock.timers.tick(milliseconds);
    await settled();
  }

  it('writes runs that end together in one go, shortly after', async () => {
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
    it(`keeps rows on ${code}, reports the failure once, and writes them later [Q06]`, async () => {
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

  it('recreates a deleted folder [Q06]', async () => {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-ledger-'));
    const folder = nodeFolder(path.join(root, 'ledger'));
    const { ledger, failures } = newLedger(folder);
    const [first, second] = sampleRows('own', 2);
    assert.ok(first && second);
    ledger.end(first);
    await ledger.flush();
    fs.rmSync(path.join(root, 'ledger'), { recursive: true });
    ledger.end(second);
    await ledger.flush();
    assert.deepEqual([idsOf(await readLedger(folder)), failures], [['own-1'], []]);
    fs.rmSync(root, { recursive: true });
  });

  it('records an unfinished run as lost after a restart of the extension host [X14, Q10]', async () => {
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
    assert.equal((await readLedger(folder)).row(1).totalMs, 500, 'its duration up to the last heartbeat');
    assert.deepEqual(
      [...folder.files.keys()].filter((name) => name.startsWith('open.')),
      [],
    );
    // A crash loop records it once.
    await newLedger(folder, { window: 'third' }).ledger.recover();
    assert.equal((await readLedger(folder)).length, 2);
    assert.deepEqual(failures, []);
  });

  it('leaves runs of live windows alone, and records them as lost after a long silence [X14]', async () => {
    const folder = new MemoryFolder();
    const { ledger: other } = newLedger(folder, { window: 'other', session: 'that' });
    other.begin(sampleRow({ id: 'other-0', outcome: 'lost' }));
    await pass(500);
    const { ledger } = newLedger(folder);
    await ledger.recover();
    for (let second = 0; second < 40; second += 10) await pass(10_000);
    await pass(1000);
    assert.equal((await readLedger(folder)).length, 0, 'its heartbeat is recent');
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
    assert.equal((await readLedger(folder)).length, 0, 'it may still be alive');
    await pass(30_000);
    await pass(500);
    assert.deepEqual(outcomesOf(await readLedger(folder)).sort(), ['gone-0 lost', 'other-0 lost']);
  });

  it('does not mistake windows without a session ID for crashed ones [X14]', async () => {
    const folder = new MemoryFolder();
    const { ledger: other } = newLedger(folder, { window: 'other', session: undefined });
    other.begin(sampleRow({ id: 'other-0', outcome: 'lost' }));
    await pass(500);
    const { ledger } = newLedger(folder, { session: undefined });
    await ledger.recover();
    await pass(500);
    assert.equal((await readLedger(folder)).length, 0);
  });

  it('counts a run once that was recorded as lost but completed after all [X14]', async () => {
    const folder = new MemoryFolder();
    await new LedgerWriter(folder, 'slept').write('2026-11', sampleRows('slept', 2));
    await new LedgerWriter(folder, 'b').write('2026-11', [sampleRow({ id: 'slept-1', outcome: 'lost' })]);
    await new LedgerWriter(folder, 'c').write('2026-11', [
      sampleRow({ id: 'slept-1', outcome: 'lost' }),
      sampleRow({ id: 'slept-7', outcome: 'lost' }),
    ]);
    assert.deepEqual(outcomesOf(await readLedger(folder)).sort(), ['slept-0 ok', 'slept-1 ok', 'slept-7 lost']);
  });

  it('deletes what crashed windows left behind, but not runs in progress [X14]', async () => {
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
    assert.deepEqual(outcomesOf(await readLedger(folder)), ['alive-0 lost'], 'lost without a further heartbeat');
  });

  it('recovers the complete rows of a truncated file of unfinished runs', async () => {
    const folder = new MemoryFolder();
    const whole = formatUnfinishedRuns({ session: 'that', beat: 1, rows: sampleRows('torn', 2, { outcome: 'lost' }) });
    folder.files.set(unfinishedRunsName('torn'), whole.slice(0, -20) as Uint8Array<ArrayBuffer>);
    const { ledger } = newLedger(folder);
    await ledger.recover();
    await ledger.flush();
    assert.deepEqual(outcomesOf(await readLedger(folder)), ['torn-0 lost']);
  });

  it('checks a file of unfinished runs again if it was just being written [Q05]', async () => {
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

  it('writes pending rows on deactivation, and those that come later [Q12]', async () => {
    const folder = new MemoryFolder();
    const { ledger } = newLedger(folder);
    const [first, second] = sampleRows('own', 2);
    assert.ok(first && second);
    ledger.begin({ ...first, outcome: 'lost' });
    ledger.end(first);
    await ledger.close();
    ledger.end(second);
    await settled();
    assert.deepEqual(idsOf(await readLedger(folder)), ids('own', 2));
  });
});
