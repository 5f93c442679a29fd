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
import { createUsageTooltip, type RecentTotals } from '../usage/usageTooltip';
import type { ActiveRun, ActiveRuns } from './activeRuns';
import { phaseText, tokenDetails, tokenText, warningText } from './runText';

/** Text arrives far more often than anybody can read a number. */
const REDRAW_MS = 200;
const COUNTDOWN_MS = 500;

export interface StatusBarParts {
  readonly runs: ActiveRuns;
  readonly settings: Configuration;
  readonly notifier: Notifier;
  readonly onDidRecord: (listener: (record: RunRecord) => void) => Disposable;
  readonly onDidEnter: Event<RecordedRun>;
  /** What was used lately, by all windows. */
  readonly recent: () => Promise<RecentTotals>;
}

/** What is shown of the runs that ended last. */
interface Ended {
  readonly records: readonly RunRecord[];
  /** By the ids of the records; without an entry the cost is not looked up yet, with undefined nobody knows it. */
  readonly costs: ReadonlyMap<number, RunCost | undefined>;
  readonly recent: RecentTotals | undefined;
}

/** The one status bar item: the model while idle, a spinner that stops the run, and what the last run used. */
export function registerStatusBar(parts: StatusBarParts): Disposable {
  const store = new DisposableStore();
  const item = store.add(window.createStatusBarItem('quillet.status', StatusBarAlignment.Right, 100));
  item.name = l10n.t('Quillet');
  /** The records of the group that ended last. */
  let last: readonly RunRecord[] = [];
  let isLastOver = true;
  const costs = new Map<number, RunCost | undefined>();
  let recent: RecentTotals | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const draw = (): void => {
    timer = undefined;
    const run = shownRun(parts.runs.all);
    if (run !== undefined) drawRunning(item, run, parts.runs);
    else if (last.length > 0) drawEnded(item, { records: last, costs, recent }, parts);
    else drawIdle(item, parts.settings);
    if (run?.phase.kind === 'retrying') timer = setTimeout(draw, COUNTDOWN_MS);
  };
  let isOver = false;
  const drawSoon = (): void => {
    if (isOver) return;
    timer ??= setTimeout(draw, REDRAW_MS);
  };
  const drawNow = (): void => {
    clearTimeout(timer);
    draw();
  };

  let count = 0;
  store.add(
    parts.runs.onDidChange(() => {
      // Runs that begin or end are shown at once, what happens in between when there is time.
      const isNews = parts.runs.all.length !== count;
      count = parts.runs.all.length;
      if (isNews) drawNow();
      else drawSoon();
    }),
  );
  store.add(
    parts.onDidRecord((record) => {
      const isNew = isLastOver || last[0]?.groupId !== record.groupId;
      if (isNew) costs.clear();
      last = isNew ? [record] : [...last, record];
      isLastOver = parts.runs.progressOf({ id: record.groupId }) === undefined;
      drawNow();
    }),
  );
  store.add(
    parts.onDidEnter(async ({ runId, cost }) => {
      costs.set(runId, cost);
      drawSoon();
      recent = await parts.recent();
      drawSoon();
    }),
  );
  store.add(
    parts.settings.onDidChange(() => {
      last = [];
      drawNow();
    }),
  );
  store.add({
    dispose: () => {
      isOver = true;
      clearTimeout(timer);
    },
  });
  draw();
  item.show();
  return store;
}

function drawIdle(item: StatusBarItem, settings: Configuration): void {
  const { model } = settings.read();
  const name = model === undefined ? l10n.t('Quillet') : model.model;
  const hint = l10n.t('Select the model that Quillet uses');
  set(item, {
    icon: 'edit-sparkle',
    text: name,
    tooltip: model === undefined ? hint : `${formatModelRef(model)}\n${hint}`,
    spoken: model === undefined ? l10n.t('Quillet: no model selected') : l10n.t('Quillet: model {0}', model.model),
    command: 'quillet.selectModel',
  });
}

/** The newest run, or of those that were begun together one that does not only wait. */
function shownRun(runs: readonly ActiveRun[]): ActiveRun | undefined {
  const newest = runs.at(-1);
  const group = runs.filter((run) => run.group.id === newest?.group.id);
  return group.findLast(({ phase }) => phase.kind !== 'queued') ?? newest;
}

