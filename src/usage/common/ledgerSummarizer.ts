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
import { LedgerSummary } from './ledgerSummary';
import { type DigestedFile, formatDigest, parseDigest, type UsageDigest } from './monthlyDigest';
import { UsageAggregator } from './usageReport';

/** Rows of a file that was just written may be heard of otherwise too, so it is not yet among those that need not be read. */
const SETTLED_MS = 60_000;
/** Fewer files, with less in them, are read as quickly as their digest. */
const MIN_DIGEST_BYTES = 256 * 1024;
const MIN_DIGEST_FILES = 16;

/** A file that was just read: its runs, without those that are said to be lost, and those. */
type ScannedFile = { readonly lost: readonly LedgerRow[]; readonly skipped: number } & (
  | { readonly kind: 'open'; readonly name: string; readonly runs: LedgerTable }
  // It will not change any more, so that it is to be in the digest.
  | { readonly kind: 'closed'; readonly digested: DigestedFile; readonly runs: RunIds }
);

/**
 * Reads what has to be read, the newest months first. After each part it says how much is done, from 0 to 1; the survey is
 * right when that is over.
 * @throws what the folder throws when it cannot be listed.
 */
export async function* summarizeLedger(folder: LedgerFolder, summary: LedgerSummary): AsyncGenerator<number> {
  const names = await folder.list();
  const months = listMonths(names);
  for (const name of names) {
    const month = parseDigestName(name);
    // Whoever deletes the record of the runs means their sums as well.
    if (month !== undefined && !months.has(month)) await folder.delete(name).catch(() => undefined);
  }
  for (const [index, month] of [...months].entries()) {
    const files = longestVersions(names, month);
    for await (const progress of new MonthSummarizer(folder, summary, month, files).run())
      yield (index + progress) / months.size;
    yield (index + 1) / months.size;
  }
}

/**
 * Sums up what is in no digest yet, where that is much, and keeps it: whoever looks at the usage later never waits until a
 * large ledger is read. To be gone through in slices; where there is nothing to do it only looks at names.
 * @throws what the folder throws when it cannot be listed.
 */
export async function* writeDigests(folder: LedgerFolder): AsyncGenerator<number> {
  const names = await folder.list();
  for (const month of listMonths(names)) {
    const files = longestVersions(names, month);
    const closed = closedFileNames(files, month, Date.now());
    if (!isWorthDigesting(closed)) continue;
    const digested = new Set((await readDigest(folder, month))?.files.map(({ name }) => name));
    const existing = new Set(files);
    const isValid = [...digested].every((name) => existing.has(name));
    if (isValid && !isWorthDigesting(closed.filter((name) => !digested.has(name)))) continue;
    yield* new MonthSummarizer(folder, new LedgerSummary(), month, files).run();
  }
}

/** Adds one month to a survey: from its digest, and from the files that are not in it. */
class MonthSummarizer {
  private scannedFiles: ScannedFile[] = [];
  private closedUsage = new UsageAggregator();
  private openUsage = new UsageAggregator();
  /** The windows whose runs are in files that will not change any more. */
  private owners = new Set<string>();
  /** Bytes of all its files. */
  private readonly size: number;

  /** @param names of its files, as far as they are known. */
  constructor(
    private readonly folder: LedgerFolder,
    private readonly summary: LedgerSummary,
    private readonly month: string,
    private readonly names: readonly string[],
  ) {
    this.size = names.reduce((sum, name) => sum + fileLength(name), 0);
  }

  /** After each part it says how much is done, from 0 to 1. */
  async *run(): AsyncGenerator<number> {
    const digest = await this.loadValidDigest();
    if (digest !== undefined) {
      const names = new Set(digest.files.map(({ name }) => name));
      const reader = this.createReader((name) => names.has(name));
      yield* this.readFiles(reader, () => undefined);
      if (reader.known.size === names.size && !this.mayContradict(digest)) {
        return this.finish(digest, reader.unreadFiles);
      }
    }
    [this.scannedFiles, this.closedUsage, this.openUsage, this.owners] = [
      [],
      new UsageAggregator(),
      new UsageAggregator(),
      new Set(),
    ];
    const reader = this.createReader();
    // Nothing of this can turn out to be wrong, so the sums may be shown while they grow.
    for (const aggregator of [this.closedUsage, this.openUsage]) this.summary.addAggregator(aggregator);
    yield* this.readFiles(reader, (file) => this.addToSummary(file));
    await this.finish(undefined, reader.unreadFiles);
  }

