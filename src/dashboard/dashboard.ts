import { type Disposable, type ExtensionContext, env, l10n, type WebviewPanel, window } from 'vscode';
import type { Notifier } from '../notifications/notifier';
import type { CommandTable } from '../platform/commands';
import type { Log } from '../platform/log';
import type { ExportFormat } from '../usage/common/usageExport';
import { ALL_TIME } from '../usage/common/usageReport';
import type { UsageRecorder } from '../usage/usageRecorder';
import { dashboardView, PAGE_RUNS, pageThere } from './common/dashboardView';
import { type DashboardRequest, parseDashboardRequest } from './common/messages';
import type { DashboardTexts } from './common/strings';
import { UsageReader } from './dashboardData';
import { UsagePanel } from './dashboardPanel';
import { dashboardTexts } from './dashboardStrings';
import { saveUsage } from './saveUsageExport';

/** While the ledger is being read, what is read of it is drawn this often. */
const REDRAW_MS = 1000;
/** The first time a little sooner; what is read by then, as it mostly is, shows at once as a whole. */
const FIRST_DRAW_MS = 250;

/** How often files may go while they are looked at before what could be read of them is shown. */
const MOST_READINGS = 3;

export interface DashboardParts {
  readonly context: ExtensionContext;
  readonly book: Pick<UsageRecorder, 'summarize' | 'folder' | 'onDidRecordRun' | 'deleteAll'>;
  readonly notifier: Notifier;
  readonly log: Log;
}

/** Show Usage: what was used, cost and took, in a panel that follows the runs as they end. */
export class UsageDashboard implements Disposable {
  private opened: OpenDashboard | undefined;

  constructor(private readonly parts: DashboardParts) {}

  commands(): CommandTable<'quillet.showUsage'> {
    return { 'quillet.showUsage': () => this.open() };
  }

  dispose(): void {
    this.opened?.dispose();
  }

  /** Takes over a panel that VS Code brings back after the window was loaded anew. */
  restore(panel: WebviewPanel): void {
    if (this.opened !== undefined) panel.dispose();
    else this.show(panel);
  }

  private open(): void {
    if (this.opened !== undefined) this.opened.reveal();
    else this.show();
  }

  private show(restored?: WebviewPanel): void {
    const onClosed = () => {
      this.opened = undefined;
    };
    this.opened = new OpenDashboard(this.parts, onClosed, restored);
  }
}

/** From the moment the panel is opened until it is closed. */
class OpenDashboard implements Disposable {
  private readonly panel: UsagePanel;
  private readonly reader: UsageReader;
  private readonly texts: DashboardTexts = dashboardTexts();
  private wanted = { period: ALL_TIME, page: 0 };
  /** Whether the files have to be read before anything is drawn: at first, when the panel comes back, and after a failure. */
  private isStale = true;
  private isDue = false;
  /** Whether the page is there and has asked: what is sent to it before is lost. */
  private isPageReady = false;
  private isClosed = false;
  private work: Promise<void> | undefined;
  private lastDraw = 0;

  constructor(
    private readonly parts: DashboardParts,
    onClosed: () => void,
    restored?: WebviewPanel,
  ) {
    this.reader = new UsageReader(parts.book, () => {
      // Where the files could not be read, a run that ended is no reason to say so again.
      if (!this.isStale) this.update();
    });
    const listeners = {
      onMessage: (message: unknown) => this.receive(message),
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
    this.panel = new UsagePanel(parts.context, listeners, restored);
    // While the page is being made.
    this.update();
  }

  reveal(): void {
    this.panel.reveal();
    // What could not be read is tried again.
    if (this.isStale) this.update();
  }

  dispose(): void {
    this.panel.dispose();
  }

  /** Takes nothing from the page that it cannot have sent itself (R33). */
  private receive(message: unknown): void {
    const request = parseDashboardRequest(message);
    if (request === undefined) this.parts.log.warn('dashboard', { class: 'message.refused' });
    else void this.answer(request).catch((failure: unknown) => this.parts.notifier.showError(failure));
  }

  private async answer(request: DashboardRequest): Promise<void> {
    switch (request.kind) {
      case 'show':
        this.isPageReady = true;
        this.wanted = { period: request.period, page: request.page };
        this.update();
        return;
      case 'export':
        return this.exportAs(request.format);
      case 'deleteAll':
        return this.deleteAll();
    }
  }

  /** Draws what is wanted now. What is asked for meanwhile is drawn next. */
  private update(): void {
    this.isDue = true;
    this.work ??= this.drawWanted()
      .catch((failure: unknown) => this.fail(failure))
      .finally(() => {
        this.work = undefined;
      });
  }

  /** All is read again when somebody asks: at the latest the page, when it is there, and then it is told as well. */
  private fail(failure: unknown): void {
    this.isStale = true;
    if (this.isPageReady && !this.isClosed) this.parts.notifier.showError(failure);
  }

  private async drawWanted(): Promise<void> {
    let readings = 0;
    // A panel that is closed says nothing of itself any more: asking it would throw.
    while (this.isDue && !this.isClosed && this.panel.isVisible) {
      this.isDue = false;
      if (this.isStale) {
        this.isStale = false;
        readings += 1;
        this.lastDraw = performance.now() - REDRAW_MS + FIRST_DRAW_MS;
        await this.reader.read((share) => this.drawPart(share));
      }
      // Another window has deleted files meanwhile: what is there now is shown, without end if that goes on and on.
      if (!(await this.draw(1)) && readings < MOST_READINGS) this.isStale = this.isDue = true;
    }
  }

  private async drawPart(share: number): Promise<void> {
    if (this.isPageReady && performance.now() - this.lastDraw > REDRAW_MS) await this.draw(share);
  }

  /** Returns whether the runs of the page could be had. A page that is not there yet asks when it is. */
  private async draw(share: number): Promise<boolean> {
    const { period } = this.wanted;
    const report = this.reader.report(period);
    if (report === undefined || this.isClosed || !this.isPageReady) return true;
    const page = pageThere(report, this.wanted.page);
    const rows = await this.reader.newest(report, page * PAGE_RUNS, PAGE_RUNS);
    if (this.isClosed) return true;
    const { skipped, unreadFiles } = this.reader.gaps;
    const language = numberLanguage(env.language);
    const numbers = { report, page, rows: rows ?? [], skipped, unreadFiles };
    this.panel.show(dashboardView({ ...numbers, texts: this.texts, language, now: new Date(), share }));
    this.lastDraw = performance.now();
    return rows !== undefined;
  }

  private async exportAs(format: ExportFormat): Promise<void> {
    await this.work;
    const runs = this.reader.all(this.wanted.period);
    if (runs !== undefined) await saveUsage(runs, format);
  }

  private async deleteAll(): Promise<void> {
    const button = l10n.t('Delete All');
    const choice = await window.showWarningMessage(
      l10n.t('Delete the record of all runs?'),
      { modal: true, detail: l10n.t('That cannot be undone. Budgets begin to count anew.') },
      button,
    );
    if (choice !== button) return;
    await this.parts.book.deleteAll();
    this.isStale = true;
    this.update();
  }
}

/** The language of VS Code where numbers can be written in it. */
function numberLanguage(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? 'en';
  } catch {
    return 'en';
  }
}
