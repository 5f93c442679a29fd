import { env, l10n, Uri, window } from 'vscode';
import { type ErrorKind, type QuilletError, toQuilletError } from '../core/errors';
import type { PartialAnswer, SinkReport } from '../core/run';
import { type CommandId, openSetting, runCommand } from '../platform/commands';
import type { Log } from '../platform/log';
import { openUntrustedDocument } from '../platform/untrustedDocument';
import type { Redactor } from '../sanitize/redactor';
import { toSingleLine } from '../sanitize/redactor';
import { messageFor } from './errorMessages';

/** A button of a notification. */
export interface NotificationAction {
  readonly label: string;
  run(): Promise<void>;
  /** Whether it takes the place of the help that the error itself suggests. */
  readonly isExclusive?: boolean;
  /** Called when the notification is gone, whichever button was pressed or none. */
  dispose?(): void;
  /** What the button is called where it does the same for several answers; without it, it is for one only. */
  readonly bulkLabel?: string;
}

/** Kinds that are advice rather than failure: shown as information, without a log button, and not logged as errors. */
const ADVISORY_KINDS: ReadonlySet<ErrorKind> = new Set([
  'editor.none',
  'editor.selection',
  'editor.problem',
  'editor.thread',
  'editor.request',
  'prompt.none',
  'review.replaced',
  'review.single',
  'review.none',
  'editor.prompt',
  'editor.elsewhere',
  'git.missing',
  'git.none',
  'git.empty',
  'doc.busy',
  'doc.readonly',
]);

type ShowMessage = (message: string, ...labels: string[]) => Thenable<string | undefined>;

const KEYCHAIN_HELP_URL = 'https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues';

/** Tells users of failures: one notification, one sentence, one button that helps, and the way to the log. */
export class Notifier {
  constructor(
    private readonly log: Log,
    private readonly redactor: Redactor,
  ) {}

  /**
   * Shows any thrown value. A cancelled run is no failure and shows nothing. Does not wait for the user.
   * @param retry what Try Again does, where it can do better than to repeat the last prompt.
   */
  showError(thrown: unknown, extraActions: readonly NotificationAction[] = [], retry?: () => Promise<void>): void {
    const error = toQuilletError(thrown);
    if (error.kind === 'cancelled') return;
    // Where an answer would be lost, this is no mere advice.
    const isAdvice = ADVISORY_KINDS.has(error.kind) && extraActions.length === 0;
    if (!isAdvice) this.log.error('failed', error, logFields(error));
    const defaultActions = extraActions.some(({ isExclusive }) => isExclusive) ? [] : defaultActionsFor(error, retry);
    const actions = isAdvice
      ? [...extraActions, ...defaultActions]
      : [...extraActions, ...defaultActions, this.showLogAction()];
    void this.notifyError(error, isAdvice, actions).catch((failure: unknown) =>
      this.log.error('notification', failure),
    );
  }

  /**
   * Tells of several failures at once: what they came to, then the sentence of the first. Every one is in the log.
   * Resolves when the notification is gone and what its button did is done.
   */
  async summarizeErrors(
    errors: readonly QuilletError[],
    message: string,
    extraActions: readonly NotificationAction[] = [],
  ): Promise<void> {
    const shown = errors.filter(({ kind }) => kind !== 'cancelled');
    for (const error of shown) this.log.error('failed', error, logFields(error));
    const [first] = shown;
    const defaultActions = first === undefined ? [] : defaultActionsFor(first);
    // Labels of more than three buttons are cut short.
    const actions = [...[...extraActions, ...defaultActions].slice(0, 2), this.showLogAction()];
    const text = first === undefined ? message : `${message} ${this.formatError(first)}`;
    try {
      const chosen = await window.showWarningMessage(this.sanitize(text), ...actions.map(({ label }) => label));
      await actions.find(({ label }) => label === chosen)?.run();
    } catch (thrown) {
      this.showError(thrown);
    } finally {
      for (const action of extraActions) action.dispose?.();
    }
  }

