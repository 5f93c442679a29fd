import { commands, env, l10n, Range, Uri, window } from 'vscode';
import { type ErrorDetails, type ErrorKind, type QuilletError, toQuilletError } from '../core/errors';
import type { PartialAnswer, SinkReport } from '../core/run';
import { type CommandId, openSetting, runCommand } from '../platform/commands';
import type { Log } from '../platform/log';
import { openUntrustedDocument } from '../platform/untrustedDocument';
import type { Redactor } from '../sanitize/redactor';
import { toSingleLine } from '../sanitize/redactor';
import { messageFor } from './errorMessages';

export interface NotificationAction {
  readonly label: string;
  run(): Promise<void>;
  readonly isExclusive?: boolean;
  /** Called when the notification closes, with or without a choice. */
  dispose?(): void;
  /** Label of the button that runs this action for several answers. If missing, the action is for one answer only. */
  readonly bulkLabel?: string;
}

// Shown as information without a log button, and not logged as errors.
const ADVISORY_KINDS =
  /^(?:editor\..*|picture\..*|lm\.copy|ref\..*|prompt\.none|review\.(?:replaced|single|none)|git\.(?:missing|none|empty)|doc\.(?:busy|readonly|excluded))$/;

/** A notification that was shown. VS Code's API can't close it. */
export interface Notice {
  readonly isOpen: boolean;
}

type ChooseModelCommand = Extract<CommandId, 'quillet.selectModel' | 'quillet.addProvider'>;

type ShowMessage = (message: string, ...labels: string[]) => Thenable<string | undefined>;

const KEYCHAIN_HELP_URL = 'https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues';
// Longer than a user waits: another model helps more than another try.
const LONG_WAIT_MS = 60_000;

export class Notifier {
  /** Set by the code that owns the keys, which itself needs a notifier. Returns whether a key was saved. */
  requestKey: (providerId: string | undefined) => Promise<boolean> = () => Promise.resolve(false);
  chooseModel: (command: ChooseModelCommand) => Promise<boolean> = () => Promise.resolve(false);
  /** The message of the failed request that is running again. */
  private retriedMessage: string | undefined;

  constructor(
    private readonly log: Log,
    private readonly redactor: Redactor,
  ) {}

  /** Shows any thrown value except cancellation, without waiting for the user. */
  showError(thrown: unknown, extraActions: readonly NotificationAction[] = [], retry?: () => Promise<void>): Notice {
    const error = toQuilletError(thrown);
    const notice = { isOpen: error.kind !== 'cancelled' };
    if (!notice.isOpen) return notice;
    // If there are actions, an answer could be lost, so the message is more than advice.
    const isAdvice = ADVISORY_KINDS.test(error.kind) && extraActions.length === 0;
    if (!isAdvice) this.log.error('failed', error, logFields(error));
    const isExclusive = extraActions.some((action) => action.isExclusive);
    const actions = [...extraActions, ...(isExclusive ? [] : this.defaultActionsFor(error, retry))];
    if (!isAdvice) actions.push(this.showLogAction());
    void this.show(notice, showFunctionFor(error, isAdvice), this.describeFailure(error), actions);
    return notice;
  }

  /** Shows one warning for several errors. Resolves when the chosen action has finished. */
  async summarizeErrors(
    errors: readonly QuilletError[],
    message: string,
    extraActions: readonly NotificationAction[] = [],
  ): Promise<void> {
    const shown = errors.filter(({ kind }) => kind !== 'cancelled');
    for (const error of shown) this.log.error('failed', error, logFields(error));
    const [first] = shown;
    const defaultActions = first === undefined ? [] : this.defaultActionsFor(first);
    // VS Code shortens the labels of more than three buttons.
    const actions = [...[...extraActions, ...defaultActions].slice(0, 2), this.showLogAction()];
    const text = first === undefined ? message : `${message} ${this.describeFailure(first)}`;
    await this.show({ isOpen: true }, showWarning, text, actions);
    for (const action of extraActions.slice(2)) action.dispose?.();
  }

  warn(message: string, ...actions: NotificationAction[]): Notice {
    const notice = { isOpen: true };
    void this.show(notice, showWarning, message, actions);
    return notice;
  }

