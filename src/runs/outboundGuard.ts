import { l10n, ProgressLocation, Range, window, workspace } from 'vscode';
import { hostOf } from '../core/chat';
import { type QuilletError, toQuilletError } from '../core/errors';
import { collectStrings, mapStrings, type OutboundDecisions } from '../core/outboundText';
import type { RunPlan } from '../core/run';
import { describeInvisible } from '../notifications/invisibleCharacterNames';
import type { Notifier } from '../notifications/notifier';
import { describeSecret } from '../notifications/secretLabels';
import type { Log } from '../platform/log';
import { detectBinary } from '../sanitize/binaryDetection';
import { findInvisible, type InvisibleRun, removeInvisible } from '../sanitize/invisibleCharacters';
import { type SecretFinding, scanForSecrets } from '../secrets/secretScanner';
import type { Configuration } from '../settings/configuration';
import type { JsonObject, JsonValue } from '../util/json';
import { whenSlow } from '../util/whenSlow';
import { withoutUndefined } from '../util/withoutUndefined';

export interface OutboundGuardServices {
  readonly settings: Configuration;
  readonly notifier: Notifier;
  readonly log: Log;
}

/** A text that has not been reviewed, and what is sent in its place. */
interface Draft {
  readonly text: string;
  outboundText: string;
}

interface GuardCheck {
  readonly drafts: readonly Draft[];
  readonly decisions: OutboundDecisions;
  readonly host: string;
  readonly documentUri: string;
  readonly signal?: AbortSignal;
}

interface ScannedDraft {
  readonly draft: Draft;
  readonly findings: readonly SecretFinding[];
}

interface ScanOutcome {
  readonly found: readonly ScannedDraft[];
  readonly failure: QuilletError | undefined;
}

const MAX_LISTED_LINES = 10;
const PROGRESS_DELAY_MS = 1_000;

export class OutboundGuard {
  private readonly pendingChecks = new WeakMap<OutboundDecisions, Promise<boolean>>();

  constructor(private readonly services: OutboundGuardServices) {}

  /** Returns undefined if the user cancels. Asks one question of each kind for all plans. */
  async prepare(plans: readonly RunPlan[], signal?: AbortSignal): Promise<readonly RunPlan[] | undefined> {
    const [first] = plans;
    if (first === undefined) return [];
    const decisions = first.outboundDecisions;
    // Sending the same text to several models asks only once.
    while (this.pendingChecks.has(decisions)) {
      if (!(await this.pendingChecks.get(decisions))) return undefined;
    }
    const texts = [...new Set(plans.flatMap(collectTexts))].filter((text) => text !== '' && !decisions.isDecided(text));
    if (texts.length > 0) {
      const check: GuardCheck = {
        drafts: texts.map((text) => ({ text, outboundText: decisions.replaceKnownSecrets(text) })),
        decisions,
        host: hostOf(first.endpoint),
        documentUri: first.documentUri,
        ...withoutUndefined({ signal }),
      };
      const accepted = this.checkDrafts(check);
      this.pendingChecks.set(decisions, accepted);
      try {
        if (!(await accepted)) return undefined;
      } finally {
        this.pendingChecks.delete(decisions);
      }
    }
    return plans.map(toOutboundPlan);
  }

  private async checkDrafts(check: GuardCheck): Promise<boolean> {
    const { drafts, decisions, signal } = check;
    const isAccepted =
      (await this.confirmBinary(check)) &&
      (await this.confirmInvisible(check)) &&
      (!this.services.settings.read().checkSecrets || (await this.confirmSecrets(check)));
    if (!isAccepted || signal?.aborted === true) return false;
    for (const { text, outboundText } of drafts) decisions.setOutboundText(text, outboundText);
    return true;
  }

  private async confirmBinary({ drafts, host }: GuardCheck): Promise<boolean> {
    const sign = drafts.map(({ outboundText }) => detectBinary(outboundText)).find((sign) => sign !== undefined);
    if (sign === undefined) return true;
    const send = sendAnywayLabel();
    const detail = l10n.t('It contains many non-text characters. It may be an image or a program.');
    const question = l10n.t("Your request to {0} doesn't look like text.", host);
    return (await window.showWarningMessage(question, { modal: true, detail }, send)) === send;
  }

