import type { FileStat } from '../../util/fileStat';

/** The folder of the ledger, whatever it is in. Names are those of files in it; what fails throws. */
export interface LedgerFolder {
  /** Empty where there is no such folder. */
  list(): Promise<readonly string[]>;
  /** Undefined where there is no such file: another window may just have deleted it. */
  read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Undefined where there is no such file. */
  stat(name: string): Promise<FileStat | undefined>;
  /** Writes a whole file, and the folder where it is missing. It may be torn when the process is killed meanwhile. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Also where there is no such file. */
  delete(name: string): Promise<void>;
}

/**
 * What a file's name says: `2026-11.k3j2h1x9.0.3120.jsonl`. A window writes files of its own only. VS Code can write a file
 * but not append to one, so the rows are written anew each time, to a file that is named by its length, and the shorter
 * one is deleted when that is done: whatever happens in between, one of them is whole, and everybody can tell which.
 * A file that is as long as its name says never changes. When it has grown, the next one begins.
 */
export interface LedgerFileName {
  /** Of the rows' beginnings, in UTC. */
  readonly month: string;
  readonly window: string;
  readonly serial: number;
  /** In bytes. */
  readonly length: number;
}

export function ledgerFileName({ month, window, serial, length }: LedgerFileName): string {
  return `${month}.${window}.${serial}.${length}.jsonl`;
}

/** Undefined for files that are not the ledger's. */
export function parseLedgerFileName(name: string): LedgerFileName | undefined {
  const match = /^(\d{4}-\d\d)\.([0-9a-z]+)\.(\d{1,9})\.(\d{1,9})\.jsonl$/.exec(name);
  const [, month, window, serial, length] = match ?? [];
  if (month === undefined || window === undefined) return undefined;
  return { month, window, serial: Number(serial), length: Number(length) };
}

/** What a file is called that has the sums of a month's files (`usageDigest.ts`). */
export function digestName(month: string): string {
  return `${month}.digest.json`;
}

/** The month that a file has the sums of; undefined for other files. */
export function parseDigestName(name: string): string | undefined {
  return /^(\d{4}-\d\d)\.digest\.json$/.exec(name)?.[1];
}

/** One file with what can be read of it. */
export interface LedgerContent {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether it is as long as it should be, so that it will never be otherwise. */
  readonly isWhole: boolean;
}

const NEWLINE = 0x0a;
/** As much as is scanned in one go: a few milliseconds' work. */
const BYTES_PER_CHUNK = 250_000;
/** A row takes about this much room in its file. */
export const BYTES_PER_ROW = 300;
/** How often the folder is listed when files that were in it are gone: their windows have just written longer ones. */
const MAX_LISTINGS = 5;
/** As many files as are read at the same time. */
const MAX_CONCURRENT_READS = 16;

/** A file in parts that end with a line. */
export function splitAtLines(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start + BYTES_PER_CHUNK);
    const end = newline === -1 ? bytes.length : newline + 1;
    chunks.push(bytes.subarray(start, end));
    start = end;
  }
  return chunks;
}

/**
 * Reads files of the ledger, each once, also while windows write to them. While one of them is looked through, the next ones
 * are on their way.
 */
export class LedgerReader {
  /** Names of whole files that were read before, and are still there. */
  readonly known = new Set<string>();
  private unread = new Set<string>();

  /**
   * @param isWanted whether the files of a month are opened.
   * @param isKnown whether a whole file of that name was read before, and need not be read again.
   */
  constructor(
    private readonly folder: LedgerFolder,
    private readonly isWanted: (month: string) => boolean,
    readonly isKnown: (name: string) => boolean = () => false,
  ) {}

  /** Files that are there and cannot be read. It is right once all others are. */
  get unreadFiles(): number {
    return this.unread.size;
  }

  /** In the order of their months and windows. @throws what the folder throws when it cannot be listed. */
  async *contents(): AsyncGenerator<LedgerContent> {
    const doneKeys = new Set<string>();
    for (let listing = 1; listing <= MAX_LISTINGS; listing += 1) {
      const files = this.listUnread(versionsByFile(await this.folder.list(), this.isWanted), doneKeys);
      this.unread = new Set();
      let isGone = false;
      for await (const { key, content } of readAhead(files, (file) => this.read(file))) {
        if (content === 'unreadable') this.unread.add(key);
        else if (content === undefined) isGone = true;
        else {
          doneKeys.add(key);
          yield content;
        }
      }
      if (!isGone) return;
    }
  }

