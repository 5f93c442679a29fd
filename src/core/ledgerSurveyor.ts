import {
  BYTES_PER_ROW,
  digestName,
  inTurns,
  type LedgerContent,
  type LedgerContents,
  type LedgerFolder,
  monthOfDigest,
  parseLedgerFileName,
  partsOf,
  readContents,
} from './ledgerFiles';
import type { LedgerRow } from './ledgerRow';
import { LedgerScanner } from './ledgerScan';
import type { LedgerSurvey } from './ledgerSurvey';
import { LedgerTable, ownerOf } from './ledgerTable';
import { FULL_BYTES } from './ledgerWriter';
import { type CountedFile, formatDigest, parseDigest, type UsageDigest } from './usageDigest';
import { UsageTotals } from './usageReport';

/** Rows of a file that was just written may be heard of otherwise too, so it is not yet among those that need not be read. */
const SETTLED_MS = 60_000;
/** Fewer files, with less in them, are read as quickly as their digest. */
const WORTH_BYTES = 256 * 1024;
const WORTH_FILES = 16;

/** A file that was just read. */
interface ReadFile {
  readonly name: string;
  readonly table: LedgerTable;
  readonly lost: readonly LedgerRow[];
  /** When it was written, where it will not change any more and is to be in the digest. */
  readonly modified: number | undefined;
}

/**
 * Reads what has to be read, the newest months first. After each part it says how much is done, from 0 to 1; the survey is
 * right when that is over.
 * @throws what the folder throws when it cannot be listed.
 */
export async function* surveyLedger(folder: LedgerFolder, survey: LedgerSurvey): AsyncGenerator<number> {
  const names = await folder.list();
  const months = new Set(names.flatMap((name) => parseLedgerFileName(name)?.month ?? []));
  for (const name of names) {
    const month = monthOfDigest(name);
    // Whoever deletes the record of the runs means their sums as well.
    if (month !== undefined && !months.has(month)) await folder.delete(name).catch(() => undefined);
  }
  for (const [index, month] of [...months].sort().toReversed().entries()) {
    for await (const share of new MonthSurvey(folder, survey, month).run()) yield (index + share) / months.size;
  }
}

/** Adds one month to a survey: from its digest, and from the files that are not in it. */
class MonthSurvey {
  private read: ReadFile[] = [];
  private closed = new UsageTotals();
  private open = new UsageTotals();

  constructor(
    private readonly folder: LedgerFolder,
    private readonly survey: LedgerSurvey,
    private readonly month: string,
  ) {}

  /** After each part it says how much is done, from 0 to 1. */
  async *run(): AsyncGenerator<number> {
    const digest = await this.findDigest();
    if (digest !== undefined) {
      const names = new Set(digest.files.map(({ name }) => name));
      const contents = await this.contents((name) => names.has(name));
      if (contents.known.size === names.size) {
        yield* this.readFiles(contents.files, () => undefined);
        if (!this.isInDoubt(digest)) return this.finish(digest, contents.unreadFiles);
      }
    }
    [this.read, this.closed, this.open] = [[], new UsageTotals(), new UsageTotals()];
    const contents = await this.contents();
    // Nothing of this can turn out to be wrong, so the sums may be shown while they grow.
    for (const part of [this.closed, this.open]) this.survey.include(part);
    yield* this.readFiles(contents.files, (file) => this.keep(file));
    await this.finish(undefined, contents.unreadFiles);
  }

  private contents(isKnown?: (name: string) => boolean): Promise<LedgerContents> {
    return readContents(this.folder, (month) => month === this.month, isKnown);
  }

  /** The digest, if its files are what they were when they were counted. */
  private async findDigest(): Promise<UsageDigest | undefined> {
    const bytes = await this.folder.read(digestName(this.month)).catch(() => undefined);
    const digest = bytes === undefined ? undefined : parseDigest(bytes);
    if (digest === undefined || digest.month !== this.month) return undefined;
    let isSame = true;
    await inTurns(digest.files, async ({ name, modified }) => {
      const facts = isSame ? await this.folder.stat(name).catch(() => undefined) : undefined;
      isSame &&= facts?.modified === modified && facts.size === parseLedgerFileName(name)?.length;
    });
    return isSame ? digest : undefined;
  }