  private async confirmInvisible(check: GuardCheck): Promise<boolean> {
    const { drafts, decisions, host, documentUri } = check;
    const found = drafts.map((draft) => {
      const runs = findInvisible(draft.outboundText).filter((run) => isSuspicious(run, draft.outboundText));
      return {
        draft,
        runs: runs.filter(({ start, end }) => !decisions.isAllowed(draft.outboundText.slice(start, end))),
      };
    });
    const all = found.flatMap(({ draft, runs }) => runs.map((run) => locate(run, draft.outboundText, documentUri)));
    if (all.length === 0) return true;
    const count = all.reduce((sum, run) => sum + run.count, 0);
    const [remove, send] = [l10n.t('Remove'), sendAnywayLabel()];
    const chosen = await window.showWarningMessage(
      count === 1
        ? l10n.t('Your request to {0} contains an invisible or bidirectional control character.', host)
        : l10n.t('Your request to {1} contains {0} invisible or bidirectional control characters.', count, host),
      { modal: true, detail: formatList(all.map((run) => describeInvisible(run, run.matchedText))) },
      showInEditorLabel(),
      remove,
      send,
    );
    if (chosen === showInEditorLabel()) await revealInEditor(all[0]?.matchedText ?? '', check);
    for (const { draft, runs } of found) {
      if (chosen === remove) draft.outboundText = removeInvisible(draft.outboundText, runs);
      if (chosen === send) for (const { start, end } of runs) decisions.allow(draft.outboundText.slice(start, end));
    }
    return chosen === remove || chosen === send;
  }

  private async confirmSecrets(check: GuardCheck): Promise<boolean> {
    const { decisions, host, documentUri } = check;
    const scan = await this.scanDrafts(check);
    if (scan === undefined) return false;
    const { found, failure } = scan;
    const unscanned = failure === undefined ? 'send' : await this.askWhenUnscanned(failure, host);
    if (unscanned === 'retry') return this.confirmSecrets(check);
    if (unscanned === undefined) return false;
    const all = found.flatMap(({ draft, findings }) =>
      findings.map((finding) => locate(finding, draft.outboundText, documentUri)),
    );
    const distinct = [...new Map(all.map((finding) => [finding.matchedText, finding])).values()];
    if (distinct.length === 0) return true;
    const choice = await askAboutSecrets(distinct, check);
    this.services.log.info('scan.hit', { ...countKinds(distinct), decision: choice ?? 'cancelled' });
    if (choice === 'anyway') for (const { matchedText } of all) decisions.allow(matchedText);
    if (choice === 'replaced') hideSecrets(found, check);
    return choice !== undefined;
  }

  /** Returns undefined if the user cancels. On a busy machine the scan may take seconds, which a notification shows. */
  private async scanDrafts({ drafts, decisions, signal }: GuardCheck): Promise<ScanOutcome | undefined> {
    const canceller = new AbortController();
    const signals = AbortSignal.any([canceller.signal, ...(signal === undefined ? [] : [signal])]);
    const work = scanAll(drafts, decisions, signals);
    const outcome = await whenSlow(work, PROGRESS_DELAY_MS, () => showScanProgress(work, canceller));
    return signals.aborted ? undefined : outcome;
  }

  /** Never treat a failed scan as a clean one. The default button does not send. */
  private async askWhenUnscanned(failure: QuilletError, host: string): Promise<'retry' | 'send' | undefined> {
    this.services.log.error('scan.failed', failure);
    const [retry, send] = [l10n.t('Try Again'), sendAnywayLabel()];
    const detail = this.services.notifier.formatError(failure);
    const question = l10n.t("Couldn't check your request for secrets. Send it to {0} anyway?", host);
    const chosen = await window.showWarningMessage(question, { modal: true, detail }, retry, send);
    if (chosen === undefined) return undefined;
    return chosen === retry ? 'retry' : 'send';
  }
}

async function scanAll(
  drafts: readonly Draft[],
  decisions: OutboundDecisions,
  signal: AbortSignal,
): Promise<ScanOutcome> {
  const found: ScannedDraft[] = [];
  let failure: QuilletError | undefined;
  for (const draft of drafts) {
    try {
      const secrets = await scanForSecrets(draft.outboundText, { signal });
      const findings = secrets.filter(({ start, end }) => !decisions.isAllowed(draft.outboundText.slice(start, end)));
      found.push({ draft, findings });
    } catch (thrown) {
      failure ??= toQuilletError(thrown);
      if (signal.aborted) break;
    }
  }
  return { found, failure };
}

function showScanProgress(work: Promise<unknown>, canceller: AbortController): void {
  const title = l10n.t('Checking your request for secrets…');
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  void window.withProgress(options, async (_progress, token) => {
    token.onCancellationRequested(() => canceller.abort());
    await work;
  });
}

