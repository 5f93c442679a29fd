import type { FileStat } from '../../util/fileStat';

/** File access of the usage log; implementations throw on failure. */
export interface LedgerFolder {
  list(): Promise<readonly string[]>;
  /** Undefined if the file does not exist: another window may have deleted it. */
  read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  stat(name: string): Promise<FileStat | undefined>;
  /** Creates the folder if needed. The file may be truncated if the process is killed while writing. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  delete(name: string): Promise<void>;
}

/**
 * The parts of a file name such as `2026-11.k3j2h1x9.0.3120.jsonl`.
 * VS Code can write files but not append to them, and each window writes only its own. Rows are therefore rewritten to
 * a new file named by its length, and the shorter file is deleted afterwards. After a crash at any point one complete
 * file is left, recognizable by its length. A file as long as its name says never changes.
 */
export interface LedgerFileName {
  readonly month: string;
  readonly window: string;
  readonly serial: number;
  readonly length: number;
}

export function ledgerFileName({ month, window, serial, length }: LedgerFileName): string {
  return `${month}.${window}.${serial}.${length}.jsonl`;
}

export function parseLedgerFileName(name: string): LedgerFileName | undefined {
  const match = /^(\d{4}-\d\d)\.([0-9a-z]+)\.(\d{1,9})\.(\d{1,9})\.jsonl$/.exec(name);
  const [, month, window, serial, length] = match ?? [];
  if (month === undefined || window === undefined) return undefined;
  return { month, window, serial: Number(serial), length: Number(length) };
}

export function digestName(month: string): string {
  return `${month}.digest.json`;
}

export function parseDigestName(name: string): string | undefined {
  return /^(\d{4}-\d\d)\.digest\.json$/.exec(name)?.[1];
}

export interface LedgerContent {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether the file has the length in its name, so that it can never change. */
  readonly isWhole: boolean;
}

const NEWLINE = 0x0a;
const BYTES_PER_CHUNK = 250_000;
export const BYTES_PER_ROW = 300;
/** The folder is listed again when files have disappeared because their windows replaced them. */
const MAX_LISTINGS = 5;
const MAX_CONCURRENT_READS = 16;

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

/** Reads each file once, even while windows write to them, and reads ahead. */
export class LedgerReader {
  readonly known = new Set<string>();
  private unread = new Set<string>();

  constructor(
    private readonly folder: LedgerFolder,
    private readonly isWanted: (month: string) => boolean,
    readonly isKnown: (name: string) => boolean = () => false,
  ) {}

  /** Number of existing files that could not be read. Valid when all contents have been read. */
  get unreadFiles(): number {
    return this.unread.size;
  }

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

type FileVersions = readonly [key: string, names: readonly string[]];

export function longestVersions(names: readonly string[], month: string): string[] {
  return [...versionsByFile(names, (candidate) => candidate === month).values()].flatMap(([longest]) => longest ?? []);
}

/** All versions of each file, longest first. There are two while a file is rewritten, or after a crash. */
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

/** Deletes all files, then throws the first error. */
export async function deleteLedger(folder: LedgerFolder): Promise<void> {
  const ofRuns = await deleteMatching(folder, (name) => parseLedgerFileName(name) !== undefined);
  // Digests last: after writing one, the writer checks that its source files still exist.
  const ofDigests = await deleteMatching(folder, (name) => parseDigestName(name) !== undefined);
  const failure = [...ofRuns, ...ofDigests].find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

async function deleteMatching(folder: LedgerFolder, matches: (name: string) => boolean) {
  const names = (await folder.list()).filter(matches);
  return Promise.allSettled(names.map((name) => folder.delete(name)));
}

export async function forEachConcurrent<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  for await (const _ of readAhead(items, work));
}

async function* readAhead<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const started: Promise<Result>[] = [];
  for (const item of items) {
    const result = work(item);
    // Mark as handled; the error is thrown when the result is consumed.
    result.catch(() => undefined);
    started.push(result);
    if (started.length < MAX_CONCURRENT_READS) continue;
    yield started.shift() as Promise<Result>;
  }
  yield* started;
}