  inform(message: string, ...actions: NotificationAction[]): Notice {
    const notice = { isOpen: true };
    void this.show(notice, showInformation, message, actions);
    return notice;
  }

  /** Like {@link inform}, with the buttons that an error has. */
  informOf(error: QuilletError, message: string): Notice {
    return this.inform(message, ...this.defaultActionsFor(error));
  }

  /** Moves all notifications, including those of other extensions, from the window to the list behind the bell. */
  hideToasts(): void {
    void commands.executeCommand('notifications.hideToasts');
  }

  /** Runs the action that the user chooses, then disposes all of them. Never throws. */
  private async show(
    notice: { isOpen: boolean },
    show: ShowMessage,
    message: string,
    actions: readonly NotificationAction[],
  ): Promise<void> {
    try {
      const chosen = await show(this.sanitize(message), ...actions.map(({ label }) => label));
      notice.isOpen = false;
      await actions.find(({ label }) => label === chosen)?.run();
    } catch (thrown) {
      // A window that is closing shows no message, not even about that.
      if (notice.isOpen) this.log.error('notification', thrown);
      else this.showError(thrown);
    } finally {
      notice.isOpen = false;
      for (const action of actions) action.dispose?.();
    }
  }

  /** Returns the message for an error, safe to show: redacted, on one line and without links. */
  formatError(error: QuilletError): string {
    return this.sanitize(messageFor(error, this.redactor));
  }

  /** Like {@link formatError}, but says so if the same failure has just been retried. */
  describeFailure(error: QuilletError): string {
    const message = this.formatError(error);
    return message === this.retriedMessage ? l10n.t('Tried again. {0}', message) : message;
  }

  /** Runs a failed request again. If it fails with the same message, {@link describeFailure} says so. */
  async retryAfter(error: QuilletError, retry: () => Promise<void>): Promise<void> {
    this.retriedMessage = this.formatError(error);
    await retry().finally(() => {
      this.retriedMessage = undefined;
    });
  }

  // Notifications render `[text](address)` as a link, even to a command. Text from servers must not become one.
  private sanitize(text: string): string {
    return toSingleLine(this.redactor.redact(text)).replaceAll('](', '] (');
  }

  private defaultActionsFor(error: QuilletError, repeat = repeatLast): NotificationAction[] {
    const { kind, details } = error;
    const retry = () => this.retryAfter(error, repeat);
    const isKeyError =
      /^(?:key\.(?:missing|format)|http\.401)$/.test(kind) || (kind === 'http.403' && details.isKeyMissing);
    return isKeyError ? this.actionsForKey(details, retry) : actionsForKind(error, retry, this.chooseModel);
  }

  // A stored key is not used if the provider names an environment variable or a program.
  private actionsForKey(details: ErrorDetails, retry: () => Promise<void>): NotificationAction[] {
    if (details.keySource !== undefined) return [openSettingsAction('quillet.providers')];
    if (details.subject !== undefined) return [];
    const run = async () => {
      if (await this.requestKey(details.providerId)) await retry();
    };
    return [{ label: l10n.t('Set API Key'), run }];
  }

  private showLogAction(): NotificationAction {
    return { label: l10n.t('Show Log'), run: async () => this.log.show() };
  }
}

const showInformation: ShowMessage = (message, ...labels) => window.showInformationMessage(message, ...labels);
const showWarning: ShowMessage = (message, ...labels) => window.showWarningMessage(message, ...labels);
const showFailure: ShowMessage = (message, ...labels) => window.showErrorMessage(message, ...labels);

function showFunctionFor({ kind, details }: QuilletError, isAdvice: boolean): ShowMessage {
  if (isAdvice) return showInformation;
  // Not an error: the key works until the window closes, or can be entered again.
  const isVolatile = kind === 'key.store' && (details.subject === 'session' || details.subject === 'lost');
  const isLost = /^(doc\.(undo|conflict|changed|gone|closed|choice)|review\.conflict|git\.box)$/.test(kind);
  return isVolatile || isLost ? showWarning : showFailure;
}

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

/** Merges the actions of several answers into one button each. */
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

