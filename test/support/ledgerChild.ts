/**
 * One window of the test with real processes: enters rows until it has entered so many or is killed, and tells its
 * parent how many of them are written. `ledgerChild.mjs FOLDER WINDOW ROWS`.
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
  // As runs that end one after the other; now and then several at once.
  if (entered % 5 !== 0) continue;
  await ledger.flush();
  process.send?.(entered - ledger.unwritten.length);
}
await ledger.close();
process.send?.(entered - ledger.unwritten.length);
process.disconnect?.();
