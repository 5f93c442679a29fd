import { l10n } from 'vscode';
import type { AttemptTrace, NextStep } from '../core/attemptTrace';
import { type Endpoint, formatModelRef } from '../core/chat';
import type { RunOutcome, RunRecord } from '../core/runRecord';
import { messageFor } from '../notifications/errorMessages';
import type { LoggedRequest } from '../runs/common/requestHistory';
import { tokenDetails, warningText } from '../runs/runText';
import { escapeInvisible, escapeInvisibleInJson } from '../sanitize/escapeInvisible';
import { type Redactor, toSingleLine } from '../sanitize/redactor';
import { fencedCodeBlock } from '../text/codeFence';
import { credentialHeader } from './common/exportedRequest';

/** More characters of a body are not shown: VS Code would take no such document. */
const LONGEST_SHOWN = 2_000_000;

/**
 * A request with everything that is known of it, as a Markdown document. Whatever came from the user or from a server
 * stands in fences that it cannot close, without secrets and with its hidden characters written out.
 * @param keptDays how many days requests are kept on disk.
 */
export function requestLogText(request: LoggedRequest, redactor: Redactor, keptDays: number): string {
  const { plan, attempts, end } = request;
  const write: Writing = {
    show: (text) => escapeInvisible(shortened(redactor.redact(text))),
    showJson: (text) => escapeInvisibleInJson(shortened(redactor.redact(text))),
    endpoint: plan.endpoint,
    isRepeatingKey: end?.record.warnings.some(({ kind }) => kind === 'text.key') === true,
    isOnly: attempts.length === 1,
  };
  const clean = (text: string) => toSingleLine(redactor.redact(text));
  const parts = [`# ${clean(titleOf(request)).replaceAll(/[[\]<>\\`]/g, '\\$&')}`];
  parts.push(fencedCodeBlock(factsOf(request, keptDays).map(clean).join('\n'), 'text'));
  if (end !== undefined && end.answer !== '') {
    // The answer that was shown has its secrets back; here the placeholders stay.
    parts.push(
      `## ${l10n.t('Answer')}`,
      fencedCodeBlock(write.show(plan.reviewDecisions.replaceKnownSecrets(end.answer)), 'text'),
    );
    const { charactersOut } = end.record;
    if (charactersOut > end.answer.length) parts.push(firstOf(end.answer.length, charactersOut));
  }
  for (const [index, attempt] of attempts.entries()) {
    const heading = write.isOnly ? [] : [`## ${attemptTitle(attempt)}`];
    const facts = write.isOnly ? [] : [fencedCodeBlock(attemptFacts(attempt).map(clean).join('\n'), 'text')];
    parts.push(...heading, ...facts, ...requestParts(attempt, attempts[index - 1], write));
    parts.push(...responseParts(attempt, write));
  }
  return `${parts.join('\n\n')}\n`;
}

/** What a list or a tab calls it. */
export function titleOf({ plan }: LoggedRequest): string {
  return `${plan.title} · ${formatModelRef({ providerId: plan.endpoint.providerId, model: plan.model })}`;
}

/** How it ended, in a word or two. */
export function outcomeText(end: LoggedRequest['end']): string {
  if (end === undefined) return l10n.t('under way');
  const { outcome, error } = end.record;
  return error?.details.status === undefined
    ? outcomeName(outcome)
    : l10n.t('{0}, status {1}', outcomeName(outcome), String(error.details.status));
}

function outcomeName(outcome: RunOutcome): string {
  switch (outcome) {
    case 'ok':
      return l10n.t('ok');
    case 'truncated':
      return l10n.t('cut off');
    case 'failed':
      return l10n.t('failed');
    case 'cancelled':
      return l10n.t('stopped');
    case 'refused':
      return l10n.t('refused');
  }
}

/** Milliseconds as people say them. */
export function secondsText(milliseconds: number): string {
  return l10n.t('{0} s', (milliseconds / 1000).toFixed(milliseconds < 9950 ? 2 : 1));
}

function factsOf({ plan, sentAt, attempts, end }: LoggedRequest, keptDays: number): string[] {
  const sent = l10n.t('sent {0} to {1}', new Date(sentAt).toLocaleString(), new URL(plan.endpoint.baseUrl).host);
  const kept =
    keptDays === 0
      ? l10n.t('kept in memory until the window is closed; secrets are shown as ***')
      : l10n.t('kept on this machine, for so many days: {0}; without secrets, shown as ***', String(keptDays));
  if (end === undefined) {
    return [outcomeText(end), sent, l10n.t('what was sent and what came is written here at the end'), kept];
  }
  const { record } = end;
  const changed = attempts.flatMap(({ next }) => (next?.kind === 'adapted' ? [next.changed] : []));
  return [
    record.finishReason === undefined
      ? outcomeText(end)
      : l10n.t('{0}, finish reason: {1}', outcomeText(end), record.finishReason),
    sent,
    durationText(record, attempts),
    tokenDetails(record.usage),
    ...(record.reportedModel === undefined ? [] : [l10n.t('model, as the server says: {0}', record.reportedModel)]),
    ...(record.requestId === undefined ? [] : [l10n.t('request id: {0}', record.requestId)]),
    ...(changed.length === 0 ? [] : [l10n.t('asked otherwise because the server wanted it: {0}', changed.join(', '))]),
    ...(record.error === undefined ? [] : [messageFor(record.error)]),
    ...record.warnings.map((warning) => warningText(warning, plan.endpoint)),
    kept,
  ];
}

