import { concatBytes } from '../../util/bytes';
import { type LedgerFolder, ledgerFileName } from './ledgerFiles';
import { formatLedgerLine, type LedgerRow } from './ledgerRow';

/** Files larger than this are left as they are, and a new one is started. */
export const FULL_BYTES = 512 * 1024;

interface OpenFile {
  readonly month: string;
  readonly serial: number;
  readonly bytes: Uint8Array;
}

/** Adds rows to the files of one window; {@link LedgerFileName} describes how. Calls must not overlap. */
export class LedgerWriter {
  private file: OpenFile | undefined;
  private nextSerial = 0;
  private readonly leftovers = new Set<string>();

  constructor(
    private readonly folder: LedgerFolder,
    private readonly window: string,
  ) {}

  /** Adds rows of one month. If it throws, none of them count as written. */
  async write(month: string, rows: readonly LedgerRow[]): Promise<void> {
    const before = await this.fileFor(month);
    const lines = new TextEncoder().encode(rows.map((row) => `${formatLedgerLine(row)}\n`).join(''));
    const bytes = concatBytes([before?.bytes ?? new Uint8Array(0), lines]);
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

  /** Undefined if a new file must be started, for example because the user has deleted the current one. */
  private async fileFor(month: string): Promise<OpenFile | undefined> {
    const { file } = this;
    if (file === undefined || file.month !== month || file.bytes.length > FULL_BYTES) return undefined;
    const isThere = await this.folder.stat(this.nameOf(file)).then(
      (facts) => facts !== undefined,
      () => true,
    );
    return isThere ? file : undefined;
  }

  /** A failed deletion is harmless, since a longer version exists; it is retried with the next rows. */
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
