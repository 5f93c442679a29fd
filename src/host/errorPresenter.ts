import { env, l10n, Uri, window, workspace } from 'vscode';
import { type ErrorKind, type QuilletError, toQuilletError } from '../core/errors';
import type { Redactor } from '../core/redact';
import { singleLine } from '../core/redact';
import { type CommandId, runCommand } from './commands';
import { sentenceFor } from './errorSentences';
import type { Log } from './log';

/** A button of a notification. */
export interface ErrorAction {
  readonly label: string;
  run(): Promise<void>;
}

/** Kinds that are advice rather than failure: shown as information, without a log button, and not logged as errors. */
const ADVICE: ReadonlySet<ErrorKind> = new Set([
  'editor.none',
  'editor.selection',
  'editor.several',
  'editor.thread',
  'doc.busy',
  'doc.readonly',
]);

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
    if (!ADVICE.has(error.kind)) this.log.error('failed', error, logDetails(error));
    void this.notify(error, [...offers, ...helpFor(error, again)]).catch((failure: unknown) =>
      this.log.error('notification', failure),
    );
  }

  /** Says something about an answer that is there, with a button where one helps. Does not wait for the user. */
  warn(sentence: string, ...actions: ErrorAction[]): void {
    const shown = this.clean(sentence);
    const labels = actions.map((action) => action.label);
    const answered = Promise.resolve(window.showWarningMessage(shown, ...labels));
    void answered
      .then((chosen) => actions.find((action) => action.label === chosen)?.run())
      .catch((failure: unknown) => this.show(failure));
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
  private async notify(error: QuilletError, offers: readonly ErrorAction[]): Promise<void> {
    const actions = ADVICE.has(error.kind) ? offers : [...offers, this.openLog()];
    const labels = actions.map((action) => action.label);
    const chosen = await messageFor(error.kind)(this.sentence(error), ...labels);
    await actions.find((action) => action.label === chosen)?.run();
  }

  private openLog(): ErrorAction {
    return { label: l10n.t('Show Log'), run: async () => this.log.show() };
  }
}

/** Advice informs; what the user's own editing brought about warns; the rest is an error. */
function messageFor(kind: ErrorKind): (sentence: string, ...labels: string[]) => Thenable<string | undefined> {
  if (ADVICE.has(kind)) return (sentence, ...labels) => window.showInformationMessage(sentence, ...labels);
  if (/^doc\.(undo|conflict|closed|choice)$/.test(kind)) {
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
      run: async () => {
        const document = await workspace.openTextDocument({ content: unwritten, language: languageId });
        await window.showTextDocument(document, { preview: false });
      },
    },
  ];
}

function helpFor(error: QuilletError, again?: () => Promise<void>): ErrorAction[] {
  switch (error.kind) {
    case 'key.missing':
      // A stored key would not be used where a variable is named.
      if (error.details.subject !== undefined) return [];
      return [command(l10n.t('Set API Key'), 'quillet.setKey', error.details.providerId)];
    case 'http.401':
    case 'key.format':
      return [command(l10n.t('Set API Key'), 'quillet.setKey', error.details.providerId)];
    case 'http.400':
    case 'http.404':
    case 'cfg.model':
      return [command(l10n.t('Select Model'), 'quillet.selectModel')];
    case 'cfg.provider':
    case 'cfg.url':
      return [command(l10n.t('Add Provider'), 'quillet.addProvider')];
    case 'key.store':
      return [{ label: l10n.t('Keyring Help'), run: async () => void (await env.openExternal(Uri.parse(KEY_PAGE))) }];
    default:
      return isWorthRepeating(error.kind) ? [tryAgain(again)] : [];
  }
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
