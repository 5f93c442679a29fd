import {
  type Disposable,
  type Event,
  l10n,
  type MarkdownString,
  StatusBarAlignment,
  type StatusBarItem,
  ThemeColor,
  window,
} from 'vscode';
import { formatModelRef } from '../core/chat';
import type { RunRecord } from '../core/runRecord';
import { addUsage } from '../core/tokenUsage';
import type { Notifier } from '../notifications/notifier';
import { DisposableStore } from '../platform/disposableStore';
import type { Configuration } from '../settings/configuration';
import { formatUsd } from '../text/formatUsd';
import type { RunCost } from '../usage/common/cost';
import type { RecordedRun } from '../usage/usageRecorder';
import { costLines } from '../usage/usageText';
import { createUsageTooltip, isUnreported, type RecentTotals } from '../usage/usageTooltip';
import type { ActiveRun, ActiveRuns } from './activeRuns';
import { phaseText, tokenDetails, tokenText, warningText } from './runText';

const REDRAW_MS = 200;
const CLOCK_MS = 500;

export interface StatusBarServices {
  readonly runs: ActiveRuns;
  readonly settings: Configuration;
  readonly notifier: Notifier;
  readonly onDidRecord: (listener: (record: RunRecord) => void) => Disposable;
  readonly onDidRecordUsage: Event<RecordedRun>;
  readonly loadRecentUsage: () => Promise<RecentTotals>;
}

interface CompletedGroup {
  readonly records: readonly RunRecord[];
  /** By record id. Missing while the cost is being looked up, undefined if it is unknown. */
  readonly costs: ReadonlyMap<number, RunCost | undefined>;
  readonly recentUsage: RecentTotals | undefined;
}

/** Shows the selected model, the progress of a run or the usage of the last one. A click opens a menu. */
export function registerStatusBar(services: StatusBarServices): Disposable {
  const store = new DisposableStore();
  const item = store.add(window.createStatusBarItem('quillet.status', StatusBarAlignment.Right, 100));
  Object.assign(item, { name: l10n.t('Quillet'), command: 'quillet.showMenu' });
  let lastRecords: readonly RunRecord[] = [];
  let isLastGroupComplete = true;
  const costs = new Map<number, RunCost | undefined>();
  const dismissedGroups = new Set<number>();
  let recentUsage: RecentTotals | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const render = (): void => {
    timer = undefined;
    const run = selectShownRun(services.runs.all);
    if (run !== undefined) renderRunning(item, run, services.runs);
    else if (lastRecords.length > 0) renderCompleted(item, { records: lastRecords, costs, recentUsage }, services);
    else renderIdle(item, services.settings);
    if (run?.phase.kind === 'retrying' || run?.phase.kind === 'thinking') timer = setTimeout(render, CLOCK_MS);
  };
  let isDisposed = false;
  const scheduleRender = (): void => {
    if (isDisposed) return;
    timer ??= setTimeout(render, REDRAW_MS);
  };
  const renderNow = (): void => {
    clearTimeout(timer);
    render();
  };

  let runCount = 0;
  store.add(
    services.runs.onDidChange(() => {
      // Show starts and ends immediately, and throttle progress.
      const hasCountChanged = services.runs.all.length !== runCount;
      runCount = services.runs.all.length;
      if (hasCountChanged) renderNow();
      else scheduleRender();
    }),
  );
  store.add(
    services.onDidRecord((record) => {
      const isNew = isLastGroupComplete || lastRecords[0]?.groupId !== record.groupId;
      if (isNew) costs.clear();
      lastRecords = isNew ? [record] : [...lastRecords, record];
      if (dismissedGroups.has(record.groupId)) lastRecords = withoutFailures(lastRecords);
      isLastGroupComplete = services.runs.getProgress({ id: record.groupId }) === undefined;
      renderNow();
    }),
  );
  store.add(
    services.runs.onDidDismiss((groupId) => {
      dismissedGroups.add(groupId);
      if (lastRecords[0]?.groupId !== groupId) return;
      lastRecords = withoutFailures(lastRecords);
      renderNow();
    }),
  );
  store.add(
    services.onDidRecordUsage(async ({ runId, cost }) => {
      costs.set(runId, cost);
      scheduleRender();
      recentUsage = await services.loadRecentUsage();
      scheduleRender();
    }),
  );
  store.add(
    services.settings.onDidChange(() => {
      lastRecords = [];
      renderNow();
    }),
  );
  const dispose = (): void => {
    isDisposed = true;
    clearTimeout(timer);
  };
  store.add({ dispose });
  render();
  item.show();
  return store;
}

function withoutFailures(records: readonly RunRecord[]): readonly RunRecord[] {
  return records.filter(({ error }) => error === undefined);
}

function renderIdle(item: StatusBarItem, settings: Configuration): void {
  const { model } = settings.read();
  const name = model === undefined ? l10n.t('Quillet') : model.model;
  applyContent(item, {
    icon: 'edit-sparkle',
    text: name,
    tooltip: model === undefined ? l10n.t('Select Model') : formatModelRef(model),
    ariaLabel: model === undefined ? l10n.t('Quillet: no model selected') : l10n.t('Quillet: model {0}', model.model),
  });
}

