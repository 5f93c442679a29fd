import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { nodeFolder } from '../../../support/ledgerSamples';
import { readLedger } from '../../../support/readLedger';

const ROWS = 1000;
const KILLS = 100;

/** Starts a process that writes rows; resolves with the number of rows it reported as written. */
function startWindow(folder: string, window: string, killAfterRows = Number.POSITIVE_INFINITY): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork('out/test/ledgerChild.mjs', [folder, window, String(ROWS)]);
    const failures: unknown[] = [];
    let written = 0;
    child.on('message', (message) => {
      if (typeof message !== 'number') return failures.push(message);
      written = message;
      return written >= killAfterRows && child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', () => (failures.length === 0 ? resolve(written) : reject(new Error(String(failures)))));
  });
}

/** Times for a million rows, in milliseconds. */
interface Timing {
  readonly rows: number;
  /** First opening: elapsed time, and processor time. */
  readonly coldMs: number;
  readonly coldCpuMs: number;
  /** With digests: until the totals and the first page are there, and for a page in the middle. */
  readonly warmMs: number;
  readonly pageMs: number;
  /** Only parsing the same lines as JSON. */
  readonly parseMs: number;
}

describe('the usage log of several processes', () => {
  it('keeps every row of two writers while a third is killed 100 times [Q04, Q05]', async function () {
    this.timeout(120_000);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-windows-'));
    const survivors = Promise.all(['alive0', 'alive1'].map((window) => startWindow(folder, window)));
    const killed = new Map<string, number>();
    let kills = 0;
    const killer = async (): Promise<void> => {
      while (kills < KILLS) {
        const window = `killed${kills}`;
        kills += 1;
        // Kill it at a different point each time.
        killed.set(window, await startWindow(folder, window, (kills * 7) % 60));
      }
    };
    const [written] = await Promise.all([survivors, killer()]);
    assert.deepEqual(written, [ROWS, ROWS]);
    const table = await readLedger(nodeFolder(folder));
    const counts = new Map<string, Set<number>>();
    for (let index = 0; index < table.length; index += 1) {
      const owner = table.names[table.code(index, 'owner')] ?? '';
      counts.set(owner, (counts.get(owner) ?? new Set()).add(table.number(index, 'serial')));
    }
    const rows = [...counts.values()].reduce((sum, serials) => sum + serials.size, 0);
    assert.equal(rows, table.length, 'no row is duplicated');
    assert.deepEqual([counts.get('alive0')?.size, counts.get('alive1')?.size], [ROWS, ROWS]);
    assert.equal(killed.size, KILLS);
    for (const [window, reported] of killed) {
      assert.ok((counts.get(window)?.size ?? 0) >= reported, `${window} lost rows that it reported as written`);
    }
    assert.ok(table.skipped <= KILLS, 'at most one truncated line per kill');
    fs.rmSync(folder, { recursive: true });
  });

  it('opens the dashboard with a million rows in less than two seconds [Q08]', async function () {
    this.timeout(120_000);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-million-'));
    const child = fork('out/test/ledgerTiming.mjs', [folder]);
    const timing = await new Promise<Timing>((resolve, reject) => {
      child.on('message', (message) => resolve(message as Timing));
      child.on('close', () => reject(new Error('no timing was reported')));
    });
    fs.rmSync(folder, { recursive: true });
    const { rows, coldMs, coldCpuMs, warmMs, pageMs, parseMs } = timing;
    const report = `a million rows: first opening ${coldMs} ms (${coldCpuMs} ms of work, parsing alone ${parseMs} ms), reopening ${warmMs} ms, a page ${pageMs} ms`;
    process.stdout.write(`${report}\n`);
    assert.equal(rows, 1_000_000);
    assert.ok(warmMs < 2000, report);
    assert.ok(pageMs < 1000, report);
    // On slow machines, a small multiple of parsing the lines: validating them one by one would take far more.
    assert.ok(coldCpuMs < Math.max(2000, 4 * parseMs), report);
  });
});
