import { BYTES_PER_ROW, type LedgerFolder, readContents } from './ledgerFiles';
import type { LedgerRow } from './ledgerRow';
import { LedgerScanner } from './ledgerScan';
import { LedgerTable } from './ledgerTable';
import type { TimeRange } from './usageSums';

/**
 * The runs of all windows in this month, read again and again: only files that were not there before are opened. Where the
 * folder cannot be read, what was seen of it last stands.
 */
export class RecentUsage {
  private tables = new Map<string, LedgerTable>();
  private reading: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly folder: LedgerFolder,
    /** Rows of this window that are in no file yet. */
    private readonly unwritten: () => readonly LedgerRow[],
  ) {}

  /** Tables with all rows of the range, and others. Whoever asks while another one reads has little left to wait for. */
  read(range: TimeRange): Promise<readonly LedgerTable[]> {
    const reading = this.reading.then(() => this.readNow(range));
    this.reading = reading;
    return reading;
  }

  private async readNow(range: TimeRange): Promise<readonly LedgerTable[]> {
    const months = utcMonths(range);
    // Taken first: a row that is written meanwhile is in a file that was listed, or still among these, or in both.
    const own = this.unwritten();
    try {
      const { files, known } = await readContents(
        this.folder,
        (month) => months.has(month),
        (name) => this.tables.has(name),
      );
      const tables = new Map([...this.tables].filter(([name]) => known.has(name)));
      const torn: LedgerTable[] = [];
      for (const { name, bytes, isWhole } of files) {
        const table = new LedgerTable(Math.ceil(bytes.length / BYTES_PER_ROW));
        new LedgerScanner(table).scan(bytes);
        if (isWhole) tables.set(name, table);
        else torn.push(table);
      }
      this.tables = tables;
      return withRows([...tables.values(), ...torn], own);
    } catch {
      return withRows([...this.tables.values()], own);
    }
  }
}

/** The tables and one more, with those of the rows that are in none of them. */
function withRows(tables: readonly LedgerTable[], rows: readonly LedgerRow[]): readonly LedgerTable[] {
  const table = new LedgerTable();
  for (const row of rows) {
    if (!tables.some((one) => one.has(row.id))) table.add(row);
  }
  return [...tables, table];
}

/** The files are of months in UTC, and a month of the user's begins in one and ends in another. */
function utcMonths({ from, to }: TimeRange): ReadonlySet<string> {
  return new Set([from, to - 1].map((time) => new Date(time).toISOString().slice(0, 7)));
}
