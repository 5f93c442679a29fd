import type { DescribedRequest, NextStep } from '../core/attemptTrace';
import type { ApiStyle, ChatApi, ChatRequest, Endpoint, ParameterSet } from '../core/chat';
import { QuilletError, toQuilletError } from '../core/errors';
import { extraBodyOf } from '../core/extraBody';
import {
  type Adaptation,
  type AdaptationProposal,
  forgetChanged,
  isTemplateRefusal,
  negotiate,
} from '../core/negotiation';
import { findSmallerLimit } from '../core/outputLimit';
import type { RunObserver, RunResult } from '../core/run';
import { findValueBound, type ValueBound } from '../core/valueBound';
import { hasFreshKeys, withKeySource } from '../providers/keySource';
import type { Timeouts } from '../settings/common/settings';
import { raceAbort } from '../util/abort';
import type { Fields } from '../util/json';
import { withoutUndefined } from '../util/withoutUndefined';
import { type AttemptResult, runAttempt } from './attempt';
import { AttemptRecorder } from './attemptRecorder';
import { loadingDelay, retryDelay } from './http/retryPolicy';
import { classifyOutcome } from './outcome';

export interface LimitedChatRequest extends ChatRequest {
  readonly timeouts: Timeouts;
  /** Capped at 2. */
  readonly retries: number;
  readonly answerLimit: number;
}

export type GetKey = (endpoint: Endpoint, signal: AbortSignal) => Promise<string | undefined>;

export interface LlmServiceOptions {
  readonly apis: Readonly<Record<ApiStyle, ChatApi>>;
  readonly getKey: GetKey;
  /** Fills in the secrets of the headers. */
  readonly getHeaders?: (endpoint: Endpoint) => Promise<Endpoint['headers']>;
  readonly onKeyRejected?: (endpoint: Endpoint, key: string | undefined) => void;
  readonly random: () => number;
  /** The model's maximum of output tokens, if known. */
  readonly findOutputLimit?: (endpoint: Endpoint, model: string) => number | undefined;
  readonly onAdapted?: (change: { model: string; changed: string; status: number | undefined }) => void;
}

// A server may reject several fields, one after the other.
const MAX_ADAPTATIONS = 4;

export class LlmService {
  // By address and model, for the lifetime of the window.
  private readonly adaptations = new Map<string, LearnedAdaptation>();
  private readonly bounds = new Map<string, ValueBound[]>();

  constructor(private readonly options: LlmServiceOptions) {}

  /** Runs a request to its end. Never throws: every failure, including Stop, is a result. */
  async run(request: LimitedChatRequest, observer: RunObserver, signal: AbortSignal): Promise<RunResult> {
    const clock = new RunClock();
    const counts = { attempts: 0, adaptations: 0, retries: 0, hasRefreshedKey: false };
    const context: RunContext = { observer, signal, clock, ...counts };
    try {
      return await this.attemptUntilFinished(request, context);
    } catch (thrown) {
      const error = signal.aborted ? new QuilletError('cancelled') : toQuilletError(thrown);
      const outcome = error.kind === 'cancelled' ? 'cancelled' : 'failed';
      return { outcome, text: '', warnings: [], error, attempts: context.attempts, totalMs: clock.elapsed() };
    }
  }

  // Called for each attempt, so that a changed key is used at once.
  private async requireKey(endpoint: Endpoint, signal: AbortSignal): Promise<string | undefined> {
    const key = await raceAbort(signal, this.options.getKey(endpoint, signal));
    if (key === undefined && endpoint.needsKey) {
      throw new QuilletError('key.missing', {
        providerId: endpoint.providerId,
        providerLabel: endpoint.label,
        baseUrl: endpoint.baseUrl,
      });
    }
    return key;
  }

  /** Describes the request that `run` would send first, including what was negotiated before. */
  describeRequest(request: ChatRequest): DescribedRequest {
    const adaptedRequest = this.applyAdaptation(request);
    const api = apiStyleFor(adaptedRequest);
    return { api, wire: this.options.apis[api].toWireRequest(adaptedRequest) };
  }

