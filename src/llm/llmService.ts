import { raceAbort } from '../core/abort';
import type { ApiStyle, ChatApi, ChatRequest, Endpoint } from '../core/chat';
import { type ErrorKind, QuilletError, toQuilletError } from '../core/errors';
import { decideRetry } from '../core/retryPolicy';
import type { RunObserver, RunResult } from '../core/run';
import type { RunOutcome } from '../core/runRecord';
import type { Timeouts } from '../core/settings';
import { type AttemptResult, runAttempt } from './attempt';

export interface RunRequest extends ChatRequest {
  readonly timeouts: Timeouts;
  /** How often a failed attempt may be repeated, at most 2. */
  readonly retries: number;
  readonly answerLimit: number;
}

/** Where keys come from; undefined where the user stored none for this origin. May throw `key.store`. */
export type KeySource = (endpoint: Endpoint) => Promise<string | undefined>;

export interface LlmServiceParts {
  readonly apis: Readonly<Record<ApiStyle, ChatApi>>;
  readonly keyFor: KeySource;
  readonly random: () => number;
}

/** What features call: gets the key, sends the request, repeats what is worth repeating, and says how it ended. */
export class LlmService {
  constructor(private readonly parts: LlmServiceParts) {}

  /** Runs a request to its end. Never throws: every failure, Stop included, is a result. */
  async run(request: RunRequest, observer: RunObserver, signal: AbortSignal): Promise<RunResult> {
    const clock = new RunClock();
    try {
      const key = await raceAbort(signal, this.keyFor(request.endpoint));
      return await this.attemptUntilDone(request, key, { observer, signal, clock });
    } catch (thrown) {
      const error = signal.aborted ? new QuilletError('cancelled') : toQuilletError(thrown);
      const outcome = error.kind === 'cancelled' ? 'cancelled' : 'failed';
      return { outcome, text: '', error, attempts: 0, totalMs: clock.elapsed() };
    }
  }

  private async keyFor(endpoint: Endpoint): Promise<string | undefined> {
    const key = await this.parts.keyFor(endpoint);
    if (key === undefined && endpoint.needsKey) {
      throw new QuilletError('key.missing', {
        providerId: endpoint.providerId,
        providerLabel: endpoint.label,
        baseUrl: endpoint.baseUrl,
      });
    }
    return key;
  }

  private async attemptUntilDone(request: RunRequest, key: string | undefined, watch: Watch): Promise<RunResult> {
    for (let attempt = 1; ; attempt += 1) {
      watch.observer.onPhase({ kind: 'connecting', attempt });
      const result = await this.attempt(request, key, watch);
      const wait = this.retryDelay(request, result, attempt);
      if (wait === undefined || result.error === undefined) return finish(result, attempt, watch.clock);
      watch.observer.onPhase({ kind: 'retrying', attempt: attempt + 1, delayMs: wait, error: result.error });
      try {
        await raceAbort(watch.signal, new Promise((resolve) => setTimeout(resolve, wait)));
      } catch {
        return finish({ ...result, error: new QuilletError('cancelled') }, attempt, watch.clock);
      }
    }
  }

  private attempt(request: RunRequest, key: string | undefined, watch: Watch): Promise<AttemptResult> {
    let characters = 0;
    let isThinking = false;
    return runAttempt(request, {
      api: this.parts.apis[request.endpoint.api],
      key,
      timeouts: request.timeouts,
      answerLimit: request.answerLimit,
      signal: watch.signal,
      onHeaders: () => watch.observer.onPhase({ kind: 'waiting' }),
      onReasoning: () => {
        if (isThinking || characters > 0) return;
        isThinking = true;
        watch.observer.onPhase({ kind: 'thinking' });
      },
      onText: (text) => {
        watch.clock.markFirstText();
        characters += text.length;
        watch.observer.onPhase({ kind: 'receiving', characters });
        watch.observer.onText(text);
      },
    });
  }

  /** Once the server accepted a request it is never repeated (R44): text may have been shown, and tokens are being paid. */
  private retryDelay(request: RunRequest, result: AttemptResult, attempt: number): number | undefined {
    const { error } = result;
    if (error === undefined || result.status !== undefined || attempt > request.retries) return undefined;
    const { status, retryAfterMs } = error.details;
    const hint = {
      kind: error.kind,
      ...(status === undefined ? {} : { status }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
    const decision = decideRetry(hint, attempt, this.parts.random);
    return decision.retry ? decision.delayMs : undefined;
  }
}

interface Watch {
  readonly observer: RunObserver;
  readonly signal: AbortSignal;
  readonly clock: RunClock;
}

/** A monotonic clock: durations stay right when the machine sleeps or its time is set. */
class RunClock {
  private readonly start = performance.now();
  firstTextMs: number | undefined;

  elapsed(): number {
    return Math.round(performance.now() - this.start);
  }

  markFirstText(): void {
    this.firstTextMs ??= this.elapsed();
  }
}

/**
 * Judges an attempt. An end without an error is not yet success: the SDK ends its loop normally for a cut stream, an
 * empty body and an abort (faults 0.7), so a finish reason and text must both have been seen.
 */
function finish(result: AttemptResult, attempts: number, clock: RunClock): RunResult {
  const { outcome, error } = judge(result);
  return {
    outcome,
    text: result.text,
    ...(error === undefined ? {} : { error }),
    ...(result.finishReason === undefined ? {} : { finishReason: result.finishReason }),
    ...(result.usage === undefined ? {} : { usage: result.usage }),
    ...(result.reportedModel === undefined ? {} : { reportedModel: result.reportedModel }),
    ...(result.requestId === undefined ? {} : { requestId: result.requestId }),
    ...(result.status === undefined ? {} : { status: result.status }),
    attempts,
    ...(clock.firstTextMs === undefined ? {} : { firstTextMs: clock.firstTextMs }),
    totalMs: clock.elapsed(),
  };
}

function judge(result: AttemptResult): { outcome: RunOutcome; error?: QuilletError } {
  const { error, finishReason } = result;
  const hasText = result.text.trim() !== '';
  // A finish reason was seen, so the answer is whole; what failed afterwards was only the wait for its usage.
  if (error !== undefined && finishReason === undefined) return judgeError(error, hasText);
  if (result.refusal !== '' && !hasText) return refused('finish.refusal', result.refusal.slice(0, 300));
  if (finishReason === 'content_filter') return hasText ? truncated('finish.filter') : refused('finish.filter');
  if (finishReason === 'length') {
    return hasText ? truncated('finish.length') : failed('finish.length', result.reasoned ? 'reasoning' : undefined);
  }
  if (!hasText) return failed('body.empty', finishReason);
  return finishReason === undefined ? truncated('sse.truncated') : { outcome: 'ok' };
}

function judgeError(error: QuilletError, hasText: boolean): { outcome: RunOutcome; error: QuilletError } {
  if (error.kind === 'cancelled') return { outcome: 'cancelled', error };
  return { outcome: hasText ? 'truncated' : 'failed', error };
}

function truncated(kind: ErrorKind): { outcome: RunOutcome; error: QuilletError } {
  return { outcome: 'truncated', error: new QuilletError(kind) };
}

function failed(kind: ErrorKind, subject?: string): { outcome: RunOutcome; error: QuilletError } {
  return { outcome: 'failed', error: new QuilletError(kind, subject === undefined ? {} : { subject }) };
}

function refused(kind: ErrorKind, serverMessage?: string): { outcome: RunOutcome; error: QuilletError } {
  return { outcome: 'refused', error: new QuilletError(kind, serverMessage === undefined ? {} : { serverMessage }) };
}