export function actionsForReport(report: SinkReport, languageId: string, notifier: Notifier): NotificationAction[] {
  const { choice, partial, unwritten = '' } = report;
  if (partial !== undefined) return actionsForPartial(partial);
  const textActions = unwritten.trim() === '' ? [] : actionsForText(unwritten, languageId);
  if (choice === undefined) return textActions;
  const chooseAction: NotificationAction = {
    label: l10n.t('Choose Code Block…'),
    bulkLabel: l10n.t('Choose Code Block…'),
    run: async () => {
      const next = await choice.run();
      if (next.error !== undefined) notifier.showError(next.error, actionsForReport(next, languageId, notifier));
    },
    dispose: () => choice.dispose?.(),
  };
  return [chooseAction, ...textActions];
}

// Instead of Try Again, which would write a second answer next to the partial one.
export function actionsForPartial({ resume, undo, dispose }: PartialAnswer): NotificationAction[] {
  const continueAction: NotificationAction = {
    label: l10n.t('Continue'),
    isExclusive: true,
    run: () => resume(),
    dispose: () => dispose(),
  };
  return undo === undefined ? [continueAction] : [continueAction, { label: l10n.t('Undo'), run: () => undo() }];
}

function actionsForKind(
  error: QuilletError,
  retry: () => Promise<void>,
  chooseModel: Notifier['chooseModel'],
): NotificationAction[] {
  const chooseAction = (label: string, command: ChooseModelCommand): NotificationAction => {
    const run = async () => {
      if (await chooseModel(command)) await retry();
    };
    return { label, run };
  };
  const selectModelAction = chooseAction(l10n.t('Select Model'), 'quillet.selectModel');
  switch (error.kind) {
    case 'key.secret':
    case 'key.account':
      return [retryAction(retry)];
    case 'key.command':
    case 'cfg.field':
      return [openSettingsAction('quillet.providers')];
    case 'budget.hard':
      return [openSettingsAction('quillet.budget')];
    case 'http.400':
    case 'http.404':
    case 'http.quota':
    case 'cfg.model':
    case 'picture.style':
    case 'lm.missing':
    case 'lm.blocked':
    case 'lm.quota':
      return [selectModelAction];
    case 'lm.consent':
    case 'lm.revoked':
      return [retryAction(retry), selectModelAction];
    case 'lm.off':
      return [openSettingsAction('chat.disableAIFeatures')];
    case 'http.429': {
      const isLongWait = (error.details.retryAfterMs ?? 0) > LONG_WAIT_MS;
      return isLongWait ? [selectModelAction, retryAction(retry)] : [retryAction(retry)];
    }
    case 'net.refused':
    case 'net.dns':
      return [retryAction(retry), selectModelAction];
    case 'cfg.provider':
    case 'cfg.url':
      return [chooseAction(l10n.t('Add Provider'), 'quillet.addProvider')];
    case 'prompt.bad':
      return openFileAction(l10n.t('Open File'), error.details.file);
    case 'doc.excluded': {
      const { source = '', file, line, rule } = error.details.exclusion ?? {};
      if (file === undefined) return [openSettingsAction(source)];
      return openFileAction(rule === undefined ? l10n.t('Open File') : l10n.t('Open Rule'), file, line);
    }
    case 'key.store':
      return [
        { label: l10n.t('Keyring Help'), run: async () => void (await env.openExternal(Uri.parse(KEYCHAIN_HELP_URL))) },
      ];
    default:
      return isRetryable(error.kind) ? [retryAction(retry)] : [];
  }
}

function openFileAction(label: string, file: string | undefined, line = 1): NotificationAction[] {
  if (file === undefined) return [];
  const selection = new Range(line - 1, 0, line - 1, 0);
  const run = async () => void (await window.showTextDocument(Uri.parse(file), { preview: false, selection }));
  return [{ label, run }];
}

function openSettingsAction(name: string): NotificationAction {
  return { label: l10n.t('Open Settings'), run: () => openSetting(name) };
}

function retryAction(retry: () => Promise<void>): NotificationAction {
  return { label: l10n.t('Try Again'), run: retry };
}

function repeatLast(): Promise<void> {
  return runCommand('quillet.repeat');
}

function isRetryable(kind: ErrorKind): boolean {
  return /^(net|time|sse|body)\.|^http\.(408|409|429|5xx|loading)$/.test(kind);
}

function logFields({ details }: QuilletError) {
  const { status, code, host, path, requestId, model, providerId } = details;
  return { provider: providerId, model, host, path, status, code, requestId };
}
