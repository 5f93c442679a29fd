import {
  BYTES_PER_ROW,
  digestName,
  forEachConcurrent,
  type LedgerFolder,
  LedgerReader,
  longestVersions,
  parseDigestName,
  parseLedgerFileName,
  splitAtLines,
} from '../../ledger/common/ledgerFiles';
import { LedgerScanner } from '../../ledger/common/ledgerParser';
import type { LedgerRow } from '../../ledger/common/ledgerRow';
import { LedgerTable } from '../../ledger/common/ledgerTable';
import { FULL_BYTES } from '../../ledger/common/ledgerWriter';
import { ownerOf, type RunIds } from '../../ledger/common/runIds';
import { LedgerSurvey } from './ledgerSummary';
import { type CountedFile, formatDigest, parseDigest, type UsageDigest } from './monthlyDigest';
import { UsageTotals } from './usageReport';

/** Rows of a file that was just written may be heard of otherwise too, so it is not yet among those that need not be read. */
const SETTLED_MS = 60_000;
/** Fewer files, with less in them, are read as quickly as their digest. */
const WORTH_BYTES = 256 * 1024;
const WORTH_FILES = 16;

/** A file that was just read: its runs, without those that are said to be lost, and those. */
type ReadFile = { readonly lost: readonly LedgerRow[]; readonly skipped: number } & (
  | { readonly kind: 'open'; readonly name: string; readonly runs: LedgerTable }
  // It will not change any more, so that it is to be in the digest.
  | { readonly kind: 'closed'; readonly counted: CountedFile; readonly runs: RunIds }
);

/**
 * Reads what has to be read, the newest months first. After each part it says how much is done, from 0 to 1; the survey is
 * right when that is over.
 * @throws what the folder throws when it cannot be listed.
 */
export async function* surveyLedger(folder: LedgerFolder, survey: LedgerSurvey): AsyncGenerator<number> {
  const names = await folder.list();
  const months = monthsOf(names);
  for (const name of names) {
    const month = parseDigestName(name);
    // Whoever deletes the record of the runs means their sums as well.
    if (month !== undefined && !months.has(month)) await folder.delete(name).catch(() => undefined);
  }
  for (const [index, month] of [...months].entries()) {
    const files = longestVersions(names, month);
    for await (const share of new MonthSurvey(folder, survey, month, files).run()) yield (index + share) / months.size;
    yield (index + 1) / months.size;
  }
}

/**
 * Sums up what is in no digest yet, where that is much, and keeps it: whoever looks at the usage later never waits until a
 * large ledger is read. To be gone through in slices; where there is nothing to do it only looks at names.
 * @throws what the folder throws when it cannot be listed.
 */
export async function* keepDigests(folder: LedgerFolder): AsyncGenerator<number> {
  const names = await folder.list();
  for (const month of monthsOf(names)) {
    const files = longestVersions(names, month);
    const closed = closedNames(files, month, Date.now());
    if (!isWorth(closed)) continue;
    const counted = new Set((await readDigest(folder, month))?.files.map(({ name }) => name));
    const there = new Set(files);
    const isValid = [...counted].every((name) => there.has(name));
    if (isValid && !isWorth(closed.filter((name) => !counted.has(name)))) continue;
    yield* new MonthSurvey(folder, new LedgerSurvey(), month, files).run();
  }
}

/** Adds one month to a survey: from its digest, and from the files that are not in it. */
class MonthSurvey {
  private read: ReadFile[] = [];
  private closed = new UsageTotals();
  private open = new UsageTotals();
  /** The windows whose runs are in files that will not change any more. */
  private owners = new Set<string>();
  /** Bytes of all its files. */
  private readonly size: number;

  /** @param names of its files, as far as they are known. */
  constructor(
    private readonly folder: LedgerFolder,
    private readonly survey: LedgerSurvey,
    private readonly month: string,
    private readonly names: readonly string[],
  ) {
    this.size = names.reduce((sum, name) => sum + lengthOf(name), 0);
  }

