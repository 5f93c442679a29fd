import assert from 'node:assert/strict';
import { mock } from 'node:test';
import * as fc from 'fast-check';
import { UsageLog } from '../../../../src/usage/common/usageLog';
import { type UsageContent, UsageReader } from '../../../../src/usage/common/usageReader';
import { formatUsageLine, type UsageRow } from '../../../../src/usage/common/usageRow';
import { checkAsyncProperty } from '../../../support/properties';
import { MemoryUsageFiles, readAll, rowsOfWindow, sampleRow, startOf } from '../../../support/usageSamples';

const HOUR = 3_600_000;
const line = formatUsageLine(sampleRow());

function idsOf(rows: readonly UsageRow[]): string[] {
  return rows.map(({ id }) => id);
}

function outcomesOf({ rows }: UsageContent): string[] {
  return rows.map(({ id, outcome }) => `${id} ${outcome}`);
}

function newLog(files = new MemoryUsageFiles()) {
  const failures: unknown[] = [];
  return { files, failures, log: new UsageLog(files, (failure) => failures.push(failure)) };
}

describe('writing the usage log', () => {
  it('appends a start and an end per run, in the file of the month in which the run began', async () => {
    const { log, files } = newLog();
    const row = sampleRow({ time: '2026-11-30T23:59:59.000Z' });
    log.start(startOf(row));
    await log.flush();
    log.end(row);
    await log.flush();
    assert.deepEqual([...files.files.keys()], ['2026-11.jsonl']);
    const text = new TextDecoder().decode(files.files.get('2026-11.jsonl'));
    assert.deepEqual(text.split('\n').filter(Boolean), [startOf(row), row].map(formatUsageLine));
    assert.deepEqual((await readAll(files)).rows, [row]);
  });

  it('writes rows that arrive together with one append', async () => {
    const { log, files } = newLog();
    for (const row of rowsOfWindow('own', 50)) log.end(row);
    await log.flush();
    assert.ok(files.calls.length <= 2, files.calls.join());
    assert.deepEqual(log.pending, []);
    assert.equal((await readAll(files)).rows.length, 50);
  });

  it('keeps rows in memory while the disk is full, and writes them once there is room [Q06]', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { log, files, failures } = newLog();
      files.fault = (call) => (call === 'append' ? { tornAt: 20 } : undefined);
      const [first, second] = rowsOfWindow('own', 2);
      assert.ok(first && second);
      log.start(startOf(first));
      log.end(first);
      await log.flush();
      assert.ok(failures.length > 0);
      assert.ok(idsOf(log.pending).includes('own-0'));
      files.fault = () => undefined;
      mock.timers.tick(10_000);
      await log.flush();
      assert.deepEqual(log.pending, []);
      log.end(second);
      await log.flush();
      const { rows, skipped } = await readAll(files);
      assert.deepEqual(rows, [first, second]);
      assert.ok(skipped >= 1, 'torn lines are counted');
    } finally {
      mock.timers.reset();
    }
  });

  it('writes pending rows on deactivation, and those that come later [Q12]', async () => {
    const { log, files } = newLog();
    const [first, second] = rowsOfWindow('own', 2);
    assert.ok(first && second);
    log.end(first);
    await log.close();
    log.end(second);
    await log.flush();
    assert.deepEqual(idsOf((await readAll(files)).rows), ['own-0', 'own-1']);
  });

  it('deletes the files of all windows, but no others, and names the failure', async () => {
    const { log, files } = newLog();
    const names = ['2026-10.jsonl', '2026-11.jsonl', '2026-11.w0.jsonl'];
    for (const name of [...names, 'notes.txt']) files.add(name, `${line}\n`);
    files.fault = (call, name) => (call === 'delete' && name === '2026-10.jsonl' ? new Error('EPERM') : undefined);
    await assert.rejects(log.deleteAll(), /EPERM/);
    assert.deepEqual([...files.files.keys()], ['2026-10.jsonl', 'notes.txt']);
  });
});

