import type { ChatRequest } from '../core/chat';
import { type ErrorKind, QuilletError } from '../core/errors';
import { classifyFinishReason } from '../core/finishReason';
import type { RunOutcome, RunWarning } from '../core/runRecord';
import { withoutUndefined } from '../util/withoutUndefined';
import { type AttemptResult, withRequestDetails } from './attempt';

interface AttemptEnd {
  readonly outcome: RunOutcome;
  readonly error?: QuilletError;
}

export interface ClassifiedOutcome extends AttemptEnd {
  readonly warnings: readonly RunWarning[];
}

// In tokens; a smaller estimate is too inaccurate.
const MIN_TRUNCATION_ESTIMATE = 2000;

/** The SDK ends its loop normally for a cut stream, an empty body and an abort, so no error is not success. */
export function classifyOutcome(result: AttemptResult, request: ChatRequest): ClassifiedOutcome {
  const { outcome, error } = classifyEnd(result);
  const warnings = outcome === 'ok' ? collectWarnings(result, request) : [];
  return {
    outcome,
    warnings,
    ...withoutUndefined({ error: error === undefined ? undefined : withRequestDetails(error, request) }),
  };
}

function classifyEnd(result: AttemptResult): AttemptEnd {
  const { error, finishReason } = result;
  const hasText = result.text.trim() !== '';
  if (error !== undefined && !(result.hasEnded && isHarmlessAfterEnd(error))) return classifyError(error, hasText);
  if (result.refusal !== '' && !hasText)
    return end('refused', 'finish.refusal', { serverMessage: result.refusal.slice(0, 300) });
  const finish = finishReason === undefined ? undefined : classifyFinishReason(finishReason);
  const { unknownMessage: serverMessage, hasReasoning } = result;
  if (finish === 'filter') return end(hasText ? 'truncated' : 'refused', 'finish.filter');
  if (!hasText && finish === 'length')
    return end('failed', 'finish.length', { subject: hasReasoning ? 'reasoning' : undefined });
  if (!hasText && serverMessage !== undefined) return end('failed', 'sse.error', { serverMessage });
  if (!hasText) return end('failed', 'body.empty', { subject: hasReasoning ? 'reasoning' : finishReason });
  if (finish === 'failed') return end('truncated', 'sse.error', { serverMessage: finishReason });
  // A message after the text, in place of a finish reason.
  if (finish === undefined && serverMessage !== undefined) return end('truncated', 'sse.error', { serverMessage });
  return finish === undefined && !result.isDone ? end('truncated', 'sse.truncated') : { outcome: 'ok' };
}

// Once the answer has ended, only its usage can get lost. An error that the server reports counts even then.
function isHarmlessAfterEnd({ kind }: QuilletError): boolean {
  return kind === 'cancelled' || kind === 'sse.malformed' || /^(net|time|limit)\./.test(kind);
}

function collectWarnings(result: AttemptResult, request: ChatRequest): RunWarning[] {
  const warnings: RunWarning[] = [];
  const { finishReason } = result;
  // VS Code never tells why an answer ended.
  const hasReasons = request.endpoint.api !== 'vscode';
  if (hasReasons && finishReason === undefined && !result.isNonStreaming) warnings.push({ kind: 'sse.nofinish' });
  const finish = finishReason === undefined ? undefined : classifyFinishReason(finishReason);
  if (finish === 'length') warnings.push({ kind: 'finish.length' });
  if (finish === 'unknown') warnings.push({ kind: 'finish.other', subject: finishReason?.slice(0, 40) ?? '' });
  if (result.isNonStreaming && request.adaptation?.withoutStream !== true && request.endpoint.api !== 'http') {
    warnings.push({ kind: 'body.nonstream' });
  }
  if (result.unknownEvents > 0) warnings.push({ kind: 'sse.odd', subject: String(result.unknownEvents) });
  const undecodable = result.text.split('\ufffd').length - 1;
  if (undecodable > 0) warnings.push({ kind: 'text.undecodable', subject: String(undecodable) });
  if (isPromptTruncated(result, request))
    warnings.push({ kind: 'prompt.cut', subject: String(result.usage?.inputTokens) });
  return warnings;
}

// Ollama silently truncates long prompts; its usage gives it away. Four characters make about one token.
function isPromptTruncated({ usage }: AttemptResult, { messages }: ChatRequest): boolean {
  const estimate = messages.reduce((sum, message) => sum + message.content.length, 0) / 4;
  return usage?.inputTokens !== undefined && estimate >= MIN_TRUNCATION_ESTIMATE && usage.inputTokens < estimate / 2;
}

function classifyError(error: QuilletError, hasText: boolean): AttemptEnd {
  if (error.kind === 'cancelled') return { outcome: 'cancelled', error };
  // The prompt itself was rejected.
  if (error.kind === 'finish.filter' && !hasText) return { outcome: 'refused', error };
  return { outcome: hasText ? 'truncated' : 'failed', error };
}

function end(
  outcome: RunOutcome,
  kind: ErrorKind,
  details: { readonly subject?: string | undefined; readonly serverMessage?: string | undefined } = {},
): AttemptEnd {
  return { outcome, error: new QuilletError(kind, withoutUndefined(details)) };
}
