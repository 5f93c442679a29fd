import { BYTES_PER_ROW, type LedgerFolder } from '../../ledger/common/ledgerFiles';
import { LedgerScanner } from '../../ledger/common/ledgerParser';
import type { LedgerRow } from '../../ledger/common/ledgerRow';
import { LedgerTable } from '../../ledger/common/ledgerTable';
import type { LedgerSurvey } from './ledgerSummary';

/** Rows that are kept of files which were opened to list their runs: some pages forth and back. */
const KEPT_ROWS = 50_000;

/** A file as far as it is known without being read, or a table as such a file. */
interface Source {
  readonly rows: number;
  /** The times of its first and last run. */
  readonly from: number;
  readonly to: number;
  readonly read: () => Promise<LedgerTable | undefined>;
}

/**
 * The runs of a survey, the newest first. Of how many runs are in a file and between which times, it tells which files
 * have the runs that are asked for, and opens those only.
 */
export class RunList {
  private readonly opened = new Map<string, LedgerTable>();
  private readonly heldSources = new Map<LedgerTable, Source>();

  constructor(
    private readonly folder: Pick<LedgerFolder, 'read'>,
    private readonly survey: LedgerSurvey,
  ) {}

  /**
   * The runs from one place of the list on; undefined where a file is not what it was, and all have to be surveyed anew.
   * @throws what the folder throws when a file cannot be read.
   */
  async newest(first: number, count: number): Promise<LedgerRow[] | undefined> {
    const sources = this.sources();
    const [newestTo, newestFrom] = [new TimeIndex(sources, 'to'), new TimeIndex(sources, 'from')];
    // What is newer than everything that is asked for, whatever the order, is counted; what is older is passed over.
    const isNewer = ({ from }: Source) => newestTo.atOrAfter(from) <= first;
    const isOlder = ({ to }: Source) => newestFrom.after(to) >= first + count;
    const skipped = sources.filter(isNewer).reduce((sum, { rows }) => sum + rows, 0);
    const wanted = sources.filter((source) => !isNewer(source) && !isOlder(source));
    const places: { time: number; table: LedgerTable; row: number }[] = [];
    for (const { read, rows } of wanted) {
      const table = await read();
      if (table === undefined) return undefined;
      for (let row = 0; row < rows; row += 1) places.push({ time: table.number(row, 'time'), table, row });
    }
    places.sort((one, other) => other.time - one.time);
    return places.slice(first - skipped, first - skipped + count).map(({ table, row }) => table.row(row));
  }

  private sources(): Source[] {
    const { counted, held, loose } = this.survey;
    const files = counted.filter(({ rows }) => rows > 0).map((file) => ({ ...file, read: () => this.open(file) }));
    const tables = held.filter(({ table }) => table.length > 0).map(({ table }) => this.heldSource(table));
    return [...files, ...tables, ...(loose.length === 0 ? [] : [sourceOf(loose)])];
  }

  private heldSource(table: LedgerTable): Source {
    const source = this.heldSources.get(table) ?? sourceOf(table);
    this.heldSources.set(table, source);
    return source;
  }

  private async open({
    name,
    rows,
  }: {
    readonly name: string;
    readonly rows: number;
  }): Promise<LedgerTable | undefined> {
    let table = this.opened.get(name);
    if (table === undefined) {
      const bytes = await this.folder.read(name);
      if (bytes === undefined) return undefined;
      table = new LedgerTable(Math.ceil(bytes.length / BYTES_PER_ROW));
      new LedgerScanner(table).scan(bytes);
      table.takeLost();
    }
    // Behind the others, as the one that was used last.
    this.opened.delete(name);
    this.opened.set(name, table);
    let kept = [...this.opened.values()].reduce((sum, { length }) => sum + length, 0);
    for (const [oldest, { length }] of this.opened) {
      if (kept <= KEPT_ROWS || oldest === name) break;
      this.opened.delete(oldest);
      kept -= length;
    }
    return table.length === rows ? table : undefined;
  }
}

function sourceOf(table: LedgerTable): Source {
  return { rows: table.length, ...table.times(), read: async () => table };
}

/** How many rows are in sources whose first, or last, run is so late. */
class TimeIndex {
  private readonly times: number[];
  /** Of the sources from each place on. */
  private readonly rows: number[];

  constructor(sources: readonly Source[], field: 'from' | 'to') {
    const sorted = [...sources].sort((one, other) => one[field] - other[field]);
    this.times = sorted.map((source) => source[field]);
    this.rows = [...sorted.map(({ rows }) => rows), 0];
    for (let place = sorted.length - 1; place >= 0; place -= 1) {
      this.rows[place] = (this.rows[place] ?? 0) + (this.rows[place + 1] ?? 0);
    }
  }

  atOrAfter(time: number): number {
    return this.rows[this.placeOf((one) => one >= time)] ?? 0;
  }

  after(time: number): number {
    return this.rows[this.placeOf((one) => one > time)] ?? 0;
  }

  /** The first place of a time that is late enough. */
  private placeOf(isLate: (time: number) => boolean): number {
    let [low, high] = [0, this.times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isLate(this.times[middle] ?? 0)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