  private createReader(isKnown?: (name: string) => boolean): LedgerReader {
    return new LedgerReader(this.folder, (month) => month === this.month, isKnown);
  }

  /** The digest, if its files are what they were when they were counted. */
  private async loadValidDigest(): Promise<UsageDigest | undefined> {
    const digest = await readDigest(this.folder, this.month);
    if (digest === undefined) return undefined;
    let isSame = true;
    await forEachConcurrent(digest.files, async ({ name, modified }) => {
      const facts = isSame ? await this.folder.stat(name).catch(() => undefined) : undefined;
      isSame &&= facts?.mtime === modified && facts.size === fileLength(name);
    });
    return isSame ? digest : undefined;
  }

  private async *readFiles(reader: LedgerReader, onRead: (file: ScannedFile) => void): AsyncGenerator<number> {
    const settledFiles = await this.findSettled(this.names.filter((name) => !reader.isKnown(name)));
    const closedScan = new FileScan(FULL_BYTES);
    let bytesDone = 0;
    for await (const content of reader.contents()) {
      const modified = content.isWhole ? settledFiles.get(content.name) : undefined;
      const scan = modified === undefined ? new FileScan(content.bytes.length) : closedScan;
      const totals = modified === undefined ? this.openUsage : this.closedUsage;
      scan.reset();
      for (const part of splitAtLines(content.bytes)) {
        scan.add(part, totals);
        bytesDone += part.length;
        yield Math.min(1, bytesDone / this.size);
      }
      const file = this.toScannedFile(content.name, scan, modified);
      this.scannedFiles.push(file);
      onRead(file);
    }
  }

  private toScannedFile(name: string, { table, lost }: FileScan, modified: number | undefined): ScannedFile {
    const { skipped } = table;
    if (modified === undefined) return { kind: 'open', name, runs: table, lost, skipped };
    const runs = table.ids();
    for (const code of runs.ownerCodes) this.owners.add(table.names[code] ?? '');
    return { kind: 'closed', digested: toDigestedFile(name, table, modified), runs, lost, skipped };
  }

  /** The files that will not change any more, with when they were written; none where a digest of them is not worth it. */
  private async findSettled(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const { startedAt } = this.summary;
    const settled = new Map<string, number>();
    await forEachConcurrent(closedFileNames(names, this.month, startedAt), async (name) => {
      const facts = await this.folder.stat(name).catch(() => undefined);
      if (facts?.size !== fileLength(name) || startedAt - facts.mtime < SETTLED_MS) return;
      settled.set(name, facts.mtime);
    });
    return isWorthDigesting([...settled.keys()]) ? settled : new Map();
  }

  /** Whether a run that is said to be lost may have ended in a file of the digest. */
  private mayContradict({ owners, lost }: UsageDigest): boolean {
    const knownIds = new Set(lost.map(({ id }) => id));
    return this.scannedFiles
      .flatMap((file) => file.lost)
      .some(({ id }) => !knownIds.has(id) && owners.has(ownerOf(id)) && !hasRun(this.scannedFiles, id));
  }

  private async finish(digest: UsageDigest | undefined, unreadFiles: number): Promise<void> {
    const { summary, scannedFiles, closedUsage, openUsage } = this;
    if (digest !== undefined) {
      closedUsage.merge(digest.totals);
      for (const aggregator of [closedUsage, openUsage]) summary.addAggregator(aggregator);
      for (const file of scannedFiles) this.addToSummary(file);
      summary.digestedFiles.push(...digest.files);
    }
    summary.skipped += scannedFiles.reduce((sum, { skipped }) => sum + skipped, digest?.skipped ?? 0);
    summary.unreadFiles += unreadFiles;
    for (const row of collectLost(digest, scannedFiles)) if (!hasRun(scannedFiles, row.id)) summary.addRow(row);
    await this.writeDigest(digest).catch(() => undefined);
  }

