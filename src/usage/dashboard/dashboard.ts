import { type Disposable, type ExtensionContext, env, l10n, type WebviewPanel, window } from 'vscode';
import type { Notifier } from '../../notifications/notifier';
import type { CommandTable } from '../../platform/commands';
import type { Log } from '../../platform/log';
import { throttled } from '../../util/throttler';
import { DEFAULT_PERIOD, startOfPeriod, type UsagePeriod } from '../common/period';
import type { UsageContent } from '../common/usageReader';
import { createReport, type UsageReport } from '../common/usageReport';
import type { UsageRecorder } from '../usageRecorder';
import { createDashboardView } from './common/dashboardView';
import { type DashboardRequest, parseDashboardRequest } from './common/messages';
import { NumberFormatter } from './common/numberFormatter';
import { openDashboardPanel } from './dashboardPanel';
import { saveUsageExport } from './saveUsageExport';

export interface DashboardServices {
  readonly context: ExtensionContext;
  readonly recorder: Pick<UsageRecorder, 'createReader' | 'onDidRecordRun' | 'deleteAll'>;
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

interface ShownUsage {
  readonly period: UsagePeriod;
  readonly content: UsageContent;
  readonly report: UsageReport;
}

class DashboardSession implements Disposable {
  private readonly panel: WebviewPanel;
  private readonly readUsage;
  private requested: { readonly period: UsagePeriod; readonly page: number } = { period: DEFAULT_PERIOD, page: 0 };
  private shown: ShownUsage | undefined;
  private isStale = true;
  private hasFailed = false;
  /** Messages posted before the page has loaded are lost, so wait until it asks. */
  private isPageReady = false;
  private isClosed = false;
  private readonly draw = throttled(() => this.drawNow().catch((failure: unknown) => this.reportFailure(failure)));

  constructor(
    private readonly services: DashboardServices,
    onClosed: () => void,
    restored?: WebviewPanel,
  ) {
    this.readUsage = services.recorder.createReader();
    this.panel = openDashboardPanel(services.context, restored);
    this.panel.webview.onDidReceiveMessage((message: unknown) => this.handleMessage(message));
    let wasVisible = true;
    this.panel.onDidChangeViewState(({ webviewPanel: { visible } }) => {
      // The page is loaded again and will ask for data.
      if (visible && !wasVisible) this.refresh();
      wasVisible = visible;
    });
    const subscription = services.recorder.onDidRecordRun(() => {
      // Do not repeat the error for each run that completes.
      if (!this.hasFailed) this.refresh();
    });
    this.panel.onDidDispose(() => {
      this.isClosed = true;
      subscription.dispose();
      onClosed();
    });
    this.refresh();
  }

  reveal(): void {
    this.panel.reveal();
    if (this.hasFailed) this.refresh();
  }

  dispose(): void {
    this.panel.dispose();
  }

  private refresh(): void {
    this.isStale = true;
    void this.draw();
  }

  private handleMessage(message: unknown): void {
    const request = parseDashboardRequest(message);
    if (request === undefined) this.services.log.warn('dashboard', { kind: 'message.refused' });
    else void this.handleRequest(request).catch((failure: unknown) => this.services.notifier.showError(failure));
  }

  private async handleRequest(request: DashboardRequest): Promise<void> {
    switch (request.kind) {
      case 'show':
        this.isPageReady = true;
        this.requested = { period: request.period, page: request.page };
        return this.draw();
      case 'export':
        if (this.shown === undefined) return;
        return saveUsageExport(this.shown.content.rows.toReversed(), this.shown.period, request.format);
      case 'deleteAll':
        return this.deleteAll();
    }
  }

  private async drawNow(): Promise<void> {
    // Accessing a disposed panel throws.
    if (this.isClosed || !this.panel.visible) return;
    const { period, page } = this.requested;
    const now = new Date();
    if (this.isStale || this.shown?.period !== period) {
      this.isStale = false;
      const content = await this.readUsage(startOfPeriod(period, now));
      this.shown = { period, content, report: await createReport(content.rows) };
      this.hasFailed = false;
    }
    if (this.isClosed || !this.isPageReady) return;
    const { language } = env;
    const formatter = new NumberFormatter(language, l10n);
    const view = createDashboardView({ ...this.shown, page, l10n, language, formatter, now });
    void this.panel.webview.postMessage({ view });
  }

  private reportFailure(failure: unknown): void {
    this.isStale = this.hasFailed = true;
    if (this.isPageReady && !this.isClosed) this.services.notifier.showError(failure);
  }

  private async deleteAll(): Promise<void> {
    const deleteAll = l10n.t('Delete All');
    const choice = await window.showWarningMessage(
      l10n.t('Delete all usage data?'),
      { modal: true, detail: l10n.t("This can't be undone. Budgets will start over from zero.") },
      deleteAll,
    );
    if (choice !== deleteAll) return;
    await this.services.recorder.deleteAll();
    this.refresh();
  }
}
