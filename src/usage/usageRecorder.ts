import { type Disposable, EventEmitter, type ExtensionContext, env, workspace } from 'vscode';
import type { RunPlan } from '../core/run';
import type { RunRecord } from '../core/runRecord';
import { Ledger } from '../ledger/common/ledger';
import { deleteLedger, type LedgerFolder } from '../ledger/common/ledgerFiles';
import type { LedgerEstimate, LedgerRow } from '../ledger/common/ledgerRow';
import type { LedgerTable } from '../ledger/common/ledgerTable';
import { ledgerFolder } from '../ledger/ledgerFolder';
import type { Log } from '../platform/log';
import type { Redactor } from '../sanitize/redactor';
import type { SettingsReader } from '../settings/configuration';
import { asyncLazy } from '../util/lazy';
import { TimeSlicer } from '../util/timeSlicer';
import type { TimeRange } from './common/aggregate';
import type { RunCost } from './common/cost';
import type { LedgerSurvey } from './common/ledgerSummary';
import { endedRow, lostRow, type RunFacts } from './common/runRow';

/** What other windows left behind is looked for once the first request is on its way. */
const RECOVER_MS = 2000;
/** And what is not summed up yet, a little later, and again after so many runs. Nobody waits for it, so it takes its time. */
const DIGEST_MS = 5000;
const DIGEST_RUNS = 1000;
const DIGEST_SLICE_MS = 8;
const DIGEST_PAUSE_MS = 20;

export interface UsageBookParts {
  readonly context: Pick<ExtensionContext, 'globalStorageUri'>;
  readonly settings: SettingsReader;
  readonly redactor: Redactor;
  readonly log: Log;
  /** Tells the user that rows cannot be written; called once. */
  readonly onTrouble: () => void;
}

/** A run that is in the ledger now. */
export interface EnteredRun {
  /** Of its record. */
  readonly runId: number;
  /** Undefined where nobody knows it. */
  readonly cost: RunCost | undefined;
  readonly row: LedgerRow;
}

/** A run that the book was told of, from its beginning to its end. */
export type OpenEntry = Pick<RunFacts, 'id' | 'time'>;

/** Enters every run into the ledger and reads it. Nothing is read or written before the first run ends or takes long. */
export class UsageBook implements Disposable {
  /** Of the ledger. */
  readonly folder: LedgerFolder;
  private readonly ledger: Ledger;
  private readonly recent = asyncLazy(async () => {
    const { RecentUsage } = await import('./common/recentUsage');
    return new RecentUsage(this.folder, () => this.ledger.unwritten);
  });
  private readonly window = windowId();
  private lastNumber = -1;
  private hasTrouble = false;
  /** Rows whose cost is being looked up. */
  private readonly entering = new Set<Promise<void>>();
  private recovered: Promise<void> | undefined;
  private recoverTimer: ReturnType<typeof setTimeout> | undefined;
  private digestTimer: ReturnType<typeof setTimeout> | undefined;
  private sentRuns = 0;
  private isEnded = false;
  private readonly entered = new EventEmitter<EnteredRun>();
  /** Fires once for each run that ended, when its cost is known or is known to be unknown. */
  readonly onDidEnter = this.entered.event;

  constructor(private readonly parts: UsageBookParts) {
    this.folder = ledgerFolder(parts.context.globalStorageUri);
    this.ledger = new Ledger({
      folder: this.folder,
      window: this.window,
      session: sessionId(),
      onFailure: (failure) => this.tellOfTrouble(failure),
    });
  }

  /** A run that is about to be planned, queued or sent; it costs no more than a number. */
  open(): OpenEntry {
    this.lastNumber += 1;
    return { id: `${this.window}-${this.lastNumber.toString(36)}`, time: new Date() };
  }

  /** The request is on its way: if nothing more is heard of it, it was lost. @param held what budgets hold back for it. */
  sent(entry: OpenEntry, plan: RunPlan, charactersIn: number, held: LedgerEstimate | undefined): void {
    this.ledger.begin(lostRow(this.factsOf(entry, plan), charactersIn, held));
    this.recoverTimer ??= setTimeout(() => void this.recover(), RECOVER_MS);
    if (this.sentRuns % DIGEST_RUNS === 0) this.digestTimer ??= setTimeout(() => void this.keepDigests(), DIGEST_MS);
    this.sentRuns += 1;
  }

