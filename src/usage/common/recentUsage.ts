import { BYTES_PER_ROW, type LedgerFolder, LedgerReader } from '../../ledger/common/ledgerFiles';
import { LedgerScanner } from '../../ledger/common/ledgerParser';
import type { LedgerRow } from '../../ledger/common/ledgerRow';
import { LedgerTable } from '../../ledger/common/ledgerTable';
import type { TimeRange } from './aggregate';

/**
 * The runs of all windows in this month, read again and again: only files that were not there before are opened. Where the
 * folder cannot be read, what was seen of it last stands.
 */
export class RecentUsage {
  private scannedFiles = new Map<string, ScannedFile>();
  private lastRead: Promise<unknown> = Promise.resolve();
  /** The last one, as long as it has not begun. */
  private queuedRead: { readonly range: TimeRange; readonly tables: Promise<readonly LedgerTable[]> } | undefined;

  constructor(
    private readonly folder: LedgerFolder,
    /** Rows of this window that are in no file yet. */
    private readonly unwritten: () => readonly LedgerRow[],
  ) {}

  /**
   * Tables with all rows of the range, and others. Whoever asks while another one reads has little left to wait for, and all of
   * them wait for the same: where runs end faster than a folder far away can be read, readings do not pile up.
   */
  read(range: TimeRange): Promise<readonly LedgerTable[]> {
    const { queuedRead } = this;
    if (queuedRead?.range.from === range.from && queuedRead.range.to === range.to) return queuedRead.tables;
    const tables = this.lastRead.then(() => {
      if (this.queuedRead === queued) this.queuedRead = undefined;
      return this.readNow(range);
    });
    const queued = { range, tables };
    this.queuedRead = queued;
    this.lastRead = tables;
    return tables;
  }

  private async readNow(range: TimeRange): Promise<readonly LedgerTable[]> {
    const months = utcMonths(range);
    // Taken first: a row that is written meanwhile is in a file that was listed, or still among these, or in both.
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
  /** Without the runs that are said to be lost. */
  readonly table: LedgerTable;
  readonly lost: readonly LedgerRow[];
}

function scanFile(bytes: Uint8Array<ArrayBuffer>): ScannedFile {
  const table = new LedgerTable(Math.ceil(bytes.length / BYTES_PER_ROW));
  new LedgerScanner(table).scan(bytes);
  return { lost: table.takeLost(), table };
}

/**
 * The tables and one more, with the rows that are in none of them, each once: two windows may both have noticed a loss, and
 * a run that was taken for lost may have ended after all.
 */
function mergeRows(files: readonly ScannedFile[], extraRows: readonly LedgerRow[]): readonly LedgerTable[] {
  const tables = [...files.map(({ table }) => table), new LedgerTable()];
  const completed = extraRows.filter(({ outcome }) => outcome !== 'lost');
  for (const row of [...completed, ...extraRows, ...files.flatMap(({ lost }) => lost)]) {
    if (!tables.some((table) => table.has(row.id))) tables.at(-1)?.add(row);
  }
  return tables;
}

/** The files are of months in UTC, and a month of the user's begins in one and ends in another. */
function utcMonths({ from, to }: TimeRange): ReadonlySet<string> {
  return new Set([from, to - 1].map((time) => new Date(time).toISOString().slice(0, 7)));
}
