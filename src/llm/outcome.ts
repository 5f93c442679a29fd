import type { ChatRequest } from '../core/chat';
import { type ErrorKind, QuilletError } from '../core/errors';
import { classifyFinishReason } from '../core/finishReason';
import type { RunOutcome, RunWarning } from '../core/runRecord';
import { withoutUndefined } from '../util/withoutUndefined';
import { type AttemptResult, withRequestDetails } from './attempt';

export interface ClassifiedOutcome {
  readonly outcome: RunOutcome;
  readonly error?: QuilletError;
  readonly warnings: readonly RunWarning[];
}

// In tokens; a smaller estimate is too inaccurate.
const MIN_TRUNCATION_ESTIMATE = 2000;

/**
 * Classifies the last attempt of a run. The absence of an error is not success: the SDK ends its loop normally for a
 * cut stream, an empty body and an abort (see docs/sdk-notes.md, "Answers that look successful"). An answer needs text,
 * and a server that said it ended.
 */
export function classifyOutcome(result: AttemptResult, request: ChatRequest): ClassifiedOutcome {
  const { outcome, error } = classifyEnd(result);
  const warnings = outcome === 'ok' ? collectWarnings(result, request) : [];
  return {
    outcome,
    warnings,
    ...withoutUndefined({ error: error === undefined ? undefined : withRequestDetails(error, request) }),
  };
}

interface AttemptEnd {
  readonly outcome: RunOutcome;
  readonly error?: QuilletError;
}

function classifyEnd(result: AttemptResult): AttemptEnd {
  const { error, finishReason } = result;
  const hasText = result.text.trim() !== '';
  if (error !== undefined && !(result.hasEnded && isHarmlessAfterEnd(error))) return classifyError(error, hasText);
  if (result.refusal !== '' && !hasText) return refused('finish.refusal', result.refusal.slice(0, 300));
  const finish = finishReason === undefined ? undefined : classifyFinishReason(finishReason);
  if (finish === 'filter') return hasText ? truncated('finish.filter') : refused('finish.filter');
  if (!hasText && finish === 'length') return failed('finish.length', result.hasReasoning ? 'reasoning' : undefined);
  if (!hasText && result.unknownMessage !== undefined)
    return { outcome: 'failed', error: new QuilletError('sse.error', { serverMessage: result.unknownMessage }) };
  if (!hasText) return failed('body.empty', result.hasReasoning ? 'reasoning' : finishReason);
  if (finish === 'failed') return truncated('sse.error', finishReason);
  // A message after the text, in place of a finish reason.
  if (finish === undefined && result.unknownMessage !== undefined) return truncated('sse.error', result.unknownMessage);
  return finish === undefined && !result.isDone ? truncated('sse.truncated') : { outcome: 'ok' };
}

// Once the answer has ended, only its usage can get lost. An error that the server reports counts even then.
function isHarmlessAfterEnd({ kind }: QuilletError): boolean {
  return kind === 'cancelled' || kind === 'sse.malformed' || /^(net|time|limit)\./.test(kind);
}

function collectWarnings(result: AttemptResult, request: ChatRequest): RunWarning[] {
  const warnings: RunWarning[] = [];
  const { finishReason } = result;
  if (finishReason === undefined && !result.isNonStreaming) warnings.push({ kind: 'sse.nofinish' });
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

function truncated(kind: ErrorKind, serverMessage?: string): AttemptEnd {
  return { outcome: 'truncated', error: new QuilletError(kind, withoutUndefined({ serverMessage })) };
}

function failed(kind: ErrorKind, subject?: string): AttemptEnd {
  return { outcome: 'failed', error: new QuilletError(kind, subject === undefined ? {} : { subject }) };
}

function refused(kind: ErrorKind, serverMessage?: string): AttemptEnd {
  return { outcome: 'refused', error: new QuilletError(kind, serverMessage === undefined ? {} : { serverMessage }) };
}
