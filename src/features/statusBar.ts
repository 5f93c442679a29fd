import { type Disposable, l10n, StatusBarAlignment, type StatusBarItem, ThemeColor, window } from 'vscode';
import { formatModelRef } from '../core/chat';
import type { RunRecord } from '../core/runRecord';
import type { ActiveRun, ActiveRuns } from '../host/activeRuns';
import type { ErrorPresenter } from '../host/errorPresenter';
import { DisposableStore } from '../host/lifecycle';
import { phaseText, tokenDetails, tokenText, warningText } from '../host/runTexts';
import type { SettingsReader } from '../host/settingsReader';

/** Text arrives far more often than anybody can read a number. */
const REDRAW_MS = 200;
const COUNTDOWN_MS = 500;

export interface StatusBarParts {
  readonly runs: ActiveRuns;
  readonly settings: SettingsReader;
  readonly presenter: ErrorPresenter;
  readonly onDidRecord: (listener: (record: RunRecord) => void) => Disposable;
}

/** The one status bar item: the model while idle, a spinner that stops the run, and what the last run used. */
export function registerStatusBar(parts: StatusBarParts): Disposable {
  const store = new DisposableStore();
  const item = store.add(window.createStatusBarItem('quillet.status', StatusBarAlignment.Right, 100));
  item.name = l10n.t('Quillet');
  let last: RunRecord | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const draw = (): void => {
    timer = undefined;
    const run = parts.runs.all.at(-1);
    if (run !== undefined) drawRunning(item, run, parts.runs.all.length);
    else if (last !== undefined) drawEnded(item, last, parts.presenter);
    else drawIdle(item, parts.settings);
    if (run?.phase.kind === 'retrying') timer = setTimeout(draw, COUNTDOWN_MS);
  };
  const drawSoon = (): void => {
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
      last = record;
      drawNow();
    }),
  );
  store.add(
    parts.settings.onDidChange(() => {
      last = undefined;
      drawNow();
    }),
  );
  store.add({ dispose: () => clearTimeout(timer) });
  draw();
  item.show();
  return store;
}

function drawIdle(item: StatusBarItem, settings: SettingsReader): void {
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

function drawRunning(item: StatusBarItem, run: ActiveRun, count: number): void {
  const others = count > 1 ? ` (${count})` : '';
  const phase = phaseText(run.phase, performance.now() - run.phaseStart);
  set(item, {
    icon: 'loading~spin',
    text: `${phase}${others}`,
    tooltip: l10n.t('{0} with {1}. Click to stop.', run.title, run.modelName),
    spoken: l10n.t('Quillet: {0}, {1}. Activate to stop.', run.title, phase),
    command: 'quillet.stop',
  });
}

function drawEnded(item: StatusBarItem, record: RunRecord, presenter: ErrorPresenter): void {
  const tokens = tokenText(record.usage);
  const text = record.outcome === 'cancelled' ? l10n.t('stopped') : tokens;
  const isFailure = record.error !== undefined && record.outcome !== 'cancelled';
  const lines = [
    formatModelRef(record.modelRef),
    tokenDetails(record.usage),
    l10n.t('{0} s, attempts: {1}', (record.totalMs / 1000).toFixed(1), String(record.attempts)),
    ...(isFailure && record.error !== undefined ? [presenter.sentence(record.error)] : []),
    ...record.warnings.map((warning) => warningText(warning)),
    l10n.t('Select the model that Quillet uses'),
  ];
  set(item, {
    icon: isFailure || record.warnings.length > 0 ? 'warning' : 'edit-sparkle',
    text: `${record.modelRef.model} · ${isFailure ? l10n.t('failed') : text}`,
    tooltip: lines.join('\n'),
    spoken: l10n.t('Quillet: {0}, {1}', record.modelRef.model, isFailure ? l10n.t('failed') : text),
    command: isFailure ? 'quillet.showLog' : 'quillet.selectModel',
    isFailure,
  });
}

interface Look {
  readonly icon: string;
  readonly text: string;
  readonly tooltip: string;
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
