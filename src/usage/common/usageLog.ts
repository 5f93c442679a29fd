import { throttled } from '../../util/throttler';
import { monthOfFile, monthOfTime, type UsageFiles } from './usageFiles';
import { formatUsageLine, type UsageRow } from './usageRow';

const RETRY_MS = 10_000;

/** Appends a line when a run starts and another when it ends. Lines that can't be written stay in memory. */
export class UsageLog {
  private readonly running = new Map<string, UsageRow>();
  private unwrittenRows: readonly UsageRow[] = [];
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  readonly flush = throttled(() => this.flushNow());

  constructor(
    private readonly files: UsageFiles,
    private readonly onFailure: (failure: unknown) => void,
  ) {}

  /** This window's rows that may not be in a file yet, and its runs in progress. */
  get pending(): readonly UsageRow[] {
    return [...this.running.values(), ...this.unwrittenRows];
  }

  start(row: UsageRow): void {
    this.running.set(row.id, row);
    this.add(row);
  }

  end(row: UsageRow): void {
    this.running.delete(row.id);
    this.add(row);
  }

  /** Deletes the files of all windows, then throws the first error. Runs in progress are recorded when they end. */
  async deleteAll(): Promise<void> {
    await this.flush();
    const names = (await this.files.list()).filter((name) => monthOfFile(name) !== undefined);
    const results = await Promise.allSettled(names.map((name) => this.files.delete(name)));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }

  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.retryTimer);
  }

  private add(row: UsageRow): void {
    this.unwrittenRows = [...this.unwrittenRows, row];
    void this.flush();
  }

  private async flushNow(): Promise<void> {
    clearTimeout(this.retryTimer);
    try {
      for (const month of new Set(this.unwrittenRows.map(({ time }) => monthOfTime(time)))) await this.write(month);
    } catch (failure) {
      this.retryTimer = setTimeout(() => void this.flush(), RETRY_MS);
      this.onFailure(failure);
    }
  }

  private async write(month: string): Promise<void> {
    const rows = this.unwrittenRows.filter(({ time }) => monthOfTime(time) === month);
    // The first line break ends a line that another process could not write completely.
    await this.files.append(month, `\n${rows.map(formatUsageLine).join('\n')}\n`);
    this.unwrittenRows = this.unwrittenRows.filter((row) => !rows.includes(row));
  }
}
