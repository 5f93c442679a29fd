import { BYTES_PER_ROW, type LedgerFolder } from '../../ledger/common/ledgerFiles';
import { LedgerScanner } from '../../ledger/common/ledgerParser';
import type { LedgerRow } from '../../ledger/common/ledgerRow';
import { LedgerTable } from '../../ledger/common/ledgerTable';
import type { LedgerSummary } from './ledgerSummary';

const MAX_CACHED_ROWS = 50_000;

interface RowSource {
  readonly rows: number;
  readonly from: number;
  readonly to: number;
  readonly read: () => Promise<LedgerTable | undefined>;
}

/** The runs of a summary, newest first. Opens only the files whose time range overlaps the requested page. */
export class RunList {
  private readonly openedTables = new Map<string, LedgerTable>();
  private readonly loadedSources = new Map<LedgerTable, RowSource>();

  constructor(
    private readonly folder: Pick<LedgerFolder, 'read'>,
    private readonly summary: LedgerSummary,
  ) {}

  /** Undefined if a file has changed, so that a new summary is needed. */
  async readNewest(first: number, count: number): Promise<LedgerRow[] | undefined> {
    const sources = this.listSources();
    const [endTimes, startTimes] = [new TimeIndex(sources, 'to'), new TimeIndex(sources, 'from')];
    // Sources entirely newer than the page are only counted, entirely older ones are skipped.
    const isNewer = ({ from }: RowSource) => endTimes.countAtOrAfter(from) <= first;
    const isOlder = ({ to }: RowSource) => startTimes.countAfter(to) >= first + count;
    const skipped = sources.filter(isNewer).reduce((sum, { rows }) => sum + rows, 0);
    const wanted = sources.filter((source) => !isNewer(source) && !isOlder(source));
    const entries: { time: number; table: LedgerTable; row: number }[] = [];
    for (const { read, rows } of wanted) {
      const table = await read();
      if (table === undefined) return undefined;
      for (let row = 0; row < rows; row += 1) entries.push({ time: table.number(row, 'time'), table, row });
    }
    entries.sort((left, right) => right.time - left.time);
    return entries.slice(first - skipped, first - skipped + count).map(({ table, row }) => table.row(row));
  }

  private listSources(): RowSource[] {
    const { digestedFiles, loadedFiles, looseRows } = this.summary;
    const files = digestedFiles
      .filter(({ rows }) => rows > 0)
      .map((file) => ({ ...file, read: () => this.openFile(file) }));
    const tables = loadedFiles.filter(({ table }) => table.length > 0).map(({ table }) => this.getLoadedSource(table));
    return [...files, ...tables, ...(looseRows.length === 0 ? [] : [toSource(looseRows)])];
  }

  private getLoadedSource(table: LedgerTable): RowSource {
    const source = this.loadedSources.get(table) ?? toSource(table);
    this.loadedSources.set(table, source);
    return source;
  }

  private async openFile({
    name,
    rows,
  }: {
    readonly name: string;
    readonly rows: number;
  }): Promise<LedgerTable | undefined> {
    let table = this.openedTables.get(name);
    if (table === undefined) {
      const bytes = await this.folder.read(name);
      if (bytes === undefined) return undefined;
      table = new LedgerTable(Math.ceil(bytes.length / BYTES_PER_ROW));
      new LedgerScanner(table).scan(bytes);
      table.takeLost();
    }
    // Move to the end: least recently used tables are evicted first.
    this.openedTables.delete(name);
    this.openedTables.set(name, table);
    let cachedRows = [...this.openedTables.values()].reduce((sum, { length }) => sum + length, 0);
    for (const [oldest, { length }] of this.openedTables) {
      if (cachedRows <= MAX_CACHED_ROWS || oldest === name) break;
      this.openedTables.delete(oldest);
      cachedRows -= length;
    }
    return table.length === rows ? table : undefined;
  }
}

function toSource(table: LedgerTable): RowSource {
  return { rows: table.length, ...table.times(), read: async () => table };
}

class TimeIndex {
  private readonly times: number[];
  private readonly rows: number[];

  constructor(sources: readonly RowSource[], field: 'from' | 'to') {
    const sorted = [...sources].sort((left, right) => left[field] - right[field]);
    this.times = sorted.map((source) => source[field]);
    this.rows = [...sorted.map(({ rows }) => rows), 0];
    for (let index = sorted.length - 1; index >= 0; index -= 1) {
      this.rows[index] = (this.rows[index] ?? 0) + (this.rows[index + 1] ?? 0);
    }
  }

  countAtOrAfter(time: number): number {
    return this.rows[this.findIndex((candidate) => candidate >= time)] ?? 0;
  }

  countAfter(time: number): number {
    return this.rows[this.findIndex((candidate) => candidate > time)] ?? 0;
  }

  private findIndex(isLate: (time: number) => boolean): number {
    let [low, high] = [0, this.times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isLate(this.times[middle] ?? 0)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