function drawRunning(item: StatusBarItem, run: ActiveRun, runs: ActiveRuns): void {
  const groups = new Set(runs.all.map(({ group }) => group.id)).size;
  const others = groups > 1 ? ` (${groups})` : '';
  const phase = phaseText(run.phase, performance.now() - run.phaseStart);
  const { begun = 1, ended = 0 } = runs.progressOf(run.group) ?? {};
  const done = l10n.t('{0} of {1} done', String(ended), String(begun));
  const isAlone = begun === 1;
  set(item, {
    icon: 'loading~spin',
    text: isAlone ? `${phase}${others}` : `${done} · ${phase}${others}`,
    tooltip: isAlone
      ? l10n.t('{0} with {1}. Click to stop.', run.title, run.modelName)
      : l10n.t('{0} with {1}, {2}. Click to stop all of them.', run.title, run.modelName, done),
    spoken: isAlone
      ? l10n.t('Quillet: {0}, {1}. Activate to stop.', run.title, phase)
      : l10n.t('Quillet: {0}, {1}, {2}. Activate to stop all of them.', run.title, done, phase),
    command: 'quillet.stop',
  });
}

/** What the last run used, or all those together that were begun with it. */
function drawEnded(item: StatusBarItem, ended: Ended, { notifier, settings }: StatusBarParts): void {
  const { records, recent } = ended;
  const [record, ...others] = records.toReversed();
  if (record === undefined) return;
  const usage = records.map((one) => one.usage).reduce(addUsage);
  const failures = records.flatMap(({ error }) => (error === undefined || error.kind === 'cancelled' ? [] : [error]));
  const warnings = records.flatMap((one) => one.warnings);
  const isFailure = failures.length > 0;
  const isStopped = records.some(({ outcome }) => outcome === 'cancelled');
  const failed = others.length === 0 ? l10n.t('failed') : l10n.t('{0} of {1} failed', ...counts(failures, records));
  const cost = costOfAll(ended);
  const used = cost === undefined ? tokenText(usage) : `${tokenText(usage)} · ${formatUsd(cost.usd, cost.isEstimate)}`;
  const text = isFailure ? failed : isStopped ? l10n.t('stopped') : used;
  const totalMs = Math.max(...records.map((one) => one.totalMs));
  const attempts = records.reduce((sum, one) => sum + one.attempts, 0);
  const model = formatModelRef(record.modelRef);
  const lines = [
    tokenDetails(usage),
    ...(cost === undefined ? [] : costLines(cost)),
    l10n.t('{0} s, attempts: {1}', (totalMs / 1000).toFixed(1), String(attempts)),
  ];
  const told = [...failures.map((error) => notifier.formatError(error)), ...warnings.map((one) => warningText(one))];
  const hint = isFailure ? l10n.t('Show the log') : l10n.t('Show what was used');
  set(item, {
    icon: isFailure || warnings.length > 0 ? 'warning' : 'edit-sparkle',
    text: `${record.modelRef.model} · ${text}`,
    // Sentences may quote a server: no link stands beside them.
    tooltip:
      told.length > 0
        ? [...new Set([model, ...lines, ...told, hint])].join('\n')
        : createUsageTooltip({ model, lines }, recent, {
            budget: settings.read().budget,
            links: [
              [l10n.t('Show Usage'), 'quillet.showUsage'],
              [l10n.t('Select Model'), 'quillet.selectModel'],
            ],
          }),
    spoken: l10n.t('Quillet: {0}, {1}', record.modelRef.model, text),
    command: isFailure ? 'quillet.showLog' : 'quillet.showUsage',
    isFailure,
  });
}

/** What all runs of the group cost together; undefined where that is not known of each. */
function costOfAll({ records, costs }: Ended): RunCost | undefined {
  const known = records.flatMap(({ id }) => costs.get(id) ?? []);
  const [first] = known;
  if (first === undefined || known.length < records.length) return undefined;
  if (known.length === 1) return first;
  const usd = known.reduce((sum, cost) => sum + cost.usd, 0);
  const isEstimate = known.some((cost) => cost.isEstimate);
  const source = known.every((cost) => cost.source === first.source) ? first.source : 'prices';
  return { usd, source, isEstimate };
}

function counts(some: readonly unknown[], all: readonly unknown[]): [string, string] {
  return [String(some.length), String(all.length)];
}

interface Look {
  readonly icon: string;
  readonly text: string;
  readonly tooltip: string | MarkdownString;
  readonly spoken: string;
  readonly command: string;
  readonly isFailure?: boolean;
}

function set(item: StatusBarItem, look: Look): void {
  item.text = `$(${look.icon}) ${look.text}`;
  item.tooltip = look.tooltip;
  item.command = look.command;
  item.accessibilityInformation = { label: look.spoken, role: 'button' };
  item.backgroundColor = look.isFailure === true ? new ThemeColor('statusBarItem.warningBackground') : undefined;
}