  /** Says something about an answer that is there, with a button where one helps. Does not wait for the user. */
  warn(message: string, ...actions: NotificationAction[]): void {
    this.showMessage(message, actions, (text, ...labels) => window.showWarningMessage(text, ...labels));
  }

  /** Says something that is no failure, with a button where one helps. Does not wait for the user. */
  inform(message: string, ...actions: NotificationAction[]): void {
    this.showMessage(message, actions, (text, ...labels) => window.showInformationMessage(text, ...labels));
  }

  private showMessage(message: string, actions: readonly NotificationAction[], show: ShowMessage): void {
    const labels = actions.map((action) => action.label);
    const answered = Promise.resolve(show(this.sanitize(message), ...labels));
    void answered
      .then((chosen) => actions.find((action) => action.label === chosen)?.run())
      .catch((failure: unknown) => this.showError(failure))
      .finally(() => {
        for (const action of actions) action.dispose?.();
      });
  }

  /** The sentence as it may be shown: redacted, one line, without links. */
  formatError(error: QuilletError): string {
    return this.sanitize(messageFor(error));
  }

  /** A notification makes a link of `[text](address)`, even one that runs a command: no server's words may become one. */
  private sanitize(text: string): string {
    return toSingleLine(this.redactor.redact(text)).replaceAll('](', '] (');
  }

  /** VS Code itself puts a notification in the place of one that says the same. */
  private async notifyError(
    error: QuilletError,
    isAdvice: boolean,
    actions: readonly NotificationAction[],
  ): Promise<void> {
    const labels = actions.map((action) => action.label);
    try {
      const chosen = await showFunctionFor(error, isAdvice)(this.formatError(error), ...labels);
      await this.runAction(actions.find((action) => action.label === chosen));
    } finally {
      for (const action of actions) action.dispose?.();
    }
  }

  private async runAction(action: NotificationAction | undefined): Promise<void> {
    try {
      await action?.run();
    } catch (thrown) {
      this.showError(thrown);
    }
  }

  private showLogAction(): NotificationAction {
    return { label: l10n.t('Show Log'), run: async () => this.log.show() };
  }
}

/** Advice informs; what the user's own editing brought about warns; the rest is an error. */
function showFunctionFor({ kind, details }: QuilletError, isAdvice: boolean): ShowMessage {
  if (isAdvice) return (message, ...labels) => window.showInformationMessage(message, ...labels);
  // A key that works, or can be given again, in a VS Code that cannot keep it.
  const isVolatile = kind === 'key.store' && (details.subject === 'session' || details.subject === 'lost');
  if (isVolatile || /^(doc\.(undo|conflict|changed|gone|closed|choice)|review\.conflict|git\.box)$/.test(kind)) {
    return (message, ...labels) => window.showWarningMessage(message, ...labels);
  }
  return (message, ...labels) => window.showErrorMessage(message, ...labels);
}

/** Copy and Open for text that arrived but was not written: nothing that was paid for is lost. */
export function actionsForText(unwritten: string, languageId: string): NotificationAction[] {
  return [
    { label: l10n.t('Copy Answer'), run: async () => env.clipboard.writeText(unwritten) },
    {
      label: l10n.t('Open Answer'),
      bulkLabel: l10n.t('Open Answers'),
      run: async () => {
        const document = await openUntrustedDocument(unwritten, languageId);
        await window.showTextDocument(document, { preview: false });
      },
    },
  ];
}

/** The offers of several answers as one button each, which does it for one answer after the other. */
export function actionsForAll(actions: readonly NotificationAction[]): NotificationAction[] {
  const labels = new Set(actions.flatMap(({ bulkLabel }) => bulkLabel ?? []));
  return [...labels].map((label) => {
    const same = actions.filter(({ bulkLabel }) => bulkLabel === label);
    return {
      label,
      run: async () => {
        for (const action of same) await action.run();
      },
      dispose: () => {
        for (const action of same) action.dispose?.();
      },
    };
  });
}