// Within the newest group, prefer a run that is not queued.
function selectShownRun(runs: readonly ActiveRun[]): ActiveRun | undefined {
  const newest = runs.at(-1);
  const group = runs.filter((run) => run.group.id === newest?.group.id);
  return group.findLast(({ phase }) => phase.kind !== 'queued') ?? newest;
}

function renderRunning(item: StatusBarItem, run: ActiveRun, runs: ActiveRuns): void {
  const groups = new Set(runs.all.map(({ group }) => group.id)).size;
  const groupSuffix = groups > 1 ? ` (${groups})` : '';
  const phase = phaseText(run.phase, performance.now() - run.phaseStart);
  const { started = 1, completed = 0 } = runs.getProgress(run.group) ?? {};
  const progress = l10n.t('{0} of {1} done', String(completed), String(started));
  const isSingle = started === 1;
  applyContent(item, {
    icon: 'loading~spin',
    text: isSingle ? `${phase}${groupSuffix}` : `${progress} · ${phase}${groupSuffix}`,
    tooltip: isSingle
      ? l10n.t('{0} with {1}', run.title, run.modelName)
      : l10n.t('{0} with {1}, {2}', run.title, run.modelName, progress),
    ariaLabel: isSingle
      ? l10n.t('Quillet: {0}, {1}', run.title, phase)
      : l10n.t('Quillet: {0}, {1}, {2}', run.title, progress, phase),
  });
}

function renderCompleted(
  item: StatusBarItem,
  completedGroup: CompletedGroup,
  { notifier, settings }: StatusBarServices,
): void {
  const { records, recentUsage } = completedGroup;
  const [record, ...rest] = records.toReversed();
  if (record === undefined) return;
  const usage = records.map((entry) => entry.usage).reduce(addUsage);
  const failures = records.flatMap(({ error }) => (error === undefined || error.kind === 'cancelled' ? [] : [error]));
  const warnings = records.flatMap((entry) => entry.warnings);
  const isFailure = failures.length > 0;
  const isStopped = records.some(({ outcome }) => outcome === 'cancelled');
  const failed = rest.length === 0 ? l10n.t('failed') : l10n.t('{0} of {1} failed', ...countStrings(failures, records));
  const cost = getTotalCost(completedGroup);
  const summary =
    cost === undefined ? tokenText(usage) : `${tokenText(usage)} · ${formatUsd(cost.usd, cost.isEstimate)}`;
  const text = isFailure ? failed : isStopped ? l10n.t('stopped') : summary;
  const seconds = (Math.max(...records.map((entry) => entry.totalMs)) / 1000).toFixed(1);
  const attempts = records.reduce((sum, entry) => sum + entry.attempts, 0);
  const model = formatModelRef(record.modelRef);
  const lines = [
    ...(usage === undefined && (isFailure || isStopped || isUnreported(recentUsage, model))
      ? []
      : [tokenDetails(usage)]),
    ...(cost === undefined ? [] : costLines(cost)),
    attempts === 1 ? l10n.t('{0} s', seconds) : l10n.t('{0} s, {1} attempts', seconds, String(attempts)),
  ];
  const messages = [
    ...failures.map((error) => notifier.formatError(error)),
    ...warnings.map((warning) => warningText(warning)),
  ];
  applyContent(item, {
    icon: isFailure || warnings.length > 0 ? 'warning' : 'edit-sparkle',
    text: `${record.modelRef.model} · ${text}`,
    // Messages may quote a server, so show them as plain text without links.
    tooltip:
      messages.length > 0
        ? [...new Set([model, ...lines, ...messages])].join('\n')
        : createUsageTooltip({ model, lines }, recentUsage, {
            budget: settings.read().budget,
            links: [
              [l10n.t('Show Usage'), 'quillet.showUsage'],
              [l10n.t('Select Model'), 'quillet.selectModel'],
            ],
          }),
    ariaLabel: l10n.t('Quillet: {0}, {1}', record.modelRef.model, text),
    isFailure,
  });
}

// Undefined unless the cost of every run is known.
function getTotalCost({ records, costs }: CompletedGroup): RunCost | undefined {
  const knownCosts = records.flatMap(({ id }) => costs.get(id) ?? []);
  const [first] = knownCosts;
  if (first === undefined || knownCosts.length < records.length) return undefined;
  if (knownCosts.length === 1) return first;
  const usd = knownCosts.reduce((sum, cost) => sum + cost.usd, 0);
  const isEstimate = knownCosts.some((cost) => cost.isEstimate);
  const source = knownCosts.every((cost) => cost.source === first.source) ? first.source : 'prices';
  return { usd, source, isEstimate };
}

function countStrings(subset: readonly unknown[], all: readonly unknown[]): [string, string] {
  return [String(subset.length), String(all.length)];
}

interface StatusBarContent {
  readonly icon: string;
  readonly text: string;
  readonly tooltip: string | MarkdownString;
  readonly ariaLabel: string;
  readonly isFailure?: boolean;
}

function applyContent(item: StatusBarItem, content: StatusBarContent): void {
  item.text = `$(${content.icon}) ${content.text}`;
  item.tooltip = content.tooltip;
  item.accessibilityInformation = { label: content.ariaLabel, role: 'button' };
  item.backgroundColor = content.isFailure === true ? new ThemeColor('statusBarItem.warningBackground') : undefined;
}
