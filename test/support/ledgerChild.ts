/**
 * A process that writes rows until all are written or it is killed, and reports the number of written rows to its
 * parent. Usage: `ledgerChild.mjs FOLDER WINDOW ROWS`.
 */
import { Ledger } from '../../src/ledger/common/ledger';
import { nodeFolder, sampleRows } from './ledgerSamples';

const [folder = '', window = '', count = '0'] = process.argv.slice(2);
const ledger = new Ledger({
  folder: nodeFolder(folder),
  window,
  session: window,
  onFailure: (failure) => void process.send?.(String(failure)),
});
let entered = 0;
for (const row of sampleRows(window, Number(count))) {
  ledger.begin({ ...row, outcome: 'lost' });
  ledger.end(row);
  entered += 1;
  // Mostly single runs, now and then several at once.
  if (entered % 5 !== 0) continue;
  await ledger.flush();
  process.send?.(entered - ledger.unwritten.length);
}
await ledger.close();
process.send?.(entered - ledger.unwritten.length);
process.disconnect?.();
