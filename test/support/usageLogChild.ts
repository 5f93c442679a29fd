/**
 * A process that writes runs until all are written or it is killed, and reports the number of written runs to its
 * parent. Usage: `usageLogChild.mjs FOLDER WINDOW RUNS`.
 */
import { UsageLog } from '../../src/usage/common/usageLog';
import { nodeUsageFiles } from './nodeUsageFiles';
import { rowsOfWindow, startOf } from './usageSamples';

const [folder = '', window = '', count = '0'] = process.argv.slice(2);
const log = new UsageLog(nodeUsageFiles(folder), (failure) => void process.send?.(String(failure)));
let ended = 0;
for (const row of rowsOfWindow(window, Number(count))) {
  log.start(startOf(row));
  log.end(row);
  ended += 1;
  // Mostly several runs at once, and now and then a single one.
  if (ended % 5 !== 0 && ended % 7 !== 0) continue;
  await log.flush();
  process.send?.(ended);
}
await log.close();
// Disconnecting earlier would drop messages that a busy parent has not read.
process.send?.(ended, undefined, undefined, () => process.disconnect?.());