  private async *readFiles(files: readonly LedgerContent[], onRead: (file: ReadFile) => void): AsyncGenerator<number> {
    const settled = await this.settled(files);
    const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
    let done = 0;
    for (const { name, bytes } of files) {
      const modified = settled.get(name);
      const totals = modified === undefined ? this.open : this.closed;
      const table = new LedgerTable(Math.ceil(bytes.length / BYTES_PER_ROW));
      const scanner = new LedgerScanner(table);
      const lost: LedgerRow[] = [];
      for (const part of partsOf(bytes)) {
        const first = table.length;
        scanner.scan(part);
        lost.push(...table.takeLost());
        totals.add(table, first);
        done += part.length;
        yield done / size;
      }
      const file = { name, lost, table, modified };
      this.read.push(file);
      onRead(file);
    }
  }

  /** The files that will not change any more, with when they were written; none where a digest of them is not worth it. */
  private async settled(files: readonly LedgerContent[]): Promise<ReadonlyMap<string, number>> {
    const { started } = this.survey;
    const isPast = this.month < new Date(started).toISOString().slice(0, 7);
    const settled = new Map<string, number>();
    let size = 0;
    await inTurns(
      files.filter(({ isWhole, bytes }) => isWhole && (isPast || bytes.length > FULL_BYTES)),
      async ({ name, bytes }) => {
        const facts = await this.folder.stat(name).catch(() => undefined);
        if (facts?.size !== bytes.length || started - facts.modified < SETTLED_MS) return;
        settled.set(name, facts.modified);
        size += facts.size;
      },
    );
    return size < WORTH_BYTES && settled.size < WORTH_FILES ? new Map() : settled;
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
    survey.skipped += read.reduce((sum, { table }) => sum + table.skipped, digest?.skipped ?? 0);
    survey.unreadFiles += unreadFiles;
    for (const row of lostOf(digest, read)) if (!isIn(read, row.id)) survey.enter(row);
    await this.write(digest).catch(() => undefined);
  }

  private keep({ name, table, modified }: ReadFile): void {
    if (modified === undefined) this.survey.held.push({ name, table });
    else this.survey.counted.push(countedFile(name, table, modified));
  }

  /** Where that fails, the files are read once more next time. */
  private async write(before: UsageDigest | undefined): Promise<void> {
    const added = this.read.filter(({ modified }) => modified !== undefined);
    if (added.length === 0) return;
    const names = new Set(added.map(({ name }) => name));
    const files = [...(before?.files ?? []), ...this.survey.counted.filter(({ name }) => names.has(name))];
    const there = new Set(await this.folder.list());
    if (!files.every(({ name }) => there.has(name))) return;
    const owners = added.flatMap(({ table }) => [...ownersIn(table)]);
    const digest: UsageDigest = {
      month: this.month,
      files,
      totals: this.closed,
      skipped: added.reduce((sum, { table }) => sum + table.skipped, before?.skipped ?? 0),
      owners: new Set([...(before?.owners ?? []), ...owners]),
      lost: lostOf(before, added).filter(({ id }) => !isIn(added, id)),
    };
    await this.folder.write(digestName(this.month), formatDigest(digest));
  }
}

/** Each once: two windows may both have noticed the same loss. */
function lostOf(digest: UsageDigest | undefined, files: readonly ReadFile[]): LedgerRow[] {
  const rows = [...(digest?.lost ?? []), ...files.flatMap(({ lost }) => lost)];
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}

function isIn(files: readonly ReadFile[], id: string): boolean {
  return files.some(({ table }) => table.has(id));
}

function countedFile(name: string, table: LedgerTable, modified: number): CountedFile {
  // JSON has no infinity.
  const times = table.length === 0 ? { from: 0, to: 0 } : table.times();
  return { name, modified, rows: table.length, ...times };
}

function ownersIn(table: LedgerTable): Set<string> {
  const owners = new Set<string>();
  for (let row = 0; row < table.length; row += 1) owners.add(table.names[table.code(row, 'owner')] ?? '');
  return owners;
}
