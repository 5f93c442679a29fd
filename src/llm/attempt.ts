import {
  type AttemptContext,
  type ChatApi,
  type ChatRequest,
  hostOf,
  type StreamEvent,
  type Usage,
} from '../core/chat';
import { QuilletError, toQuilletError } from '../core/errors';
import { classifyFinishReason } from '../core/finishReason';
import type { Timeouts } from '../settings/common/settings';
import { SurrogatePairBuffer } from '../text/surrogatePairBuffer';
import { raceAbort } from '../util/abort';
import { TimeSlicer } from '../util/timeSlicer';
import { Deadlines } from './deadlines';

// Usage arrives after the finish reason, if at all.
const DRAIN_MS = 5000;

// The thread is shared with every other extension.
const MAX_TURN_MS = 15;

export interface AttemptResult {
  readonly text: string;
  readonly refusal: string;
  readonly usage?: Usage;
  readonly finishReason?: string;
  /** The finish reason arrived on its own after the text, so only the usage can be missing. */
  readonly hasEnded: boolean;
  readonly reportedModel?: string;
  readonly requestId?: string;
  /** Absent if the server did not accept the request. */
  readonly acceptedStatus?: number;
  readonly hasReasoning: boolean;
  readonly isDone: boolean;
  readonly isNonStreaming: boolean;
  readonly unknownEvents: number;
  readonly unknownMessage?: string;
  readonly error?: QuilletError;
}

export interface AttemptOptions extends AttemptContext {
  readonly api: ChatApi;
  readonly timeouts: Timeouts;
  readonly answerLimit: number;
  readonly onText: (text: string) => void;
  /** Also called without text, for anything else that shows that the model is working. */
  readonly onReasoning: (text?: string) => void;
  readonly onHeaders: () => void;
}

type Draft = { -readonly [Field in keyof AttemptResult]: AttemptResult[Field] };

/** Never throws: a failure is part of the result. */
export async function runAttempt(request: ChatRequest, options: AttemptOptions): Promise<AttemptResult> {
  const draft: Draft = {
    text: '',
    refusal: '',
    hasEnded: false,
    hasReasoning: false,
    isDone: false,
    isNonStreaming: false,
    unknownEvents: 0,
  };
  const aborter = new AbortController();
  const deadlines = new Deadlines(options.timeouts, (error) => aborter.abort(error));
  const collector = new EventCollector(draft, options, deadlines, () => aborter.abort(DRAIN_TIMEOUT));
  // One signal that both can abort. `AbortSignal.any` checks its sources on every read, which happens for each token.
  const onStop = () => aborter.abort(options.signal.reason);
  const { signal } = aborter;
  options.signal.addEventListener('abort', onStop, { once: true });
  try {
    options.signal.throwIfAborted();
    const stream = options.api.stream(request, { ...options, signal });
    // Stop and the deadlines must take effect at once, even if the connection does not notice the abort.
    await raceAbort(signal, consume(stream, collector, signal));
  } catch (thrown) {
    const error = toAttemptError(thrown, options.signal, aborter.signal);
    if (error !== undefined) draft.error = withRequestDetails(error, request);
  } finally {
    options.signal.removeEventListener('abort', onStop);
    deadlines.stop();
    collector.flush();
  }
  return draft;
}

async function consume(
  stream: AsyncIterable<StreamEvent>,
  collector: EventCollector,
  signal: AbortSignal,
): Promise<void> {
  const slicer = new TimeSlicer(MAX_TURN_MS);
  for await (const event of stream) {
    signal.throwIfAborted();
    collector.handle(event);
    const pendingYield = slicer.yieldIfDue();
    if (pendingYield !== undefined) await pendingYield;
  }
}

/** In UTF-16 units. A refusal is shown in one sentence. */
const MAX_REFUSAL_LENGTH = 20_000;

// Aborts an attempt that is complete except for its usage.
const DRAIN_TIMEOUT = new QuilletError('cancelled', { subject: 'drained' });

