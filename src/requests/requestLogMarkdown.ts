import { l10n } from 'vscode';
import type { AttemptTrace, NextStep } from '../core/attemptTrace';
import { type Endpoint, formatModelRef, hostOf } from '../core/chat';
import type { RunOutcome, RunRecord } from '../core/runRecord';
import { messageFor } from '../notifications/errorMessages';
import type { LoggedRequest } from '../runs/common/requestHistory';
import { throughVscodeText, tokenDetails, warningText } from '../runs/runText';
import { escapeInvisible, escapeInvisibleInJson } from '../sanitize/escapeInvisible';
import { type Redactor, toSingleLine } from '../sanitize/redactor';
import { fencedCodeBlock } from '../text/codeFence';
import { getCredentialHeader } from './common/exportedRequest';

/** VS Code does not open larger documents from extensions. */
const MAX_BODY_CHARACTERS = 2_000_000;

/** Text from the user and from servers is fenced, redacted, and has its invisible characters escaped. */
export function requestLogMarkdown(request: LoggedRequest, redactor: Redactor): string {
  const { plan, attempts, end } = request;
  const options: RenderOptions = {
    escape: (text) => escapeInvisible(truncate(redactor.redact(text))),
    escapeJson: (text) => escapeInvisibleInJson(truncate(redactor.redact(text))),
    endpoint: plan.endpoint,
    hasEchoedKey: end?.record.warnings.some(({ kind }) => kind === 'text.key') === true,
    hasSingleAttempt: attempts.length === 1,
  };
  const redactLine = (text: string) => toSingleLine(redactor.redact(text));
  const parts = [`# ${redactLine(getRequestTitle(request)).replaceAll(/[[\]<>\\`]/g, '\\$&')}`];
  parts.push(fencedCodeBlock(getSummary(request, redactor).map(redactLine).join('\n'), 'text'));
  if (end !== undefined && end.answer !== '') {
    // Secrets were restored in the shown answer; here the placeholders remain.
    parts.push(
      `## ${l10n.t('Answer')}`,
      fencedCodeBlock(options.escape(plan.outboundDecisions.replaceKnownSecrets(end.answer)), 'text'),
    );
    const { charactersOut } = end.record;
    if (charactersOut > end.answer.length) parts.push(getTruncationNote(end.answer.length, charactersOut));
  }
  for (const [index, attempt] of attempts.entries()) {
    const heading = options.hasSingleAttempt ? [] : [`## ${getAttemptTitle(attempt)}`];
    const facts = options.hasSingleAttempt
      ? []
      : [fencedCodeBlock(getAttemptSummary(attempt, redactor).map(redactLine).join('\n'), 'text')];
    parts.push(...heading, ...facts, ...renderRequest(attempt, attempts[index - 1], options));
    parts.push(...renderResponse(attempt, options));
  }
  return `${parts.join('\n\n')}\n`;
}

export function getRequestTitle({ plan }: LoggedRequest): string {
  return `${plan.title} · ${formatModelRef({ providerId: plan.endpoint.providerId, model: plan.model })}`;
}

export function getOutcomeText(end: LoggedRequest['end']): string {
  if (end === undefined) return l10n.t('in progress');
  const { outcome, error } = end.record;
  return error?.details.status === undefined
    ? OUTCOME_NAMES[outcome]
    : l10n.t('{0}, status {1}', OUTCOME_NAMES[outcome], String(error.details.status));
}

const OUTCOME_NAMES: Readonly<Record<RunOutcome, string>> = {
  ok: l10n.t('ok'),
  truncated: l10n.t('truncated'),
  failed: l10n.t('failed'),
  cancelled: l10n.t('stopped'),
  refused: l10n.t('refused'),
};

export function formatSeconds(milliseconds: number): string {
  return l10n.t('{0} s', (milliseconds / 1000).toFixed(milliseconds < 9950 ? 2 : 1));
}

function getSummary({ plan, sentAt, attempts, end }: LoggedRequest, redactor: Redactor): string[] {
  const sentText = l10n.t('sent to {1} on {0}', new Date(sentAt).toLocaleString(), hostOf(plan.endpoint));
  const retentionText = l10n.t('stored in memory until this window closes; secrets are shown as ***');
  if (end === undefined) {
    return [getOutcomeText(end), sentText, l10n.t('the request and response appear here when it ends'), retentionText];
  }
  const { record } = end;
  const changedParameters = attempts.flatMap(({ next }) => (next?.kind === 'adapted' ? [next.changed] : []));
  return [
    record.finishReason === undefined
      ? getOutcomeText(end)
      : l10n.t('{0}, finish reason: {1}', getOutcomeText(end), record.finishReason),
    sentText,
    getDurationText(record, attempts),
    tokenDetails(record.usage),
    ...(record.reportedModel === undefined ? [] : [l10n.t('model reported by the server: {0}', record.reportedModel)]),
    ...(record.requestId === undefined ? [] : [l10n.t('request ID: {0}', record.requestId)]),
    ...(changedParameters.length === 0 ? [] : [l10n.t('adapted to the server: {0}', changedParameters.join(', '))]),
    ...(record.error === undefined ? [] : [messageFor(record.error, redactor)]),
    ...record.warnings.map((warning) => warningText(warning, plan.endpoint)),
    retentionText,
  ];
}

