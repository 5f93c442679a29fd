import type { ChatRequest } from '../core/chat';
import { type ErrorKind, QuilletError } from '../core/errors';
import type { RunOutcome, RunWarning } from '../core/runRecord';
import { type AttemptResult, withPlace } from './attempt';

export interface Verdict {
  readonly outcome: RunOutcome;
  readonly error?: QuilletError;
  readonly warnings: readonly RunWarning[];
}

/** Reasons that mean "the answer is whole", in the words of the servers there are. */
const COMPLETE = new Set(['stop', 'stop_sequence', 'end_turn', 'eos', 'eos_token', 'complete', 'completed', 'length']);

/** Below this an estimate of tokens says nothing (need 31). */
const SMALLEST_CUT = 2000;

/**
 * Judges the last attempt of a run. An end without an error is not yet success: the SDK ends its loop normally for a cut
 * stream, an empty body and an abort (faults 0.7), so text must have been seen and the server must have said that it ended.
 */
export function judge(result: AttemptResult, request: ChatRequest): Verdict {
  const { outcome, error } = judgeEnd(result);
  const warnings = outcome === 'ok' ? warningsOf(result, request) : [];
  return { outcome, warnings, ...(error === undefined ? {} : { error: withPlace(error, request) }) };
}

interface End {
  readonly outcome: RunOutcome;
  readonly error?: QuilletError;
}

function judgeEnd(result: AttemptResult): End {
  const { error, finishReason } = result;
  const hasText = result.text.trim() !== '';
  // A finish reason was seen, so the answer is whole; what failed afterwards was only the wait for its usage.
  if (error !== undefined && finishReason === undefined) return endedByError(error, hasText);
  if (result.refusal !== '' && !hasText) return refused('finish.refusal', result.refusal.slice(0, 300));
  if (finishReason === 'content_filter') return hasText ? truncated('finish.filter') : refused('finish.filter');
  if (!hasText && finishReason === 'length') return failed('finish.length', result.reasoned ? 'reasoning' : undefined);
  if (!hasText) return failed('body.empty', result.reasoned ? 'reasoning' : finishReason);
  if (finishReason === 'error') return truncated('sse.error');
  return finishReason === undefined && !result.isDone ? truncated('sse.truncated') : { outcome: 'ok' };
}

function warningsOf(result: AttemptResult, request: ChatRequest): RunWarning[] {
  const warnings: RunWarning[] = [];
  const { finishReason } = result;
  if (finishReason === undefined && !result.isWhole) warnings.push({ kind: 'sse.nofinish' });
  if (finishReason === 'length') warnings.push({ kind: 'finish.length' });
  if (finishReason !== undefined && !COMPLETE.has(finishReason)) {
    warnings.push({ kind: 'finish.other', subject: finishReason.slice(0, 40) });
  }
  if (result.isWhole && request.adaptation?.withoutStream !== true && request.endpoint.api !== 'http') {
    warnings.push({ kind: 'body.nonstream' });
  }
  const odd = result.oddEvents + result.skippedEvents;
  if (odd > 0) warnings.push({ kind: 'sse.odd', subject: String(odd) });
  const undecodable = result.text.split('\ufffd').length - 1;
  if (undecodable > 0) warnings.push({ kind: 'text.undecodable', subject: String(undecodable) });
  if (isPromptCut(result, request)) warnings.push({ kind: 'prompt.cut', subject: String(result.usage?.inputTokens) });
  return warnings;
}

/** Ollama cuts long prompts without a word; its usage tells (need 31). Four characters make about one token. */
function isPromptCut({ usage }: AttemptResult, { messages }: ChatRequest): boolean {
  const estimate = messages.reduce((sum, message) => sum + message.content.length, 0) / 4;
  return usage?.inputTokens !== undefined && estimate >= SMALLEST_CUT && usage.inputTokens < estimate / 2;
}

function endedByError(error: QuilletError, hasText: boolean): End {
  if (error.kind === 'cancelled') return { outcome: 'cancelled', error };
  // The prompt itself was refused, with an HTTP status (need 21).
  if (error.kind === 'finish.filter') return { outcome: 'refused', error };
  return { outcome: hasText ? 'truncated' : 'failed', error };
}

function truncated(kind: ErrorKind): End {
  return { outcome: 'truncated', error: new QuilletError(kind) };
}

function failed(kind: ErrorKind, subject?: string): End {
  return { outcome: 'failed', error: new QuilletError(kind, subject === undefined ? {} : { subject }) };
}

function refused(kind: ErrorKind, serverMessage?: string): End {
  return { outcome: 'refused', error: new QuilletError(kind, serverMessage === undefined ? {} : { serverMessage }) };
}
