import type { ChatApi, ChatRequest, StreamEvent, Usage } from '../core/chat';
import { QuilletError, toQuilletError } from '../core/errors';
import type { ResponseTap } from '../core/responseTap';
import type { Timeouts } from '../settings/common/settings';
import { SurrogatePairBuffer } from '../text/surrogatePairBuffer';
import { raceAbort } from '../util/abort';
import { Deadlines } from './deadlines';
import { LongTurn } from './http/eventLoopYield';

/** How long usage is waited for once the server gave its finish reason (faults V2). */
const DRAIN_MS = 5000;

/** A stray chunk is forgiven; a stream of them is no answer (S29). */
const MOST_ODD_EVENTS = 100;

/** Everything one attempt brought, complete or not. */
export interface AttemptResult {
  readonly text: string;
  readonly refusal: string;
  readonly usage?: Usage;
  readonly finishReason?: string;
  readonly reportedModel?: string;
  readonly requestId?: string;
  readonly status?: number;
  readonly reasoned: boolean;
  /** The server said that it ended, though not why. */
  readonly isDone: boolean;
  /** The answer came in one piece. */
  readonly isWhole: boolean;
  /** Chunks that were no part of an answer, and events without data. */
  readonly oddEvents: number;
  readonly skippedEvents: number;
  readonly error?: QuilletError;
}

export interface AttemptOptions {
  readonly api: ChatApi;
  readonly key: string | undefined;
  readonly timeouts: Timeouts;
  readonly answerLimit: number;
  readonly signal: AbortSignal;
  readonly tap?: ResponseTap;
  readonly onText: (text: string) => void;
  readonly onReasoning: () => void;
  readonly onHeaders: () => void;
}

type Draft = { -readonly [Field in keyof AttemptResult]: AttemptResult[Field] };

/** Runs one attempt to its end. Never throws: what went wrong is part of the result. */
export async function runAttempt(request: ChatRequest, options: AttemptOptions): Promise<AttemptResult> {
  const draft: Draft = {
    text: '',
    refusal: '',
    reasoned: false,
    isDone: false,
    isWhole: false,
    oddEvents: 0,
    skippedEvents: 0,
  };
  const aborter = new AbortController();
  const deadlines = new Deadlines(options.timeouts, (error) => aborter.abort(error));
  const collector = new Collector(draft, options, deadlines, () => aborter.abort(DRAINED));
  // One signal that both can abort: one that is made of two looks at both each time it is asked, as it is for each token.
  const onStop = () => aborter.abort(options.signal.reason);
  const { signal } = aborter;
  options.signal.addEventListener('abort', onStop, { once: true });
  try {
    options.signal.throwIfAborted();
    const { api, key, tap } = options;
    const stream = api.stream(request, { signal, key, ...(tap === undefined ? {} : { tap }) });
    // Stop and our timers must be felt at once, even where the server's side does not notice an abort.
    await raceAbort(signal, consume(stream, collector, signal));
  } catch (thrown) {
    const error = endedBy(thrown, options.signal, aborter.signal);
    if (error !== undefined) draft.error = withPlace(error, request);
  } finally {
    options.signal.removeEventListener('abort', onStop);
    deadlines.stop();
    collector.end();
  }
  return draft;
}

async function consume(stream: AsyncIterable<StreamEvent>, collector: Collector, signal: AbortSignal): Promise<void> {
  const turn = new LongTurn();
  for await (const event of stream) {
    signal.throwIfAborted();
    collector.take(event);
    const pause = turn.pause();
    if (pause !== undefined) await pause;
  }
}

/** The reason with which an attempt is ended that is complete except for its usage. */
const DRAINED = new QuilletError('cancelled', { subject: 'drained' });

/** What stopped the attempt: the user, one of our timers, or the server. */
function endedBy(thrown: unknown, user: AbortSignal, own: AbortSignal): QuilletError | undefined {
  if (user.aborted) return new QuilletError('cancelled');
  if (!own.aborted) return toQuilletError(thrown);
  return own.reason === DRAINED ? undefined : toQuilletError(own.reason);
}

/** Adds where the request went to an error that does not say so itself. */
export function withPlace(error: QuilletError, { endpoint, model }: ChatRequest): QuilletError {
  if (error.details.providerId !== undefined) return error;
  const place = {
    providerId: endpoint.providerId,
    providerLabel: endpoint.label,
    baseUrl: endpoint.baseUrl,
    host: new URL(endpoint.baseUrl).host,
    model,
  };
  return new QuilletError(error.kind, { ...place, ...error.details }, { cause: error.cause });
}

/** Adds each event to the result and feeds the timers. */
class Collector {
  private readonly surrogates = new SurrogatePairBuffer();
  private drainTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly draft: Draft,
    private readonly options: AttemptOptions,
    private readonly deadlines: Deadlines,
    private readonly drained: () => void,
  ) {}

  take(event: StreamEvent): void {
    switch (event.kind) {
      case 'headers':
        return this.takeHeaders(event);
      case 'reasoning':
        this.draft.reasoned = true;
        this.deadlines.onContent();
        return this.options.onReasoning();
      case 'text':
        this.deadlines.onContent();
        return this.append(this.surrogates.push(event.text));
      case 'refusal':
        this.draft.refusal += event.text;
        return this.deadlines.onContent();
      case 'usage':
        this.draft.usage = event.usage;
        return;
      case 'model':
        this.draft.reportedModel = event.model;
        return;
      case 'finish':
        return this.takeFinish(event.reason);
      case 'done':
        this.draft.isDone = true;
        return;
      case 'whole':
        this.draft.isWhole = true;
        return;
      case 'odd':
        return this.takeOdd();
      case 'skipped':
        this.draft.skippedEvents += event.count;
        return;
    }
  }

  end(): void {
    clearTimeout(this.drainTimer);
    const rest = this.surrogates.end();
    if (rest === '') return;
    this.draft.text += rest;
    this.options.onText(rest);
  }

  private takeHeaders(event: Extract<StreamEvent, { kind: 'headers' }>): void {
    this.draft.status = event.status;
    if (event.requestId !== undefined) this.draft.requestId = event.requestId;
    this.deadlines.onHeaders();
    this.options.onHeaders();
  }

  private takeFinish(reason: string): void {
    this.draft.finishReason = reason;
    this.deadlines.stop();
    this.drainTimer ??= setTimeout(this.drained, DRAIN_MS);
  }

  private takeOdd(): void {
    this.draft.oddEvents += 1;
    if (this.draft.oddEvents > MOST_ODD_EVENTS) throw new QuilletError('sse.malformed');
  }

  private append(text: string): void {
    if (text === '') return;
    const room = this.options.answerLimit - this.draft.text.length;
    const kept = text.slice(0, Math.max(room, 0));
    this.draft.text += kept;
    if (kept !== '') this.options.onText(kept);
    if (text.length > room) throw new QuilletError('limit.answer', { subject: String(this.options.answerLimit) });
  }
}