  private addToSummary(file: ScannedFile): void {
    if (file.kind === 'open') this.summary.loadedFiles.push({ name: file.name, table: file.runs });
    else this.summary.digestedFiles.push(file.digested);
  }

  /** Where that fails, the files are read once more next time. */
  private async writeDigest(previous: UsageDigest | undefined): Promise<void> {
    const added = this.scannedFiles.filter((file) => file.kind === 'closed');
    if (added.length === 0) return;
    const files = [...(previous?.files ?? []), ...added.map(({ digested }) => digested)];
    if (!(await this.filesExist(files))) return;
    const digest: UsageDigest = {
      month: this.month,
      files,
      totals: this.closedUsage,
      skipped: added.reduce((sum, { skipped }) => sum + skipped, previous?.skipped ?? 0),
      owners: new Set([...(previous?.owners ?? []), ...this.owners]),
      lost: collectLost(previous, added).filter(({ id }) => !hasRun(added, id)),
    };
    await this.folder.write(digestName(this.month), formatDigest(digest));
    // Whoever has deleted the runs meanwhile means their sums as well.
    if (!(await this.filesExist(files))) await this.folder.delete(digestName(this.month));
  }

  private async filesExist(files: readonly DigestedFile[]): Promise<boolean> {
    const existing = new Set(await this.folder.list());
    return files.every(({ name }) => existing.has(name));
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
  reset(): void {
    this.table.clear();
    this.lost = [];
  }

  add(part: Uint8Array<ArrayBuffer>, totals: UsageAggregator): void {
    const firstRow = this.table.length;
    this.scanner.scan(part);
    this.lost.push(...this.table.takeLost());
    totals.add(this.table, firstRow);
  }
}

/** Whole and of its month, or undefined. Never throws. */
async function readDigest(folder: LedgerFolder, month: string): Promise<UsageDigest | undefined> {
  const bytes = await folder.read(digestName(month)).catch(() => undefined);
  const digest = bytes && parseDigest(bytes);
  return digest?.month === month ? digest : undefined;
}

/** Of files of the ledger, the newest first. */
function listMonths(names: readonly string[]): ReadonlySet<string> {
  const months = names.flatMap((name) => parseLedgerFileName(name)?.month ?? []);
  return new Set(months.sort().toReversed());
}

/** Files that nobody adds to any more: of months that are over, and those that are full. */
function closedFileNames(names: readonly string[], month: string, now: number): string[] {
  const isPast = month < new Date(now).toISOString().slice(0, 7);
  return names.filter((name) => isPast || fileLength(name) > FULL_BYTES);
}

function isWorthDigesting(names: readonly string[]): boolean {
  return names.length >= MIN_DIGEST_FILES || names.reduce((sum, name) => sum + fileLength(name), 0) >= MIN_DIGEST_BYTES;
}

/** Each once: two windows may both have noticed the same loss. */
function collectLost(digest: UsageDigest | undefined, files: readonly ScannedFile[]): LedgerRow[] {
  const rows = [...(digest?.lost ?? []), ...files.flatMap(({ lost }) => lost)];
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}

function hasRun(files: readonly ScannedFile[], id: string): boolean {
  return files.some(({ runs }) => runs.has(id));
}

function toDigestedFile(name: string, table: LedgerTable, modified: number): DigestedFile {
  // JSON has no infinity.
  const times = table.length === 0 ? { from: 0, to: 0 } : table.times();
  return { name, modified, rows: table.length, ...times };
}

/** Of a whole file, in bytes. */
function fileLength(name: string): number {
  return parseLedgerFileName(name)?.length ?? 0;
}