describe('reading the usage log', () => {
  const now = Date.parse('2026-11-28T12:00:00Z');
  beforeEach(() => mock.timers.enable({ apis: ['Date'], now }));
  afterEach(() => mock.timers.reset());

  it('counts a run without an end as running, and as abandoned after an hour [X14]', async () => {
    const { log, files } = newLog();
    const [recent, old] = [now - HOUR + 1000, now - HOUR - 1000].map((ms) => new Date(ms).toISOString());
    assert.ok(recent !== undefined && old !== undefined);
    log.start(startOf(sampleRow({ id: 'w-1', time: recent })));
    log.start(startOf(sampleRow({ id: 'w-2', time: old })));
    await log.flush();
    const content = await readAll(files);
    assert.deepEqual([idsOf(content.running), outcomesOf(content)], [['w-1'], ['w-2 abandoned']]);
    assert.equal(content.rows[0]?.totalMs, undefined);
  });

  it('counts a run once if it ended after all, in whatever order its lines are [Q10]', async () => {
    const row = sampleRow({ time: '2026-11-28T05:00:00.000Z' });
    for (const lines of [
      [startOf(row), row],
      [row, startOf(row)],
      [startOf(row), row, row],
    ]) {
      const files = new MemoryUsageFiles();
      files.add('2026-11.jsonl', lines.map((entry) => `${formatUsageLine(entry)}\n`).join(''));
      assert.deepEqual((await readAll(files)).rows, [row]);
    }
  });

  it('includes rows that are not in a file yet, once', async () => {
    const { log, files } = newLog();
    const [written, unwritten, running] = rowsOfWindow('own', 3, { time: '2026-11-28T11:50:00.000Z' });
    assert.ok(written && unwritten && running);
    log.start(startOf(written));
    log.end(written);
    await log.flush();
    const pending = [startOf(written), written, unwritten, startOf(running)];
    const content = await readAll(files, 0, pending);
    assert.deepEqual([content.rows, idsOf(content.running)], [[written, unwritten], ['own-2']]);
    assert.deepEqual((await readAll(new MemoryUsageFiles(), 0, [unwritten])).rows, [unwritten]);
  });

  it('parses only new lines, and reads only changed files of the months it needs', async () => {
    const files = new MemoryUsageFiles();
    const add = (row: UsageRow) => files.append(row.time.slice(0, 7), `${formatUsageLine(row)}\n`);
    await add(sampleRow({ id: 'old-1', time: '2026-09-05T00:00:00.000Z' }));
    await add(sampleRow({ id: 'old-2', time: '2026-10-05T00:00:00.000Z' }));
    const reader = new UsageReader(files);
    const since = Date.parse('2026-10-20T00:00:00Z');
    for (const row of rowsOfWindow('w', 3)) {
      await add(row);
      await reader.read(since, []);
    }
    files.calls.splice(0);
    assert.deepEqual(idsOf((await reader.read(since, [])).rows), ['w-0', 'w-1', 'w-2']);
    assert.deepEqual(files.calls, ['list', 'stat 2026-10.jsonl', 'stat 2026-11.jsonl']);
    assert.deepEqual(idsOf((await reader.read(0, [])).rows), ['old-1', 'old-2', 'w-0', 'w-1', 'w-2']);
  });

  it('is the same whether lines arrive at once or byte by byte (property) [Q05, Q09]', async () => {
    const chunks = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 3, maxLength: 12 });
    await checkAsyncProperty(
      fc.asyncProperty(chunks, fc.nat({ max: 12 }), async (sizes, count) => {
        const rows = rowsOfWindow('é-"w', count);
        const bytes = new TextEncoder().encode(rows.map((row) => `\n${formatUsageLine(row)}\n`).join(''));
        const files = new MemoryUsageFiles();
        const reader = new UsageReader(files);
        for (let at = 0, part = 0; at < bytes.length; part += 1) {
          const size = sizes[part % sizes.length] ?? 1;
          files.add('2026-11.jsonl', bytes.subarray(at, at + size));
          at += size;
          const { skipped, rows: read } = await reader.read(0, []);
          assert.ok(skipped <= 1 && read.length <= count);
        }
        const { skipped, rows: read } = await reader.read(0, []);
        assert.deepEqual([read, skipped], [rows, 0]);
      }),
      { seed: 4, numRuns: 100 },
    );
  });

  it('forgets a file that was deleted, and one that was created again', async () => {
    const files = new MemoryUsageFiles();
    const reader = new UsageReader(files);
    const write = (window: string, count: number) =>
      files.add(
        '2026-11.jsonl',
        rowsOfWindow(window, count)
          .map((row) => `${formatUsageLine(row)}\n`)
          .join(''),
      );
    write('first', 2);
    assert.equal((await reader.read(0, [])).rows.length, 2);
    files.files.clear();
    write('second', 3);
    assert.deepEqual(idsOf((await reader.read(0, [])).rows), ['second-0', 'second-1', 'second-2']);
    files.files.clear();
    const { rows, isEmpty } = await reader.read(0, []);
    assert.deepEqual([rows, isEmpty], [[], true]);
  });

  it('says how many files could not be read, and keeps what it knows of them [Q06]', async () => {
    const files = new MemoryUsageFiles();
    files.add('2026-11.jsonl', `${line}\n`);
    files.add('2026-10.jsonl', `${line}\n`);
    const reader = new UsageReader(files);
    await reader.read(Date.parse('2026-11-02T00:00:00Z'), []);
    files.fault = (call) => (call === 'stat' ? new Error('EACCES') : undefined);
    const { rows, unreadFiles } = await reader.read(0, []);
    assert.deepEqual([rows.length, unreadFiles], [1, 2]);
  });

  const damaged: readonly [string, string | Uint8Array, number][] = [
    ['nothing', '', 0],
    ['empty lines', '\n\n\n', 0],
    ['half a line', `${line.slice(0, 90)}\n`, 1],
    ['half a start of a run', `${formatUsageLine(startOf(sampleRow({ id: 'torn' }))).slice(0, 90)}\n`, 1],
    ['two lines in one', `${line}${line}\n`, 1],
    ['invalid UTF-8', new Uint8Array([0xff, 0xfe, 0, 1, 0x0a, 0x80, 0x0a]), 2],
    ['a name with invalid UTF-8', Buffer.from(`${line}\n`.replace('gpt', '\u{ff}'), 'latin1'), 1],
    ['zeros, as after a power failure', new Uint8Array([...new Uint8Array(4096), 0x0a]), 1],
    ['a line of ten megabytes', `{"v":1,"id":"${'x'.repeat(10_000_000)}"}\n`, 1],
    ['other JSON', 'null\n[]\n42\n"v"\n{}\n', 5],
    ['a line of a newer version', `${line.replace('"v":1', '"v":2')}\n`, 1],
  ];
  for (const [what, bytes, skipped] of damaged) {
    it(`goes on after ${what}, with ${skipped} lines skipped [Q07]`, async () => {
      const files = new MemoryUsageFiles();
      files.files.set('2026-11.jsonl', new Uint8Array(typeof bytes === 'string' ? Buffer.from(bytes) : bytes));
      const alone = await readAll(files);
      assert.deepEqual([alone.rows, alone.skipped], [[], skipped]);
      const [row] = rowsOfWindow('w', 1);
      assert.ok(row);
      files.files.set(
        '2026-11.jsonl',
        Buffer.concat([files.files.get('2026-11.jsonl') ?? Buffer.of(), Buffer.from(`\n${formatUsageLine(row)}\n`)]),
      );
      const content = await readAll(files);
      assert.deepEqual([content.rows, content.skipped], [[row], skipped]);
    });
  }

  it('ignores files of other programs', async () => {
    const files = new MemoryUsageFiles();
    for (const name of ['notes.txt', '2026-11.jsonl.bak', 'x2026-11.jsonl', '2026-11.a-b.jsonl']) {
      files.add(name, `${line}\n`);
    }
    const { rows, isEmpty } = await readAll(files);
    assert.deepEqual([rows, isEmpty], [[], true]);
  });
});
