import { type LedgerFolder, ledgerFileName } from './ledgerFiles';
import { formatLedgerLine, type LedgerRow } from './ledgerRow';

/** A file that has grown so far is not written anew with the next rows; they begin another one. */
export const FULL_BYTES = 512 * 1024;

/** The file that rows are added to. */
interface OpenFile {
  readonly month: string;
  readonly serial: number;
  readonly bytes: Uint8Array;
}

/** Adds rows to the files of one window; see `LedgerFileName` for how that is safe. Not to be called while it writes. */
export class LedgerWriter {
  private file: OpenFile | undefined;
  private nextSerial = 0;
  /** Shorter versions that are still there, and what was left of writes that failed. */
  private readonly leftovers = new Set<string>();

  constructor(
    private readonly folder: LedgerFolder,
    private readonly window: string,
  ) {}

  /**
   * Adds rows of one month. When it throws, none of them counts as written and all are to be given again.
   * @throws what the folder throws.
   */
  async write(month: string, rows: readonly LedgerRow[]): Promise<void> {
    const before = await this.fileFor(month);
    const lines = new TextEncoder().encode(rows.map((row) => `${formatLedgerLine(row)}\n`).join(''));
    const bytes = joined(before?.bytes ?? new Uint8Array(0), lines);
    const after: OpenFile = { month, serial: before?.serial ?? this.nextSerial, bytes };
    const name = this.nameOf(after);
    try {
      await this.folder.write(name, bytes);
    } catch (failure) {
      this.leftovers.add(name);
      throw failure;
    }
    if (before !== undefined) this.leftovers.add(this.nameOf(before));
    this.leftovers.delete(name);
    this.file = after;
    this.nextSerial = after.serial + 1;
    await this.clearUp();
  }

  /** Undefined where a new file is to begin: also where the last one was deleted, whose rows are not to come back. */
  private async fileFor(month: string): Promise<OpenFile | undefined> {
    const { file } = this;
    if (file === undefined || file.month !== month || file.bytes.length > FULL_BYTES) return undefined;
    const isThere = await this.folder.stat(this.nameOf(file)).then(
      (facts) => facts !== undefined,
      () => true,
    );
    return isThere ? file : undefined;
  }

  /** What cannot be deleted does no harm, since a longer version is there, and is tried again with the next rows. */
  private async clearUp(): Promise<void> {
    for (const name of this.leftovers) {
      const isDone = await this.folder.delete(name).then(
        () => true,
        () => false,
      );
      if (isDone) this.leftovers.delete(name);
    }
  }

  private nameOf({ month, serial, bytes }: OpenFile): string {
    return ledgerFileName({ month, window: this.window, serial, length: bytes.length });
  }
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(left.length + right.length);
  bytes.set(left);
  bytes.set(right, left.length);
  return bytes;
}