  /** After each part it says how much is done, from 0 to 1. */
  async *run(): AsyncGenerator<number> {
    const digest = await this.findDigest();
    if (digest !== undefined) {
      const names = new Set(digest.files.map(({ name }) => name));
      const reading = this.reading((name) => names.has(name));
      yield* this.readFiles(reading, () => undefined);
      if (reading.known.size === names.size && !this.isInDoubt(digest)) {
        return this.finish(digest, reading.unreadFiles);
      }
    }
    [this.read, this.closed, this.open, this.owners] = [[], new UsageTotals(), new UsageTotals(), new Set()];
    const reading = this.reading();
    // Nothing of this can turn out to be wrong, so the sums may be shown while they grow.
    for (const part of [this.closed, this.open]) this.survey.include(part);
    yield* this.readFiles(reading, (file) => this.keep(file));
    await this.finish(undefined, reading.unreadFiles);
  }

  private reading(isKnown?: (name: string) => boolean): LedgerReader {
    return new LedgerReader(this.folder, (month) => month === this.month, isKnown);
  }

  /** The digest, if its files are what they were when they were counted. */
  private async findDigest(): Promise<UsageDigest | undefined> {
    const digest = await readDigest(this.folder, this.month);
    if (digest === undefined) return undefined;
    let isSame = true;
    await forEachConcurrent(digest.files, async ({ name, modified }) => {
      const facts = isSame ? await this.folder.stat(name).catch(() => undefined) : undefined;
      isSame &&= facts?.mtime === modified && facts.size === lengthOf(name);
    });
    return isSame ? digest : undefined;
  }

  private async *readFiles(reading: LedgerReader, onRead: (file: ReadFile) => void): AsyncGenerator<number> {
    const settled = await this.settled(this.names.filter((name) => !reading.isKnown(name)));
    const closed = new FileScan(FULL_BYTES);
    let done = 0;
    for await (const content of reading.contents()) {
      const modified = content.isWhole ? settled.get(content.name) : undefined;
      const scan = modified === undefined ? new FileScan(content.bytes.length) : closed;
      const totals = modified === undefined ? this.open : this.closed;
      scan.begin();
      for (const part of splitAtLines(content.bytes)) {
        scan.add(part, totals);
        done += part.length;
        yield Math.min(1, done / this.size);
      }
      const file = this.fileOf(content.name, scan, modified);
      this.read.push(file);
      onRead(file);
    }
  }

  private fileOf(name: string, { table, lost }: FileScan, modified: number | undefined): ReadFile {
    const { skipped } = table;
    if (modified === undefined) return { kind: 'open', name, runs: table, lost, skipped };
    const runs = table.ids();
    for (const code of runs.ownerCodes) this.owners.add(table.names[code] ?? '');
    return { kind: 'closed', counted: countedFile(name, table, modified), runs, lost, skipped };
  }

  /** The files that will not change any more, with when they were written; none where a digest of them is not worth it. */
  private async settled(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const { started } = this.survey;
    const settled = new Map<string, number>();
    await forEachConcurrent(closedNames(names, this.month, started), async (name) => {
      const facts = await this.folder.stat(name).catch(() => undefined);
      if (facts?.size !== lengthOf(name) || started - facts.mtime < SETTLED_MS) return;
      settled.set(name, facts.mtime);
    });
    return isWorth([...settled.keys()]) ? settled : new Map();
  }

  /** Whether a run that is said to be lost may have ended in a file of the digest. */
  private isInDoubt({ owners, lost }: UsageDigest): boolean {
    const known = new Set(lost.map(({ id }) => id));
    return this.read
      .flatMap((file) => file.lost)
      .some(({ id }) => !known.has(id) && owners.has(ownerOf(id)) && !isIn(this.read, id));
  }

  private async finish(digest: UsageDigest | undefined, unreadFiles: number): Promise<void> {
    const { survey, read, closed, open } = this;
    if (digest !== undefined) {
      closed.merge(digest.totals);
      for (const part of [closed, open]) survey.include(part);
      for (const file of read) this.keep(file);
      survey.counted.push(...digest.files);
    }
    survey.skipped += read.reduce((sum, { skipped }) => sum + skipped, digest?.skipped ?? 0);
    survey.unreadFiles += unreadFiles;
    for (const row of lostOf(digest, read)) if (!isIn(read, row.id)) survey.enter(row);
    await this.write(digest).catch(() => undefined);
  }