  private createRecorder(
    request: LimitedChatRequest,
    hasKey: boolean,
    context: RunContext,
  ): AttemptRecorder | undefined {
    const { observer, clock, attempts: attempt } = context;
    if (observer.onAttempt === undefined) return undefined;
    const api = apiStyleFor(request);
    try {
      return new AttemptRecorder({
        attempt,
        request: { api, wire: this.options.apis[api].toWireRequest(request) },
        hasKey,
        now: () => clock.elapsed(),
        notify: (trace) => observer.onAttempt?.(trace),
      });
    } catch {
      return undefined;
    }
  }

  private async attemptUntilFinished(initialRequest: LimitedChatRequest, context: RunContext): Promise<RunResult> {
    let request = this.applyAdaptation(initialRequest);
    for (let attempt = 1; ; attempt += 1) {
      const key = await this.requireKey(request.endpoint, context.signal);
      context.attempts = attempt;
      context.observer.onPhase({ kind: 'connecting', attempt });
      const recorder = this.createRecorder(request, key !== undefined, context);
      const result = await this.attempt(request, key, context, recorder);
      this.rememberAdaptation(request, result);
      const next = await this.planNext(request, result, key, context);
      recorder?.end(result, next?.step);
      if (next === undefined || result.error === undefined) return toRunResult(request, result, attempt, context.clock);
      request = next.request;
      if (next.step.kind === 'adapted') continue;
      const { waitMs } = next.step;
      context.observer.onPhase({ kind: 'retrying', attempt: attempt + 1, delayMs: waitMs, error: result.error });
      try {
        await raceAbort(context.signal, new Promise((resolve) => setTimeout(resolve, waitMs)));
      } catch {
        return toRunResult(request, { ...result, error: new QuilletError('cancelled') }, attempt, context.clock);
      }
    }
  }

  private async planNext(
    request: LimitedChatRequest,
    result: AttemptResult,
    key: string | undefined,
    context: RunContext,
  ): Promise<NextAttempt | undefined> {
    // Once the server accepted a request it is never repeated: text may have been shown, and tokens are billed.
    const { error } = result;
    if (error === undefined || result.acceptedStatus !== undefined) return undefined;
    const adapted = context.adaptations < MAX_ADAPTATIONS ? this.negotiateRequest(request, error) : undefined;
    if (adapted !== undefined) {
      context.adaptations += 1;
      return adapted;
    }
    if (await this.hasNewKey(request, error, key, context)) return { request, step: { kind: 'retry', waitMs: 0 } };
    const waitMs = this.retryDelay(request, error, context);
    return waitMs === undefined ? undefined : { request, step: { kind: 'retry', waitMs } };
  }

  // A program's or an account's token may have expired. It is requested again once, and only a new one is tried.
  private async hasNewKey(
    { endpoint }: LimitedChatRequest,
    error: QuilletError,
    key: string | undefined,
    context: RunContext,
  ): Promise<boolean> {
    if (error.kind !== 'http.401' || !hasFreshKeys(endpoint) || context.hasRefreshedKey) return false;
    context.hasRefreshedKey = true;
    try {
      return (await this.requireKey(endpoint, context.signal)) !== key;
    } catch (thrown) {
      if (context.signal.aborted) throw thrown;
      return false;
    }
  }

  acceptBound(request: Pick<ChatRequest, 'endpoint' | 'model'>, bound: ValueBound): void {
    const key = adaptationKey(request);
    const others = (this.bounds.get(key) ?? []).filter(({ parameter }) => parameter !== bound.parameter);
    this.bounds.set(key, [...others, bound]);
  }

