import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { nodeUsageFiles } from '../../../support/nodeUsageFiles';
import { readAll } from '../../../support/usageSamples';

const RUNS = 1000;
const KILLS = 100;

/** Starts a process that writes runs; resolves with the number of runs it reported as written. */
function startWindow(folder: string, window: string, killAfterRuns = Number.POSITIVE_INFINITY): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork('out/test/usageLogChild.mjs', [folder, window, String(RUNS)]);
    const failures: unknown[] = [];
    let written = 0;
    child.on('message', (message) => {
      if (typeof message !== 'number') return failures.push(message);
      written = message;
      return written >= killAfterRuns && child.kill('SIGKILL');
    });
    child.on('error', reject);
    // On a busy machine, messages arrive after the process has ended, but not after its channel has.
    void Promise.all([once(child, 'close'), once(child, 'disconnect')]).then(() =>
      failures.length === 0 ? resolve(written) : reject(new Error(String(failures))),
    );
  });
}

describe('the usage log of several processes', () => {
  it('keeps every run of two writers while a third is killed 100 times [Q04, Q05]', async function () {
    this.timeout(240_000);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-windows-'));
    const survivors = Promise.all(['alive0', 'alive1'].map((window) => startWindow(folder, window)));
    const killed = new Map<string, number>();
    for (let kills = 0; kills < KILLS; kills += 1) {
      // Kill it at a different point each time.
      const window = `killed${kills}`;
      killed.set(window, await startWindow(folder, window, (kills * 7) % 60));
    }
    assert.deepEqual(await survivors, [RUNS, RUNS]);
    const { rows, skipped, unreadFiles } = await readAll(nodeUsageFiles(folder));
    const ended = Map.groupBy(
      rows.filter(({ outcome }) => outcome === 'ok'),
      ({ id }) => id.split('-')[0],
    );
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length, 'no run is duplicated');
    assert.deepEqual([ended.get('alive0')?.length, ended.get('alive1')?.length], [RUNS, RUNS]);
    for (const [window, reported] of killed) {
      assert.ok((ended.get(window)?.length ?? 0) >= reported, `${window} lost runs that it reported as written`);
    }
    assert.ok(skipped <= KILLS, 'at most one torn line per kill');
    assert.equal(unreadFiles, 0);
    fs.rmSync(folder, { recursive: true });
  });
});
