/**
 * Opens a usage log of a million rows like the dashboard, in a fresh process, and reports the times to its parent.
 * Usage: `ledgerTiming.mjs FOLDER`, with an empty folder.
 */
import fs from 'node:fs';
import path from 'node:path';
import { RUNS_PER_PAGE } from '../../src/dashboard/common/dashboardView';
import { ledgerFileName } from '../../src/ledger/common/ledgerFiles';
import { formatLedgerLine } from '../../src/ledger/common/ledgerRow';
import { summarizeLedger } from '../../src/usage/common/ledgerSummarizer';
import { LedgerSummary } from '../../src/usage/common/ledgerSummary';
import { RunList } from '../../src/usage/common/runList';
import { ALL_TIME } from '../../src/usage/common/usageReport';
import { cpuTimeOf } from './cpuTime';
import { sampleRows } from './ledgerRows';
import { nodeFolder } from './ledgerSamples';

const ROWS = 1_000_000;
const ROWS_PER_FILE = 1600;
const [folderPath = ''] = process.argv.slice(2);
const folder = nodeFolder(folderPath);
const lines = sampleRows(10_000, new Date(), 400).map((row) => ({
  month: row.time.slice(0, 7),
  line: formatLedgerLine(row),
}));

/** Writes the files of many windows, an hour old. */
function writeLedger(): void {
  const anHourAgo = new Date(Date.now() - 3_600_000);
  let [serial, month] = [0, ''];
  let rows: string[] = [];
  const write = (): void => {
    const text = rows.join('');
    const file = path.join(
      folderPath,
      ledgerFileName({ month, window: `w${serial >> 2}`, serial, length: text.length }),
    );
    fs.writeFileSync(file, text);
    fs.utimesSync(file, anHourAgo, anHourAgo);
    serial += 1;
    rows = [];
  };
  for (let index = 0; index < ROWS; index += 1) {
    const next = lines[Math.floor((index * lines.length) / ROWS)] ?? { month: '', line: '' };
    if (rows.length > 0 && (rows.length === ROWS_PER_FILE || next.month !== month)) write();
    month = next.month;
    rows.push(`${next.line.replace(/sample-\w+/, `w${serial >> 2}-${index.toString(36)}`)}\n`);
  }
  write();
}

/** Until the totals and the first page are available, like `UsageReader`. */
async function open(): Promise<{ rows: number; list: RunList }> {
  const summary = new LedgerSummary();
  let sliceEnd = 0;
  for await (const _ of summarizeLedger(folder, summary)) {
    if (performance.now() < sliceEnd) continue;
    await new Promise((resolve) => setTimeout(resolve));
    sliceEnd = performance.now() + 12;
  }
  const list = new RunList(folder, summary);
  await list.readNewest(0, RUNS_PER_PAGE);
  return { rows: summary.createReport(ALL_TIME).total.runs, list };
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return Math.round(performance.now() - start);
}

writeLedger();
let coldMs = 0;
const coldCpuMs = await cpuTimeOf(async () => {
  coldMs = await timeOf(open);
}, Number.POSITIVE_INFINITY);
const warmMs = await timeOf(open);
const { rows, list } = await open();
const pageMs = await timeOf(() => list.readNewest(ROWS / 2, RUNS_PER_PAGE));
// The time to parse the same lines as JSON, as a baseline for slow machines.
const parseMs = await cpuTimeOf(() => {
  for (let turn = 0; turn < 10; turn += 1) for (const { line } of lines) JSON.parse(line);
}, Number.POSITIVE_INFINITY);
process.send?.({ rows, coldMs, coldCpuMs: Math.round(coldCpuMs), warmMs, pageMs, parseMs: Math.round(10 * parseMs) });
process.disconnect?.();