  /** The run ended. Nobody waits for the row: its price may have to be loaded first. */
  enter(entry: OpenEntry, plan: RunPlan, record: RunRecord): void {
    const work = this.enterNow(entry, plan, record)
      .catch((failure: unknown) => this.parts.log.error('ledger', failure))
      .finally(() => this.entering.delete(work));
    this.entering.add(work);
  }

  /** Tables that hold all runs of a range within this month and the days beside it, of all windows. Cheap to call again. */
  async readRecent(range: TimeRange): Promise<readonly LedgerTable[]> {
    const recent = await this.recent();
    await Promise.all(this.entering);
    return recent.read(range);
  }

  /** Runs of this window that are in no file yet, with those under way as what is held back for them. */
  get pending(): readonly LedgerRow[] {
    return this.ledger.pending;
  }

  /** The same for runs under way in other windows; none where the folder cannot be read. */
  async openElsewhere(): Promise<readonly LedgerRow[]> {
    return this.ledger.readOpenElsewhere().catch(() => []);
  }

  /**
   * Sums everything up for whoever shows it meanwhile, the newest months first. Says after each part how much is done, from
   * 0 to 1; the survey is right when that is over. @throws what the file system throws.
   */
  async *survey(survey: LedgerSurvey): AsyncGenerator<number> {
    const { surveyLedger } = await import('./common/ledgerSummarizer');
    await this.recover();
    await this.settle();
    // Taken first, as what is written while the files are read may be among them.
    const { unwritten } = this.ledger;
    yield* surveyLedger(this.folder, survey);
    for (const row of unwritten) survey.enter(row);
  }

  /** Deletes what was entered, by all windows. @throws what the file system throws. */
  async deleteAll(): Promise<void> {
    await this.settle();
    await this.ledger.deleteAbandoned();
    await deleteLedger(this.folder);
  }

  /** Writes what waits; to be awaited before the extension ends. */
  async close(): Promise<void> {
    this.end();
    await Promise.all(this.entering);
    await this.ledger.close();
  }

  dispose(): void {
    this.end();
    this.entered.dispose();
  }

  private end(): void {
    this.isEnded = true;
    clearTimeout(this.recoverTimer);
    clearTimeout(this.digestTimer);
  }

  /** What fails here is done by whoever looks at the usage. */
  private async keepDigests(): Promise<void> {
    this.digestTimer = undefined;
    const slices = new TimeSlicer(DIGEST_SLICE_MS, DIGEST_PAUSE_MS);
    try {
      const { keepDigests } = await import('./common/ledgerSummarizer');
      for await (const _ of keepDigests(this.folder)) {
        if (this.isEnded) return;
        await slices.yieldIfDue();
      }
    } catch (failure) {
      this.parts.log.error('ledger', failure);
    }
  }

  private async settle(): Promise<void> {
    await Promise.all(this.entering);
    await this.ledger.flush();
  }

  private recover(): Promise<void> {
    this.recovered ??= this.ledger.recover();
    return this.recovered;
  }

  private async enterNow(entry: OpenEntry, plan: RunPlan, record: RunRecord): Promise<void> {
    const { prices } = this.parts.settings.read();
    const { row, cost } = await endedRow(this.factsOf(entry, plan), record, prices);
    this.ledger.end(row);
    this.entered.fire({ runId: record.id, cost, row });
  }

  private factsOf(entry: OpenEntry, plan: RunPlan): RunFacts {
    const { redactor } = this.parts;
    return { ...entry, plan, workspace: workspace.name, clean: (text) => redactor.redact(text) };
  }

  private tellOfTrouble(failure: unknown): void {
    this.parts.log.error('ledger', failure);
    if (this.hasTrouble) return;
    this.hasTrouble = true;
    this.parts.onTrouble();
  }
}

/** Builds of VS Code without telemetry give every window the same placeholder, which says nothing. */
function sessionId(): string | undefined {
  return env.sessionId.startsWith('someValue') ? undefined : env.sessionId;
}

function windowId(): string {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return high.toString(36).padStart(7, '0') + low.toString(36).padStart(7, '0');
}
