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

/** Rows of a recently written file may also be reported by an event, so the file is not digested yet. */
const SETTLED_MS = 60_000;
/** Below both limits, reading the files is as fast as reading a digest. */
const MIN_DIGEST_BYTES = 256 * 1024;
const MIN_DIGEST_FILES = 16;

/** A scanned file; `runs` excludes those recorded as lost. */
type ScannedFile = { readonly lost: readonly LedgerRow[]; readonly skipped: number } & (
  | { readonly kind: 'open'; readonly name: string; readonly runs: LedgerTable }
  // Will not change any more, so it goes into the digest.
  | { readonly kind: 'closed'; readonly digested: DigestedFile; readonly runs: RunIds }
);

/**
 * Reads what no digest covers, newest months first, and yields the progress from 0 to 1. The summary is valid when the
 * generator is done.
 */
export async function* summarizeLedger(folder: LedgerFolder, summary: LedgerSummary): AsyncGenerator<number> {
  const names = await folder.list();
  const months = listMonths(names);
  for (const name of names) {
    const month = parseDigestName(name);
    // If the user has deleted a month's files, its digest must go too.
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
 * Writes digests ahead of time so that opening the dashboard never has to read a large log. Lists file names only if
 * there is nothing to do.
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

/** Adds one month to a summary: its digest, and the files the digest does not cover. */
class MonthSummarizer {
  private scannedFiles: ScannedFile[] = [];
  private closedUsage = new UsageAggregator();
  private openUsage = new UsageAggregator();
  private owners = new Set<string>();
  private readonly size: number;

  constructor(
    private readonly folder: LedgerFolder,
    private readonly summary: LedgerSummary,
    private readonly month: string,
    private readonly names: readonly string[],
  ) {
    this.size = names.reduce((sum, name) => sum + fileLength(name), 0);
  }

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
    // No digest is involved that might turn out to be invalid, so partial totals can be shown.
    for (const aggregator of [this.closedUsage, this.openUsage]) this.summary.addAggregator(aggregator);
    yield* this.readFiles(reader, (file) => this.addToSummary(file));
    await this.finish(undefined, reader.unreadFiles);
  }

  private createReader(isKnown?: (name: string) => boolean): LedgerReader {
    return new LedgerReader(this.folder, (month) => month === this.month, isKnown);
  }

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
    // The user may have deleted the files in the meantime.
    if (!(await this.filesExist(files))) await this.folder.delete(digestName(this.month));
  }

  private async filesExist(files: readonly DigestedFile[]): Promise<boolean> {
    const existing = new Set(await this.folder.list());
    return files.every(({ name }) => existing.has(name));
  }
}

class FileScan {
  readonly table: LedgerTable;
  lost: LedgerRow[] = [];
  private readonly scanner: LedgerScanner;

  constructor(bytes: number) {
    this.table = new LedgerTable(Math.ceil(bytes / BYTES_PER_ROW));
    this.scanner = new LedgerScanner(this.table);
  }

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

async function readDigest(folder: LedgerFolder, month: string): Promise<UsageDigest | undefined> {
  const bytes = await folder.read(digestName(month)).catch(() => undefined);
  const digest = bytes && parseDigest(bytes);
  return digest?.month === month ? digest : undefined;
}

function listMonths(names: readonly string[]): ReadonlySet<string> {
  const months = names.flatMap((name) => parseLedgerFileName(name)?.month ?? []);
  return new Set(months.sort().toReversed());
}

/** Files that no window appends to: those of past months, and full ones. */
function closedFileNames(names: readonly string[], month: string, now: number): string[] {
  const isPast = month < new Date(now).toISOString().slice(0, 7);
  return names.filter((name) => isPast || fileLength(name) > FULL_BYTES);
}

function isWorthDigesting(names: readonly string[]): boolean {
  return names.length >= MIN_DIGEST_FILES || names.reduce((sum, name) => sum + fileLength(name), 0) >= MIN_DIGEST_BYTES;
}

/** Without duplicates: two windows may have noticed the same loss. */
function collectLost(digest: UsageDigest | undefined, files: readonly ScannedFile[]): LedgerRow[] {
  const rows = [...(digest?.lost ?? []), ...files.flatMap(({ lost }) => lost)];
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}

function hasRun(files: readonly ScannedFile[], id: string): boolean {
  return files.some(({ runs }) => runs.has(id));
}

function toDigestedFile(name: string, table: LedgerTable, modified: number): DigestedFile {
  // JSON can't represent Infinity.
  const times = table.length === 0 ? { from: 0, to: 0 } : table.times();
  return { name, modified, rows: table.length, ...times };
}

function fileLength(name: string): number {
  return parseLedgerFileName(name)?.length ?? 0;
}