/** With a single attempt, its timing is that of the run. */
function getDurationText({ totalMs, attempts: count }: RunRecord, attempts: readonly AttemptTrace[]): string {
  const [onlyAttempt] = attempts;
  if (onlyAttempt !== undefined && attempts.length === 1) return getTimingText(onlyAttempt);
  return l10n.t('{0} in total, {1} attempts', formatSeconds(totalMs), String(count));
}

interface RenderOptions {
  readonly escape: (text: string) => string;
  readonly escapeJson: (text: string) => string;
  readonly endpoint: Endpoint;
  readonly hasEchoedKey: boolean;
  readonly hasSingleAttempt: boolean;
}

function getAttemptTitle({ attempt, response, error }: AttemptTrace): string {
  const ended = response?.status ?? error?.kind;
  return ended === undefined
    ? l10n.t('Attempt {0}', String(attempt))
    : l10n.t('Attempt {0}: {1}', String(attempt), String(ended));
}

function getAttemptSummary(attempt: AttemptTrace, redactor: Redactor): string[] {
  return [
    ...(attempt.error === undefined ? [] : [messageFor(attempt.error, redactor)]),
    ...(attempt.next === undefined ? [] : [getNextStepText(attempt.next)]),
    getTimingText(attempt),
  ];
}

function getTimingText({ startMs, headersMs, firstTextMs, endMs }: AttemptTrace): string {
  return [
    l10n.t('started after {0}', formatSeconds(startMs)),
    ...(headersMs === undefined ? [] : [l10n.t('headers after {0}', formatSeconds(headersMs))]),
    ...(firstTextMs === undefined ? [] : [l10n.t('first token after {0}', formatSeconds(firstTextMs))]),
    l10n.t('ended after {0}', formatSeconds(endMs)),
  ].join(', ');
}

function getNextStepText(next: NextStep): string {
  return next.kind === 'retry'
    ? l10n.t('retried after {0}', formatSeconds(next.waitMs))
    : l10n.t('retried immediately with {0} changed or removed', next.changed);
}

function renderRequest(
  { request, hasKey }: AttemptTrace,
  previousAttempt: AttemptTrace | undefined,
  options: RenderOptions,
): string[] {
  const heading = renderHeading(l10n.t('Request'), options);
  const isSame = previousAttempt !== undefined && JSON.stringify(previousAttempt.request) === JSON.stringify(request);
  if (isSame) return [heading, l10n.t('Same as in attempt {0}.', String(previousAttempt.attempt))];
  const { method, url, headers, body } = request.wire;
  const json =
    body === undefined ? [] : [fencedCodeBlock(options.escapeJson(JSON.stringify(body, undefined, 2)), 'json')];
  if (method === 'CALL') return [heading, throughVscodeText(), ...json];
  const { name } = getCredentialHeader({ header: options.endpoint.keyHeader });
  const head = [`${method} ${url}`, ...formatHeaders(Object.entries(headers)), ...(hasKey ? [`${name}: ***`] : [])];
  return [heading, fencedCodeBlock(options.escape(head.join('\n')), 'http'), ...json];
}

function renderResponse(attempt: AttemptTrace, options: RenderOptions): string[] {
  const { request, response } = attempt;
  // The answer is all that VS Code returns.
  if (request.wire.method === 'CALL') return [];
  const heading = renderHeading(l10n.t('Response'), options);
  if (response === undefined) return [heading, l10n.t('No response received.')];
  const { status, headers, body } = response;
  const head = [`HTTP ${status}`, ...formatHeaders(headers)];
  const parts = [heading, fencedCodeBlock(options.escape(head.join('\n')), 'http')];
  if (options.hasEchoedKey) return [...parts, l10n.t("The server repeated your API key, so its response isn't shown.")];
  if (body.bytes === 0) return [...parts, l10n.t('The response body is empty.')];
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  parts.push(fencedCodeBlock(options.escape(body.text), type.includes('json') ? 'json' : 'text'));
  if (body.omitted === 0) return parts;
  const gap = l10n.t('{0} of {1} bytes omitted.', body.omitted.toLocaleString(), body.bytes.toLocaleString());
  return [...parts, gap, fencedCodeBlock(options.escape(body.end), 'text')];
}

function renderHeading(title: string, { hasSingleAttempt }: RenderOptions): string {
  return `${hasSingleAttempt ? '##' : '###'} ${title}`;
}

function formatHeaders(headers: readonly (readonly [string, string])[]): string[] {
  return headers.map(([name, value]) => `${name}: ${value}`);
}

function truncate(text: string): string {
  return text.length <= MAX_BODY_CHARACTERS
    ? text
    : `${text.slice(0, MAX_BODY_CHARACTERS)}\n${getTruncationNote(MAX_BODY_CHARACTERS, text.length)}`;
}

function getTruncationNote(shown: number, all: number): string {
  return l10n.t('Showing the first {0} of {1} characters.', shown.toLocaleString(), all.toLocaleString());
}