  /** Those that are still to be read, in their order. */
  private listUnread(files: ReadonlyMap<string, readonly string[]>, doneKeys: Set<string>): FileVersions[] {
    for (const [key, [longest = '']] of files) {
      if (doneKeys.has(key) || !this.isKnown(longest)) continue;
      this.known.add(longest);
      doneKeys.add(key);
    }
    return [...files].filter(([key]) => !doneKeys.has(key)).sort(([left], [right]) => (left < right ? -1 : 1));
  }

  private async read([key, names]: FileVersions) {
    return { key, content: await readVersions(this.folder, names) };
  }
}

/** What makes out a file, and the names that it has. */
type FileVersions = readonly [key: string, names: readonly string[]];

/** The longest name that each file of the ledger has, of those in a month. */
export function longestVersions(names: readonly string[], month: string): string[] {
  return [...versionsByFile(names, (candidate) => candidate === month).values()].flatMap(([longest]) => longest ?? []);
}

/** The names that each file has: mostly one, and two while it is written or where that was cut short. Longest first. */
function versionsByFile(names: readonly string[], isWanted: (month: string) => boolean): Map<string, string[]> {
  const versions = new Map<string, { name: string; length: number }[]>();
  for (const name of names) {
    const parsed = parseLedgerFileName(name);
    if (parsed === undefined || !isWanted(parsed.month)) continue;
    const key = `${parsed.month}.${parsed.window}.${String(parsed.serial).padStart(9, '0')}`;
    versions.set(key, [...(versions.get(key) ?? []), { name, length: parsed.length }]);
  }
  const longestFirst = (left: { length: number }, right: { length: number }) => right.length - left.length;
  return new Map([...versions].map(([key, all]) => [key, all.sort(longestFirst).map(({ name }) => name)]));
}

/** The longest version that is whole; where none is, the one that most can be read of. Undefined where all are gone. */
async function readVersions(
  folder: LedgerFolder,
  names: readonly string[],
): Promise<LedgerContent | 'unreadable' | undefined> {
  const torn: LedgerContent[] = [];
  let isUnreadable = false;
  for (const name of names) {
    try {
      const bytes = await folder.read(name);
      if (bytes === undefined) continue;
      if (bytes.length === parseLedgerFileName(name)?.length) return { name, bytes, isWhole: true };
      torn.push({ name, bytes, isWhole: false });
    } catch {
      isUnreadable = true;
    }
  }
  const [best] = torn.sort((left, right) => right.bytes.length - left.bytes.length);
  return best ?? (isUnreadable ? 'unreadable' : undefined);
}

/** Deletes every file of the ledger, and what was counted of them. @throws what the folder throws, after all were tried. */
export async function deleteLedger(folder: LedgerFolder): Promise<void> {
  const ofRuns = await deleteMatching(folder, (name) => parseLedgerFileName(name) !== undefined);
  // Last: whoever writes one meanwhile looks afterwards whether its files are still there.
  const ofDigests = await deleteMatching(folder, (name) => parseDigestName(name) !== undefined);
  const failure = [...ofRuns, ...ofDigests].find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

async function deleteMatching(folder: LedgerFolder, matches: (name: string) => boolean) {
  const names = (await folder.list()).filter(matches);
  return Promise.allSettled(names.map((name) => folder.delete(name)));
}

/** Works on all items, on some of them at the same time. */
export async function forEachConcurrent<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  for await (const _ of readAhead(items, work));
}

/** Works on some items at the same time, and gives the results in their order. */
async function* readAhead<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const started: Promise<Result>[] = [];
  for (const item of items) {
    const result = work(item);
    // Its failure is thrown when it is its turn, and nobody listens before.
    result.catch(() => undefined);
    started.push(result);
    if (started.length < MAX_CONCURRENT_READS) continue;
    yield started.shift() as Promise<Result>;
  }
  yield* started;
}