  private applyAdaptation<Request extends ChatRequest>(request: Request): Request {
    const key = adaptationKey(request);
    const parameters = withBounds(request.parameters, this.bounds.get(key) ?? []);
    const outputLimit = this.options.findOutputLimit?.(request.endpoint, request.model);
    const current = { ...request, parameters, ...withoutUndefined({ outputLimit }) };
    const learned = this.adaptations.get(key);
    if (learned === undefined) return current;
    return { ...current, adaptation: forgetChanged(learned.adaptation, learned.sent, sentFields(current)) };
  }

  // Remembers only what the server accepted.
  private rememberAdaptation(request: LimitedChatRequest, result: AttemptResult): void {
    if (request.adaptation === undefined || result.acceptedStatus === undefined) return;
    // What is left of the context window differs for each conversation.
    const { remainingTokens: _, ...adaptation } = request.adaptation;
    this.adaptations.set(adaptationKey(request), { adaptation, sent: sentFields(request) });
  }

  private negotiateRequest(request: LimitedChatRequest, error: QuilletError): NextAttempt | undefined {
    if (isFixed(request)) return undefined;
    const proposal = proposeAdaptation(request, error);
    if (proposal === undefined) return undefined;
    this.options.onAdapted?.({ model: request.model, changed: proposal.changed, status: error.details.status });
    return {
      request: { ...request, adaptation: proposal.adaptation },
      step: { kind: 'adapted', changed: proposal.changed },
    };
  }

  private async attempt(
    request: LimitedChatRequest,
    key: string | undefined,
    context: RunContext,
    recorder?: AttemptRecorder,
  ): Promise<AttemptResult> {
    const result = await this.attemptOnce(request, key, context, recorder);
    if (result.error === undefined) return result;
    if (result.error.kind === 'http.401') this.options.onKeyRejected?.(request.endpoint, key);
    const error = withKeySource(result.error, request.endpoint, key);
    const valueBound = isFixed(request)
      ? undefined
      : findValueBound(error.details, request.parameters, extraBodyOf(request));
    if (valueBound === undefined) return { ...result, error };
    return { ...result, error: new QuilletError(error.kind, { ...error.details, valueBound }, { cause: error.cause }) };
  }

  private async attemptOnce(
    request: LimitedChatRequest,
    key: string | undefined,
    context: RunContext,
    recorder?: AttemptRecorder,
  ): Promise<AttemptResult> {
    let characters = 0;
    let isThinking = false;
    const { getHeaders } = this.options;
    const headers = getHeaders && (await raceAbort(context.signal, getHeaders(request.endpoint)));
    const sent = headers === undefined ? request : { ...request, endpoint: { ...request.endpoint, headers } };
    return runAttempt(sent, {
      api: this.options.apis[apiStyleFor(request)],
      key,
      timeouts: request.timeouts,
      answerLimit: request.answerLimit,
      signal: context.signal,
      ...withoutUndefined({ tap: recorder }),
      onHeaders: () => context.observer.onPhase({ kind: 'waiting' }),
      onReasoning: (text) => {
        if (text !== undefined) context.observer.onReasoning?.(text);
        if (isThinking || characters > 0) return;
        isThinking = true;
        context.observer.onPhase({ kind: 'thinking' });
      },
      onText: (text) => {
        context.clock.markFirstText();
        recorder?.onText();
        characters += text.length;
        context.observer.onPhase({ kind: 'receiving', characters });
        context.observer.onText(text);
      },
    });
  }

  private retryDelay(request: LimitedChatRequest, error: QuilletError, context: RunContext): number | undefined {
    if (request.retries === 0 || isTemplateRefusal(error.details.serverMessage ?? '')) return undefined;
    if (error.kind === 'http.loading') {
      context.loadingSince ??= context.clock.elapsed();
      return loadingDelay(error.details.retryAfterMs, context.clock.elapsed() - context.loadingSince);
    }
    context.retries += 1;
    return context.retries > request.retries ? undefined : retryDelay(error, context.retries, this.options.random);
  }
}

interface LearnedAdaptation {
  readonly adaptation: Adaptation;
  readonly sent: Fields;
}

interface NextAttempt {
  readonly request: LimitedChatRequest;
  readonly step: NextStep;
}