/** With one attempt its times are those of the run, and there is nothing to be counted. */
function durationText({ totalMs, attempts: count }: RunRecord, attempts: readonly AttemptTrace[]): string {
  const [only] = attempts;
  if (only !== undefined && attempts.length === 1) return timesText(only);
  return l10n.t('{0} in all, attempts: {1}', secondsText(totalMs), String(count));
}

interface Writing {
  readonly show: (text: string) => string;
  readonly showJson: (text: string) => string;
  readonly endpoint: Endpoint;
  readonly isRepeatingKey: boolean;
  /** A request with one attempt needs no headings for attempts. */
  readonly isOnly: boolean;
}

function attemptTitle({ attempt, response, error }: AttemptTrace): string {
  const ended = response?.status ?? error?.kind;
  return ended === undefined
    ? l10n.t('Attempt {0}', String(attempt))
    : l10n.t('Attempt {0}: {1}', String(attempt), String(ended));
}

function attemptFacts(attempt: AttemptTrace): string[] {
  return [
    ...(attempt.error === undefined ? [] : [messageFor(attempt.error)]),
    ...(attempt.next === undefined ? [] : [nextText(attempt.next)]),
    timesText(attempt),
  ];
}

function timesText({ startMs, headersMs, firstTextMs, endMs }: AttemptTrace): string {
  return [
    l10n.t('begun after {0}', secondsText(startMs)),
    ...(headersMs === undefined ? [] : [l10n.t('headers after {0}', secondsText(headersMs))]),
    ...(firstTextMs === undefined ? [] : [l10n.t('first text after {0}', secondsText(firstTextMs))]),
    l10n.t('ended after {0}', secondsText(endMs)),
  ].join(', ');
}

function nextText(next: NextStep): string {
  return next.kind === 'retry'
    ? l10n.t('tried again after a wait of {0}', secondsText(next.waitMs))
    : l10n.t('asked at once with {0} changed or left out', next.changed);
}

function requestParts({ request, hasKey }: AttemptTrace, before: AttemptTrace | undefined, write: Writing): string[] {
  const heading = headingOf(l10n.t('Request'), write);
  const isSame = before !== undefined && JSON.stringify(before.request) === JSON.stringify(request);
  if (isSame) return [heading, l10n.t('The same as in attempt {0}.', String(before.attempt))];
  const { method, url, headers, body } = request.wire;
  const { name } = credentialHeader({ variable: '', ...withHeader(write.endpoint.keyHeader) });
  const head = [`${method} ${url}`, ...lines(Object.entries(headers)), ...(hasKey ? [`${name}: ***`] : [])];
  const json = body === undefined ? [] : [fencedCodeBlock(write.showJson(JSON.stringify(body, undefined, 2)), 'json')];
  return [heading, fencedCodeBlock(write.show(head.join('\n')), 'http'), ...json];
}

function responseParts(attempt: AttemptTrace, write: Writing): string[] {
  const { response } = attempt;
  const heading = headingOf(l10n.t('Response'), write);
  if (response === undefined) return [heading, l10n.t('No response came.')];
  const { status, headers, body } = response;
  const head = [`HTTP ${status}`, ...lines(headers)];
  const parts = [heading, fencedCodeBlock(write.show(head.join('\n')), 'http')];
  if (write.isRepeatingKey) return [...parts, l10n.t('The server repeated your key, so what it sent is not shown.')];
  if (body.bytes === 0) return [...parts, l10n.t('Nothing followed the headers.')];
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  parts.push(fencedCodeBlock(write.show(body.text), type.includes('json') ? 'json' : 'text'));
  if (body.omitted === 0) return parts;
  const gap = l10n.t('{0} of {1} bytes are left out here.', body.omitted.toLocaleString(), body.bytes.toLocaleString());
  return [...parts, gap, fencedCodeBlock(write.show(body.end), 'text')];
}

function headingOf(title: string, { isOnly }: Writing): string {
  return `${isOnly ? '##' : '###'} ${title}`;
}

function lines(headers: readonly (readonly [string, string])[]): string[] {
  return headers.map(([name, value]) => `${name}: ${value}`);
}

function withHeader(header: string | undefined): { readonly header?: string } {
  return header === undefined ? {} : { header };
}

function shortened(text: string): string {
  return text.length <= LONGEST_SHOWN
    ? text
    : `${text.slice(0, LONGEST_SHOWN)}\n${firstOf(LONGEST_SHOWN, text.length)}`;
}

function firstOf(shown: number, all: number): string {
  return l10n.t('These are the first {0} of {1} characters.', shown.toLocaleString(), all.toLocaleString());
}