  private keep(file: ReadFile): void {
    if (file.kind === 'open') this.survey.held.push({ name: file.name, table: file.runs });
    else this.survey.counted.push(file.counted);
  }

  /** Where that fails, the files are read once more next time. */
  private async write(before: UsageDigest | undefined): Promise<void> {
    const added = this.read.filter((file) => file.kind === 'closed');
    if (added.length === 0) return;
    const files = [...(before?.files ?? []), ...added.map(({ counted }) => counted)];
    if (!(await this.areThere(files))) return;
    const digest: UsageDigest = {
      month: this.month,
      files,
      totals: this.closed,
      skipped: added.reduce((sum, { skipped }) => sum + skipped, before?.skipped ?? 0),
      owners: new Set([...(before?.owners ?? []), ...this.owners]),
      lost: lostOf(before, added).filter(({ id }) => !isIn(added, id)),
    };
    await this.folder.write(digestName(this.month), formatDigest(digest));
    // Whoever has deleted the runs meanwhile means their sums as well.
    if (!(await this.areThere(files))) await this.folder.delete(digestName(this.month));
  }

  private async areThere(files: readonly CountedFile[]): Promise<boolean> {
    const there = new Set(await this.folder.list());
    return files.every(({ name }) => there.has(name));
  }
}

/** Reads one file, or one after the other in the same room, and sums it up. */
class FileScan {
  readonly table: LedgerTable;
  /** Runs of the file that are said to be lost. */
  lost: LedgerRow[] = [];
  private readonly scanner: LedgerScanner;

  /** @param bytes about as many as the file has. */
  constructor(bytes: number) {
    this.table = new LedgerTable(Math.ceil(bytes / BYTES_PER_ROW));
    this.scanner = new LedgerScanner(this.table);
  }

  /** Begins with a file. */
  begin(): void {
    this.table.clear();
    this.lost = [];
  }

  add(part: Uint8Array<ArrayBuffer>, totals: UsageTotals): void {
    const first = this.table.length;
    this.scanner.scan(part);
    this.lost.push(...this.table.takeLost());
    totals.add(this.table, first);
  }
}

/** Whole and of its month, or undefined. Never throws. */
async function readDigest(folder: LedgerFolder, month: string): Promise<UsageDigest | undefined> {
  const bytes = await folder.read(digestName(month)).catch(() => undefined);
  const digest = bytes && parseDigest(bytes);
  return digest?.month === month ? digest : undefined;
}

/** Of files of the ledger, the newest first. */
function monthsOf(names: readonly string[]): ReadonlySet<string> {
  const months = names.flatMap((name) => parseLedgerFileName(name)?.month ?? []);
  return new Set(months.sort().toReversed());
}

/** Files that nobody adds to any more: of months that are over, and those that are full. */
function closedNames(names: readonly string[], month: string, now: number): string[] {
  const isPast = month < new Date(now).toISOString().slice(0, 7);
  return names.filter((name) => isPast || lengthOf(name) > FULL_BYTES);
}

function isWorth(names: readonly string[]): boolean {
  return names.length >= WORTH_FILES || names.reduce((sum, name) => sum + lengthOf(name), 0) >= WORTH_BYTES;
}

/** Each once: two windows may both have noticed the same loss. */
function lostOf(digest: UsageDigest | undefined, files: readonly ReadFile[]): LedgerRow[] {
  const rows = [...(digest?.lost ?? []), ...files.flatMap(({ lost }) => lost)];
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}

function isIn(files: readonly ReadFile[], id: string): boolean {
  return files.some(({ runs }) => runs.has(id));
}

function countedFile(name: string, table: LedgerTable, modified: number): CountedFile {
  // JSON has no infinity.
  const times = table.length === 0 ? { from: 0, to: 0 } : table.times();
  return { name, modified, rows: table.length, ...times };
}

/** Of a whole file, in bytes. */
function lengthOf(name: string): number {
  return parseLedgerFileName(name)?.length ?? 0;
}
