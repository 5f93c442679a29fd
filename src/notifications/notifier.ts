import { env, l10n, Uri, window } from 'vscode';
import { type ErrorKind, type QuilletError, toQuilletError } from '../core/errors';
import type { PartialAnswer, SinkReport } from '../core/run';
import { type CommandId, runCommand, showSetting } from '../platform/commands';
import type { Log } from '../platform/log';
import { openModelText } from '../platform/untrustedDocument';
import type { Redactor } from '../sanitize/redactor';
import { singleLine } from '../sanitize/redactor';
import { sentenceFor } from './errorMessages';

/** A button of a notification. */
export interface ErrorAction {
  readonly label: string;
  run(): Promise<void>;
  /** Whether it takes the place of the help that the error itself suggests. */
  readonly isInstead?: boolean;
  /** Called when the notification is gone, whichever button was pressed or none. */
  dispose?(): void;
  /** What the button is called where it does the same for several answers; without it, it is for one only. */
  readonly labelForAll?: string;
}

/** Kinds that are advice rather than failure: shown as information, without a log button, and not logged as errors. */
const ADVICE: ReadonlySet<ErrorKind> = new Set([
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

type ShowMessage = (sentence: string, ...labels: string[]) => Thenable<string | undefined>;

const KEY_PAGE = 'https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues';

/** Tells users of failures: one notification, one sentence, one button that helps, and the way to the log. */
export class ErrorPresenter {
  constructor(
    private readonly log: Log,
    private readonly redactor: Redactor,
  ) {}

  /**
   * Shows any thrown value. A cancelled run is no failure and shows nothing. Does not wait for the user.
   * @param again what Try Again does, where it can do better than to repeat the last prompt.
   */
  show(thrown: unknown, offers: readonly ErrorAction[] = [], again?: () => Promise<void>): void {
    const error = toQuilletError(thrown);
    if (error.kind === 'cancelled') return;
    // Where an answer would be lost, this is no mere advice.
    const isAdvice = ADVICE.has(error.kind) && offers.length === 0;
    if (!isAdvice) this.log.error('failed', error, logDetails(error));
    const help = offers.some(({ isInstead }) => isInstead) ? [] : helpFor(error, again);
    const actions = isAdvice ? [...offers, ...help] : [...offers, ...help, this.openLog()];
    void this.notify(error, isAdvice, actions).catch((failure: unknown) => this.log.error('notification', failure));
  }

  /**
   * Tells of several failures at once: what they came to, then the sentence of the first. Every one is in the log.
   * Resolves when the notification is gone and what its button did is done.
   */
  async summarize(
    errors: readonly QuilletError[],
    sentence: string,
    offers: readonly ErrorAction[] = [],
  ): Promise<void> {
    const shown = errors.filter(({ kind }) => kind !== 'cancelled');
    for (const error of shown) this.log.error('failed', error, logDetails(error));
    const [first] = shown;
    const help = first === undefined ? [] : helpFor(first);
    // Labels of more than three buttons are cut short.
    const actions = [...[...offers, ...help].slice(0, 2), this.openLog()];
    const text = first === undefined ? sentence : `${sentence} ${this.sentence(first)}`;
    try {
      const chosen = await window.showWarningMessage(this.clean(text), ...actions.map(({ label }) => label));
      await actions.find(({ label }) => label === chosen)?.run();
    } catch (thrown) {
      this.show(thrown);
    } finally {
      for (const offer of offers) offer.dispose?.();
    }
  }

  /** Says something about an answer that is there, with a button where one helps. Does not wait for the user. */
  warn(sentence: string, ...actions: ErrorAction[]): void {
    this.say(sentence, actions, (text, ...labels) => window.showWarningMessage(text, ...labels));
  }

  /** Says something that is no failure, with a button where one helps. Does not wait for the user. */
  inform(sentence: string, ...actions: ErrorAction[]): void {
    this.say(sentence, actions, (text, ...labels) => window.showInformationMessage(text, ...labels));
  }

  private say(sentence: string, actions: readonly ErrorAction[], show: ShowMessage): void {
    const labels = actions.map((action) => action.label);
    const answered = Promise.resolve(show(this.clean(sentence), ...labels));
    void answered
      .then((chosen) => actions.find((action) => action.label === chosen)?.run())
      .catch((failure: unknown) => this.show(failure))
      .finally(() => {
        for (const action of actions) action.dispose?.();
      });
  }

  /** The sentence as it may be shown: redacted, one line, without links. */
  sentence(error: QuilletError): string {
    return this.clean(sentenceFor(error));
  }

  /** A notification makes a link of `[text](address)`, even one that runs a command: no server's words may become one. */
  private clean(text: string): string {
    return singleLine(this.redactor.redact(text)).replaceAll('](', '] (');
  }

  /** VS Code itself puts a notification in the place of one that says the same. */
  private async notify(error: QuilletError, isAdvice: boolean, actions: readonly ErrorAction[]): Promise<void> {
    const labels = actions.map((action) => action.label);
    try {
      const chosen = await messageFor(error, isAdvice)(this.sentence(error), ...labels);
      await this.press(actions.find((action) => action.label === chosen));
    } finally {
      for (const action of actions) action.dispose?.();
    }
  }

  private async press(action: ErrorAction | undefined): Promise<void> {
    try {
      await action?.run();
    } catch (thrown) {
      this.show(thrown);
    }
  }

  private openLog(): ErrorAction {
    return { label: l10n.t('Show Log'), run: async () => this.log.show() };
  }
}

/** Advice informs; what the user's own editing brought about warns; the rest is an error. */
function messageFor({ kind, details }: QuilletError, isAdvice: boolean): ShowMessage {
  if (isAdvice) return (sentence, ...labels) => window.showInformationMessage(sentence, ...labels);
  // A key that works, or can be given again, in a VS Code that cannot keep it.
  const isVolatile = kind === 'key.store' && (details.subject === 'session' || details.subject === 'lost');
  if (isVolatile || /^(doc\.(undo|conflict|changed|gone|closed|choice)|review\.conflict|git\.box)$/.test(kind)) {
    return (sentence, ...labels) => window.showWarningMessage(sentence, ...labels);
  }
  return (sentence, ...labels) => window.showErrorMessage(sentence, ...labels);
}

/** Copy and Open for text that arrived but was not written: nothing that was paid for is lost. */
export function offersFor(unwritten: string, languageId: string): ErrorAction[] {
  return [
    { label: l10n.t('Copy Answer'), run: async () => env.clipboard.writeText(unwritten) },
    {
      label: l10n.t('Open Answer'),
      labelForAll: l10n.t('Open Answers'),
      run: async () => {
        const document = await openModelText(unwritten, languageId);
        await window.showTextDocument(document, { preview: false });
      },
    },
  ];
}

/** The offers of several answers as one button each, which does it for one answer after the other. */
export function offersForAll(offers: readonly ErrorAction[]): ErrorAction[] {
  const labels = new Set(offers.flatMap(({ labelForAll }) => labelForAll ?? []));
  return [...labels].map((label) => {
    const same = offers.filter(({ labelForAll }) => labelForAll === label);
    return {
      label,
      run: async () => {
        for (const offer of same) await offer.run();
      },
      dispose: () => {
        for (const offer of same) offer.dispose?.();
      },
    };
  });
}

/** What is offered with an error for what a destination reports: to choose, and whatever else keeps the text. */
export function offersOf(report: SinkReport, languageId: string, presenter: ErrorPresenter): ErrorAction[] {
  const { choice, partial, unwritten = '' } = report;
  if (partial !== undefined) return offersOfPartial(partial);
  const keeping = unwritten.trim() === '' ? [] : offersFor(unwritten, languageId);
  if (choice === undefined) return keeping;
  const choose: ErrorAction = {
    label: l10n.t('Choose…'),
    labelForAll: l10n.t('Choose…'),
    run: async () => {
      const next = await choice.run();
      if (next.error !== undefined) presenter.show(next.error, offersOf(next, languageId, presenter));
    },
    dispose: () => choice.dispose?.(),
  };
  return [choose, ...keeping];
}

/** Continue and Undo, for a part of an answer that is in the text: Try Again would write beside it. */
export function offersOfPartial({ resume, undo, dispose }: PartialAnswer): ErrorAction[] {
  const goOn: ErrorAction = {
    label: l10n.t('Continue'),
    isInstead: true,
    run: () => resume(),
    dispose: () => dispose(),
  };
  return undo === undefined ? [goOn] : [goOn, { label: l10n.t('Undo'), run: () => undo() }];
}

function helpFor(error: QuilletError, again?: () => Promise<void>): ErrorAction[] {
  switch (error.kind) {
    case 'key.missing':
      // A stored key would not be used where a variable is named.
      if (error.details.subject !== undefined) return [];
      return [command(l10n.t('Set API Key'), 'quillet.setKey', error.details.providerId)];
    case 'http.401':
    case 'key.format':
      // Nor where the key came from a variable or a program.
      if (error.details.keySource !== undefined) return [openSettings('quillet.providers')];
      return [command(l10n.t('Set API Key'), 'quillet.setKey', error.details.providerId)];
    case 'key.command':
      return [openSettings('quillet.providers')];
    case 'budget.hard':
      return [openSettings('quillet.budget')];
    case 'http.400':
    case 'http.404':
    case 'cfg.model':
      return [command(l10n.t('Select Model'), 'quillet.selectModel')];
    case 'cfg.provider':
    case 'cfg.url':
      return [command(l10n.t('Add Provider'), 'quillet.addProvider')];
    case 'prompt.bad':
      return fileAction(error.details.file);
    case 'key.store':
      return [{ label: l10n.t('Keyring Help'), run: async () => void (await env.openExternal(Uri.parse(KEY_PAGE))) }];
    default:
      return isWorthRepeating(error.kind) ? [tryAgain(again)] : [];
  }
}

function fileAction(file: string | undefined): ErrorAction[] {
  if (file === undefined) return [];
  const run = async () => void (await window.showTextDocument(Uri.parse(file), { preview: false }));
  return [{ label: l10n.t('Open File'), run }];
}

function openSettings(name: string): ErrorAction {
  return { label: l10n.t('Open Settings'), run: () => showSetting(name) };
}

function tryAgain(again?: () => Promise<void>): ErrorAction {
  return { label: l10n.t('Try Again'), run: again ?? (() => runCommand('quillet.repeat')) };
}

function isWorthRepeating(kind: ErrorKind): boolean {
  return /^(net|time|sse|body)\.|^http\.(408|409|429|5xx)$/.test(kind);
}

function command(label: string, id: CommandId, argument?: unknown): ErrorAction {
  return { label, run: () => runCommand(id, argument) };
}

function logDetails({ details }: QuilletError) {
  const { status, code, host, path, requestId, model, providerId } = details;
  return { provider: providerId, model, host, path, status, code, requestId };
}
