import { BYTES_PER_ROW, type LedgerFolder, LedgerReader } from '../../ledger/common/ledgerFiles';
import { LedgerScanner } from '../../ledger/common/ledgerParser';
import type { LedgerRow } from '../../ledger/common/ledgerRow';
import { LedgerTable } from '../../ledger/common/ledgerTable';
import { Queue } from '../../util/queue';
import type { TimeRange } from './aggregate';

/**
 * Runs of all windows in the current month. Each file is read once; if the folder can't be read, the last result is
 * used.
 */
export class RecentUsage {
  private scannedFiles = new Map<string, ScannedFile>();
  private readonly queue = new Queue();
  private queuedRead: { readonly range: TimeRange; readonly tables: Promise<readonly LedgerTable[]> } | undefined;

  constructor(
    private readonly folder: LedgerFolder,
    private readonly unwritten: () => readonly LedgerRow[],
  ) {}

  /**
   * Tables with at least all rows of the range. Concurrent calls share the next read, so reads don't pile up if runs
   * complete faster than a slow folder can be read.
   */
  read(range: TimeRange): Promise<readonly LedgerTable[]> {
    const { queuedRead } = this;
    if (queuedRead?.range.from === range.from && queuedRead.range.to === range.to) return queuedRead.tables;
    const tables = this.queue.add(() => {
      if (this.queuedRead === queued) this.queuedRead = undefined;
      return this.readNow(range);
    });
    const queued = { range, tables };
    this.queuedRead = queued;
    return tables;
  }

  private async readNow(range: TimeRange): Promise<readonly LedgerTable[]> {
    const months = utcMonths(range);
    // Taken first: a row written while reading is then in a listed file, in this list, or in both.
    const unwritten = this.unwritten();
    try {
      const reader = new LedgerReader(
        this.folder,
        (month) => months.has(month),
        (name) => this.scannedFiles.has(name),
      );
      const opened = new Map<string, ScannedFile>();
      const torn: ScannedFile[] = [];
      for await (const { name, bytes, isWhole } of reader.contents()) {
        const file = scanFile(bytes);
        if (isWhole) opened.set(name, file);
        else torn.push(file);
      }
      const whole = new Map([...this.scannedFiles].filter(([name]) => reader.known.has(name)));
      for (const [name, file] of opened) whole.set(name, file);
      this.scannedFiles = whole;
      return mergeRows([...whole.values(), ...torn], unwritten);
    } catch {
      return mergeRows([...this.scannedFiles.values()], unwritten);
    }
  }
}

interface ScannedFile {
  readonly table: LedgerTable;
  readonly lost: readonly LedgerRow[];
}

function scanFile(bytes: Uint8Array<ArrayBuffer>): ScannedFile {
  const table = new LedgerTable(Math.ceil(bytes.length / BYTES_PER_ROW));
  new LedgerScanner(table).scan(bytes);
  return { lost: table.takeLost(), table };
}

/**
 * Adds a table with the rows that are in no file, without duplicates: two windows may have noticed the same loss, and a
 * run recorded as lost may have completed after all.
 */
function mergeRows(files: readonly ScannedFile[], extraRows: readonly LedgerRow[]): readonly LedgerTable[] {
  const tables = [...files.map(({ table }) => table), new LedgerTable()];
  const completed = extraRows.filter(({ outcome }) => outcome !== 'lost');
  for (const row of [...completed, ...extraRows, ...files.flatMap(({ lost }) => lost)]) {
    if (!tables.some((table) => table.has(row.id))) tables.at(-1)?.add(row);
  }
  return tables;
}

/** Files are named by UTC month, and a local month touches two of them. */
function utcMonths({ from, to }: TimeRange): ReadonlySet<string> {
  return new Set([from, to - 1].map((time) => new Date(time).toISOString().slice(0, 7)));
}