function toAttemptError(
  thrown: unknown,
  userSignal: AbortSignal,
  attemptSignal: AbortSignal,
): QuilletError | undefined {
  if (userSignal.aborted) return new QuilletError('cancelled');
  if (!attemptSignal.aborted) return toQuilletError(thrown);
  return attemptSignal.reason === DRAIN_TIMEOUT ? undefined : toQuilletError(attemptSignal.reason);
}

export function withRequestDetails(error: QuilletError, { endpoint, model }: ChatRequest): QuilletError {
  if (error.details.providerId !== undefined) return error;
  const requestDetails = {
    providerId: endpoint.providerId,
    providerLabel: endpoint.label,
    baseUrl: endpoint.baseUrl,
    host: hostOf(endpoint),
    model,
  };
  return new QuilletError(error.kind, { ...requestDetails, ...error.details }, { cause: error.cause });
}

function isCutOff({ finishReason }: Draft): boolean {
  return finishReason !== undefined && /^(?:length|filter|failed)$/.test(classifyFinishReason(finishReason));
}

class EventCollector {
  private readonly surrogates = new SurrogatePairBuffer();
  private drainTimer: ReturnType<typeof setTimeout> | undefined;
  private hasVisibleText = false;
  // Text came after a finish reason, so reasons of this server don't mark the end.
  private hasFalseEnd = false;

  constructor(
    private readonly draft: Draft,
    private readonly options: AttemptOptions,
    private readonly deadlines: Deadlines,
    private readonly onDrainTimeout: () => void,
  ) {}

  handle(event: StreamEvent): void {
    switch (event.kind) {
      case 'headers':
        return this.handleHeaders(event);
      case 'reasoning':
        this.draft.hasReasoning = true;
        this.handleContent();
        return this.options.onReasoning(event.text);
      case 'activity':
        this.handleContent();
        return this.options.onReasoning();
      case 'text':
        this.handleContent();
        this.handleText(event.text);
        return this.append(this.surrogates.push(event.text));
      case 'refusal':
        this.draft.refusal = (this.draft.refusal + event.text).slice(0, MAX_REFUSAL_LENGTH);
        return this.handleContent();
      case 'usage':
        this.draft.usage = event.usage;
        return;
      case 'model':
        this.draft.reportedModel = event.model;
        return;
      case 'finish':
        return this.handleFinish(event);
      case 'done':
        this.draft.isDone = true;
        return;
      case 'nonStreaming':
        this.draft.isNonStreaming = true;
        return;
      case 'unknown':
        if (event.message !== undefined) this.draft.unknownMessage = event.message;
        this.draft.unknownEvents += 1;
        return;
      case 'error':
        throw event.error;
    }
  }

  flush(): void {
    clearTimeout(this.drainTimer);
    const rest = this.surrogates.end();
    if (rest === '') return;
    this.draft.text += rest;
    this.options.onText(rest);
  }

  private handleHeaders(event: Extract<StreamEvent, { kind: 'headers' }>): void {
    this.draft.acceptedStatus = event.status;
    if (event.requestId !== undefined) this.draft.requestId = event.requestId;
    this.deadlines.onHeaders();
    this.options.onHeaders();
  }

  private handleText(text: string): void {
    if (text.trim() === '') return;
    this.hasVisibleText = true;
    delete this.draft.finishReason;
    delete this.draft.unknownMessage;
  }

  // Content takes back a finish reason: gateways send one in the first chunk, or in each.
  private handleContent(): void {
    this.deadlines.onContent();
    if (this.draft.finishReason === undefined) return;
    if (!isCutOff(this.draft)) delete this.draft.finishReason;
    this.draft.hasEnded = false;
    this.hasFalseEnd = true;
    clearTimeout(this.drainTimer);
    this.drainTimer = undefined;
  }

  private handleFinish({ reason, isBesideText = false }: Extract<StreamEvent, { kind: 'finish' }>): void {
    // Gateways add a reason of their own after the server's.
    if (!isCutOff(this.draft)) this.draft.finishReason = reason;
    const hasContent = this.hasVisibleText || this.draft.refusal !== '';
    if (!hasContent || isBesideText || this.hasFalseEnd) return;
    this.draft.hasEnded = true;
    this.deadlines.pause();
    this.drainTimer ??= setTimeout(this.onDrainTimeout, DRAIN_MS);
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
