/** Reads and sums a million rows in a process of its own, where nothing else has been, and tells its parent how long that took. */
import { ledgerLine } from '../../src/core/ledgerRow';
import { LedgerScanner } from '../../src/core/ledgerScan';
import { LedgerTable } from '../../src/core/ledgerTable';
import { latency, sumUsage } from '../../src/core/usageSums';
import { cpuTimeOf } from './cpuTime';
import { bytesOf, sampleRows } from './ledgerSamples';

const enough = Number(process.argv[2]);
const lines = sampleRows('window1', 1000).map((row) => `${ledgerLine(row)}\n`);
const bytes = bytesOf(lines.join(''));
let rows = 0;
const cpuMs = await cpuTimeOf(() => {
  const table = new LedgerTable(1_000_000);
  const scanner = new LedgerScanner(table);
  for (let file = 0; file < 1000; file += 1) scanner.scan(bytes);
  for (const grouping of ['day', 'model', 'prompt', 'outcome'] as const) sumUsage(table, grouping);
  latency(table, 'totalMs');
  rows = table.length;
}, enough);
// What the same lines take as JSON alone, for machines that are slow or busy.
const parseMs = await cpuTimeOf(() => {
  for (let turn = 0; turn < 100; turn += 1) for (const line of lines) JSON.parse(line);
}, 0);
process.send?.({ rows, cpuMs, parseMs: 10 * parseMs });
process.disconnect?.();