/** What is offered with an error for what a destination reports: to choose, and whatever else keeps the text. */
export function actionsForReport(report: SinkReport, languageId: string, notifier: Notifier): NotificationAction[] {
  const { choice, partial, unwritten = '' } = report;
  if (partial !== undefined) return actionsForPartial(partial);
  const textActions = unwritten.trim() === '' ? [] : actionsForText(unwritten, languageId);
  if (choice === undefined) return textActions;
  const chooseAction: NotificationAction = {
    label: l10n.t('Choose…'),
    bulkLabel: l10n.t('Choose…'),
    run: async () => {
      const next = await choice.run();
      if (next.error !== undefined) notifier.showError(next.error, actionsForReport(next, languageId, notifier));
    },
    dispose: () => choice.dispose?.(),
  };
  return [chooseAction, ...textActions];
}

/** Continue and Undo, for a part of an answer that is in the text: Try Again would write beside it. */
export function actionsForPartial({ resume, undo, dispose }: PartialAnswer): NotificationAction[] {
  const continueAction: NotificationAction = {
    label: l10n.t('Continue'),
    isExclusive: true,
    run: () => resume(),
    dispose: () => dispose(),
  };
  return undo === undefined ? [continueAction] : [continueAction, { label: l10n.t('Undo'), run: () => undo() }];
}

function defaultActionsFor(error: QuilletError, retry?: () => Promise<void>): NotificationAction[] {
  switch (error.kind) {
    case 'key.missing':
      // A stored key would not be used where a variable is named.
      if (error.details.subject !== undefined) return [];
      return [commandAction(l10n.t('Set API Key'), 'quillet.setKey', error.details.providerId)];
    case 'http.401':
    case 'key.format':
      // Nor where the key came from a variable or a program.
      if (error.details.keySource !== undefined) return [openSettingsAction('quillet.providers')];
      return [commandAction(l10n.t('Set API Key'), 'quillet.setKey', error.details.providerId)];
    case 'key.command':
      return [openSettingsAction('quillet.providers')];
    case 'budget.hard':
      return [openSettingsAction('quillet.budget')];
    case 'http.400':
    case 'http.404':
    case 'cfg.model':
      return [commandAction(l10n.t('Select Model'), 'quillet.selectModel')];
    case 'cfg.provider':
    case 'cfg.url':
      return [commandAction(l10n.t('Add Provider'), 'quillet.addProvider')];
    case 'prompt.bad':
      return openFileAction(error.details.file);
    case 'key.store':
      return [
        { label: l10n.t('Keyring Help'), run: async () => void (await env.openExternal(Uri.parse(KEYCHAIN_HELP_URL))) },
      ];
    default:
      return isRetryable(error.kind) ? [retryAction(retry)] : [];
  }
}

function openFileAction(file: string | undefined): NotificationAction[] {
  if (file === undefined) return [];
  const run = async () => void (await window.showTextDocument(Uri.parse(file), { preview: false }));
  return [{ label: l10n.t('Open File'), run }];
}

function openSettingsAction(name: string): NotificationAction {
  return { label: l10n.t('Open Settings'), run: () => openSetting(name) };
}

function retryAction(retry?: () => Promise<void>): NotificationAction {
  return { label: l10n.t('Try Again'), run: retry ?? (() => runCommand('quillet.repeat')) };
}

function isRetryable(kind: ErrorKind): boolean {
  return /^(net|time|sse|body)\.|^http\.(408|409|429|5xx)$/.test(kind);
}

function commandAction(label: string, id: CommandId, argument?: unknown): NotificationAction {
  return { label, run: () => runCommand(id, argument) };
}

function logFields({ details }: QuilletError) {
  const { status, code, host, path, requestId, model, providerId } = details;
  return { provider: providerId, model, host, path, status, code, requestId };
}