// A secret found in one text may occur in another one where the scanner doesn't recognize it.
function hideSecrets(found: readonly ScannedDraft[], { drafts, decisions }: GuardCheck): void {
  const texts = drafts.map(({ outboundText }) => outboundText);
  for (const { draft, findings } of found)
    draft.outboundText = decisions.replaceSecrets(draft.outboundText, findings, texts);
  for (const draft of drafts) draft.outboundText = decisions.replaceKnownSecrets(draft.outboundText);
}

async function askAboutSecrets(
  found: readonly (SecretFinding & { readonly matchedText: string })[],
  check: GuardCheck,
): Promise<'replaced' | 'anyway' | undefined> {
  const { host } = check;
  const [replace, send] = [l10n.t('Replace with Placeholders'), sendAnywayLabel()];
  const question =
    found.length === 1
      ? l10n.t('Your request to {0} may contain a secret.', host)
      : l10n.t('Your request to {1} may contain {0} secrets.', found.length, host);
  const hint = l10n.t('Quillet puts the real values back into the answer.');
  const detail = `${formatList(found.map(describeSecret))}\n\n${hint}`;
  // The first button is the default: pressing Enter must not send anything.
  const chosen = await window.showWarningMessage(question, { modal: true, detail }, showInEditorLabel(), replace, send);
  if (chosen === showInEditorLabel()) await revealInEditor(found[0]?.matchedText ?? '', check);
  if (chosen !== replace && chosen !== send) return undefined;
  return chosen === replace ? 'replaced' : 'anyway';
}

function showInEditorLabel(): string {
  return l10n.t('Show in Editor');
}

async function revealInEditor(matchedText: string, { documentUri, drafts }: GuardCheck): Promise<void> {
  const contains = (text: string) => matchedText !== '' && text.includes(matchedText);
  const sourceDocument = workspace.textDocuments.find(({ uri }) => uri.toString() === documentUri);
  const content = drafts.map(({ outboundText }) => outboundText).find(contains);
  if (content === undefined) return;
  const document =
    sourceDocument !== undefined && contains(sourceDocument.getText())
      ? sourceDocument
      : await workspace.openTextDocument({ content });
  const offset = document.getText().indexOf(matchedText);
  const selection = new Range(document.positionAt(offset), document.positionAt(offset + matchedText.length));
  await window.showTextDocument(document, { selection, preview: false });
}

function sendAnywayLabel(): string {
  return l10n.t('Send Anyway');
}

function formatList(lines: readonly string[]): string {
  const more = lines.length - MAX_LISTED_LINES;
  const overflow = more > 0 ? [l10n.t('and {0} more', more)] : [];
  return [...lines.slice(0, MAX_LISTED_LINES), ...overflow].join('\n');
}

function locate<T extends { readonly start: number; readonly end: number; readonly line: number }>(
  found: T,
  text: string,
  documentUri: string,
): T & { readonly matchedText: string } {
  const matchedText = text.slice(found.start, found.end);
  const document = workspace.textDocuments.find(({ uri }) => uri.toString() === documentUri);
  const offset = document?.getText().indexOf(matchedText) ?? -1;
  const line = document === undefined || offset === -1 ? found.line : document.positionAt(offset).line + 1;
  return { ...found, line, matchedText };
}

// Other control characters indicate binary data, which is asked about separately.
function isSuspicious({ kind, start, end }: InvisibleRun, text: string): boolean {
  return kind !== 'control' || text.slice(start, end).includes('\u{1b}');
}

function countKinds(found: readonly SecretFinding[]): Record<string, number> {
  const kinds = Map.groupBy(found, ({ kind }) => kind);
  return Object.fromEntries([...kinds].map(([kind, findings]) => [kind, findings.length]));
}

function collectTexts({ messages, body, extraBody = {} }: RunPlan): string[] {
  return [...messages.map(({ content }) => content), ...collectStrings(body ?? extraBody)];
}

function toOutboundPlan(plan: RunPlan): RunPlan {
  const { outboundDecisions: decisions, messages, body, extraBody } = plan;
  const toOutbound = (value: JsonValue) => mapStrings(value, (text) => decisions.toOutboundText(text));
  return {
    ...plan,
    messages: messages.map((message) => ({ ...message, content: decisions.toOutboundText(message.content) })),
    ...withoutUndefined({
      body: body === undefined ? undefined : toOutbound(body),
      extraBody: extraBody === undefined ? undefined : (toOutbound(extraBody) as JsonObject),
    }),
  };
}
