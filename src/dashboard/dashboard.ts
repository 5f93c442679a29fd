import { type Disposable, type ExtensionContext, env, l10n, type WebviewPanel, window } from 'vscode';
import type { Notifier } from '../notifications/notifier';
import type { CommandTable } from '../platform/commands';
import type { Log } from '../platform/log';
import type { ExportFormat } from '../usage/common/usageExport';
import { ALL_TIME } from '../usage/common/usageReport';
import type { UsageRecorder } from '../usage/usageRecorder';
import { clampPage, createDashboardView, RUNS_PER_PAGE } from './common/dashboardView';
import { type DashboardRequest, parseDashboardRequest } from './common/messages';
import type { DashboardStrings } from './common/strings';
import { DashboardPanel } from './dashboardPanel';
import { createDashboardStrings } from './dashboardStrings';
import { saveUsageExport } from './saveUsageExport';
import { UsageReader } from './usageReader';

/** Partial totals are redrawn this often while files are being read. */
const REDRAW_INTERVAL_MS = 1000;
/** Mostly everything is read by then, so that the dashboard appears complete. */
const FIRST_DRAW_DELAY_MS = 250;

/** Files may be deleted while they are read; give up after this many attempts. */
const MAX_READS = 3;

export interface DashboardServices {
  readonly context: ExtensionContext;
  readonly recorder: Pick<UsageRecorder, 'summarize' | 'folder' | 'onDidRecordRun' | 'deleteAll'>;
  readonly notifier: Notifier;
  readonly log: Log;
}

/** The command Show Usage: a panel with usage, cost and latency, updated as runs complete. */
export class UsageDashboard implements Disposable {
  private session: DashboardSession | undefined;

  constructor(private readonly services: DashboardServices) {}

  commands(): CommandTable<'quillet.showUsage'> {
    return { 'quillet.showUsage': () => this.open() };
  }

  dispose(): void {
    this.session?.dispose();
  }

  restore(panel: WebviewPanel): void {
    if (this.session !== undefined) panel.dispose();
    else this.show(panel);
  }

  private open(): void {
    if (this.session !== undefined) this.session.reveal();
    else this.show();
  }

  private show(restored?: WebviewPanel): void {
    const onClosed = () => {
      this.session = undefined;
    };
    this.session = new DashboardSession(this.services, onClosed, restored);
  }
}

class DashboardSession implements Disposable {
  private readonly panel: DashboardPanel;
  private readonly reader: UsageReader;
  private readonly strings: DashboardStrings = createDashboardStrings();
  private requested = { period: ALL_TIME, page: 0 };
  /** Whether files must be read before drawing: initially, when the panel is shown again, and after a failure. */
  private isStale = true;
  private isUpdatePending = false;
  /** Messages posted before the page has loaded are lost, so wait until it asks. */
  private isPageReady = false;
  private isClosed = false;
  private updating: Promise<void> | undefined;
  private lastDraw = 0;

  constructor(
    private readonly services: DashboardServices,
    onClosed: () => void,
    restored?: WebviewPanel,
  ) {
    this.reader = new UsageReader(services.recorder, () => {
      // Do not repeat the error for each run that completes.
      if (!this.isStale) this.update();
    });
    const listeners = {
      onMessage: (message: unknown) => this.handleMessage(message),
      onShown: () => {
        this.isStale = true;
        this.update();
      },
      onClosed: () => {
        this.isClosed = true;
        this.reader.dispose();
        onClosed();
      },
    };
    this.panel = new DashboardPanel(services.context, listeners, restored);
    // Start reading while the page loads.
    this.update();
  }

  reveal(): void {
    this.panel.reveal();
    // Retry after a failure.
    if (this.isStale) this.update();
  }

  dispose(): void {
    this.panel.dispose();
  }

  /** Rejects anything the page would not send itself. */
  private handleMessage(message: unknown): void {
    const request = parseDashboardRequest(message);
    if (request === undefined) this.services.log.warn('dashboard', { class: 'message.refused' });
    else void this.handleRequest(request).catch((failure: unknown) => this.services.notifier.showError(failure));
  }

  private async handleRequest(request: DashboardRequest): Promise<void> {
    switch (request.kind) {
      case 'show':
        this.isPageReady = true;
        this.requested = { period: request.period, page: request.page };
        this.update();
        return;
      case 'export':
        return this.exportRuns(request.format);
      case 'deleteAll':
        return this.deleteAll();
    }
  }

  /** Draws the current request; calls during a draw are coalesced into the next one. */
  private update(): void {
    this.isUpdatePending = true;
    this.updating ??= this.drawPending()
      .catch((failure: unknown) => this.reportFailure(failure))
      .finally(() => {
        this.updating = undefined;
      });
  }

  private reportFailure(failure: unknown): void {
    this.isStale = true;
    if (this.isPageReady && !this.isClosed) this.services.notifier.showError(failure);
  }

  private async drawPending(): Promise<void> {
    let reads = 0;
    // Accessing a disposed panel throws.
    while (this.isUpdatePending && !this.isClosed && this.panel.isVisible) {
      this.isUpdatePending = false;
      if (this.isStale) {
        this.isStale = false;
        reads += 1;
        this.lastDraw = performance.now() - REDRAW_INTERVAL_MS + FIRST_DRAW_DELAY_MS;
        await this.reader.read((progress) => this.drawProgress(progress));
      }
      // Another window has deleted files: read again, but not forever.
      if (!(await this.draw(1)) && reads < MAX_READS) this.isStale = this.isUpdatePending = true;
    }
  }

  private async drawProgress(progress: number): Promise<void> {
    if (this.isPageReady && performance.now() - this.lastDraw > REDRAW_INTERVAL_MS) await this.draw(progress);
  }

  /** Returns false if the listed runs could not be read. */
  private async draw(progress: number): Promise<boolean> {
    const { period } = this.requested;
    const report = this.reader.createReport(period);
    if (report === undefined || this.isClosed || !this.isPageReady) return true;
    const page = clampPage(report, this.requested.page);
    const rows = await this.reader.readNewest(report, page * RUNS_PER_PAGE, RUNS_PER_PAGE);
    if (this.isClosed) return true;
    const { skipped, unreadFiles } = this.reader.gaps;
    const language = toNumberLocale(env.language);
    const content = { report, page, rows: rows ?? [], skipped, unreadFiles };
    this.panel.show(createDashboardView({ ...content, strings: this.strings, language, now: new Date(), progress }));
    this.lastDraw = performance.now();
    return rows !== undefined;
  }

  private async exportRuns(format: ExportFormat): Promise<void> {
    await this.updating;
    const runs = this.reader.listAll(this.requested.period);
    if (runs !== undefined) await saveUsageExport(runs, format);
  }

  private async deleteAll(): Promise<void> {
    const deleteAll = l10n.t('Delete All');
    const choice = await window.showWarningMessage(
      l10n.t('Delete all usage data?'),
      { modal: true, detail: l10n.t("You can't undo this. Budgets will start from zero.") },
      deleteAll,
    );
    if (choice !== deleteAll) return;
    await this.services.recorder.deleteAll();
    this.isStale = true;
    this.update();
  }
}

function toNumberLocale(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? 'en';
  } catch {
    return 'en';
  }
}