interface RunContext {
  readonly observer: RunObserver;
  readonly signal: AbortSignal;
  readonly clock: RunClock;
  attempts: number;
  adaptations: number;
  retries: number;
  hasRefreshedKey: boolean;
  loadingSince?: number;
}

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

// A bound is for the rejected value only: another value is sent as it is.
function withBounds(parameters: ParameterSet, bounds: readonly ValueBound[]): ParameterSet {
  const accepted = bounds.filter(({ parameter, sent }) => parameters[parameter] === sent);
  return { ...parameters, ...Object.fromEntries(accepted.map(({ parameter, bound }) => [parameter, bound])) };
}

function adaptationKey({ endpoint, model }: Pick<ChatRequest, 'endpoint' | 'model'>): string {
  return `${endpoint.baseUrl} ${model}`;
}

function proposeAdaptation(request: LimitedChatRequest, error: QuilletError): AdaptationProposal | undefined {
  const { adaptation = {}, endpoint } = request;
  const mayLowerLimit = endpoint.api === 'messages' && (error.kind === 'http.400' || error.kind === 'http.422');
  const smallerLimit = mayLowerLimit ? findSmallerLimit(error.details, request) : undefined;
  if (smallerLimit !== undefined) return { adaptation: { ...adaptation, ...smallerLimit }, changed: 'max_tokens' };
  // Only chat completions can fall back to another API.
  const route = endpoint.api === 'chat' ? {} : { useResponses: true };
  return negotiate(error, { ...adaptation, ...route }, new Set(Object.keys(sentFields(request))));
}

// The optional parts of a request by their wire names: only these can be taken back.
function sentFields(request: ChatRequest): Fields {
  const { endpoint, messages, parameters } = request;
  const fields = {
    temperature: parameters.temperature,
    top_p: parameters.topP,
    ...(endpoint.api === 'messages' ? messagesFields(request) : openaiFields(request)),
    system: messages.some(({ role }) => role === 'system') || undefined,
    stream: true,
  };
  return { ...withoutUndefined(fields), ...extraBodyOf(request) };
}

function openaiFields(request: ChatRequest): Fields {
  const { stop, seed, reasoningEffort, maxOutputTokens } = request.parameters;
  const hasSummary = (request.wantsReasoning === true && apiStyleFor(request) === 'responses') || undefined;
  return {
    'reasoning.summary': hasSummary,
    stop,
    seed,
    reasoning_effort: reasoningEffort,
    reasoning: reasoningEffort ?? hasSummary,
    max_tokens: maxOutputTokens,
    max_completion_tokens: maxOutputTokens,
    max_output_tokens: maxOutputTokens,
    stream_options: true,
  };
}

// Without `max_tokens`, which is required.
function messagesFields({ parameters: { stop, reasoningEffort }, isConversation = false }: ChatRequest): Fields {
  return {
    stop_sequences: stop,
    thinking: reasoningEffort,
    output_config: reasoningEffort,
    effort: reasoningEffort,
    cache_control: isConversation || undefined,
  };
}

// The user's own body is sent as it is, and VS Code's models report no fields.
function isFixed({ endpoint, body }: ChatRequest): boolean {
  return endpoint.api === 'http' || endpoint.api === 'vscode' || body !== undefined;
}

function apiStyleFor({ endpoint, adaptation }: ChatRequest): ApiStyle {
  return endpoint.api === 'chat' && adaptation?.useResponses === true ? 'responses' : endpoint.api;
}

function toRunResult(request: LimitedChatRequest, result: AttemptResult, attempts: number, clock: RunClock): RunResult {
  const { outcome, error, warnings } = classifyOutcome(result, request);
  const { text, finishReason, usage, reportedModel, requestId, acceptedStatus: status } = result;
  const { firstTextMs } = clock;
  const reported = withoutUndefined({ error, finishReason, usage, reportedModel, requestId, status, firstTextMs });
  return { outcome, text, warnings, attempts, totalMs: clock.elapsed(), ...reported };
}
