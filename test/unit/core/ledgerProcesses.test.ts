import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readLedger } from '../../../src/core/ledgerFiles';
import { nodeFolder } from '../../support/ledgerSamples';

const ROWS = 1000;
const KILLS = 100;

/** Starts a window; resolves to how many of its rows it said were written, when it is done or killed. */
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

/** Milliseconds of the processor for a million rows. */
interface Timing {
  readonly rows: number;
  readonly cpuMs: number;
  readonly parseMs: number;
}

describe('the ledger of real processes', () => {
  it('Q04, Q05: two append 1,000 rows each while a third is killed 100 times, and no row is lost or torn', async function () {
    this.timeout(120_000);
    const place = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-windows-'));
    const survivors = Promise.all(['alive0', 'alive1'].map((window) => startWindow(place, window)));
    const killed = new Map<string, number>();
    let kills = 0;
    const killer = async (): Promise<void> => {
      while (kills < KILLS) {
        const window = `killed${kills}`;
        kills += 1;
        // At another point of its work each time.
        killed.set(window, await startWindow(place, window, (kills * 7) % 60));
      }
    };
    const [written] = await Promise.all([survivors, killer()]);
    assert.deepEqual(written, [ROWS, ROWS]);
    const table = await readLedger(nodeFolder(place));
    const counts = new Map<string, Set<number>>();
    for (let index = 0; index < table.length; index += 1) {
      const owner = table.names[table.code(index, 'owner')] ?? '';
      counts.set(owner, (counts.get(owner) ?? new Set()).add(table.number(index, 'serial')));
    }
    const rows = [...counts.values()].reduce((sum, serials) => sum + serials.size, 0);
    assert.equal(rows, table.length, 'no row is there twice');
    assert.deepEqual([counts.get('alive0')?.size, counts.get('alive1')?.size], [ROWS, ROWS]);
    assert.equal(killed.size, KILLS);
    for (const [window, said] of killed) {
      assert.ok((counts.get(window)?.size ?? 0) >= said, `${window} lost rows that it said were written`);
    }
    assert.ok(table.skipped <= KILLS, 'at most one torn line for each kill');
    fs.rmSync(place, { recursive: true });
  });

  it('Q08: a million rows are read and summed in less than two seconds of work', async function () {
    this.timeout(120_000);
    const child = fork('out/test/ledgerTiming.mjs', ['2000']);
    const { rows, cpuMs, parseMs } = await new Promise<Timing>((resolve, reject) => {
      child.on('message', (message) => resolve(message as Timing));
      child.on('close', () => reject(new Error('it told nothing')));
    });
    assert.equal(rows, 1_000_000);
    // On a machine that is busy or slow, about as much as parsing the lines alone: checked one by one they take five times that.
    assert.ok(
      cpuMs < Math.max(2000, 1.6 * parseMs),
      `${Math.round(cpuMs)} ms, parsing alone ${Math.round(parseMs)} ms`,
    );
  });
});
