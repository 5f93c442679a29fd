import type { DescribedRequest } from '../core/attemptTrace';
import type { ApiStyle, ChatApi, ChatRequest, Endpoint } from '../core/chat';
import { QuilletError, toQuilletError } from '../core/errors';
import { type Adaptation, negotiate } from '../core/negotiation';
import type { RunObserver, RunResult } from '../core/run';
import { withKeySource } from '../providers/keySource';
import type { Timeouts } from '../settings/common/settings';
import { raceAbort } from '../util/abort';
import { type AttemptResult, runAttempt } from './attempt';
import { AttemptRecord } from './attemptRecorder';
import { decideRetry } from './http/retryPolicy';
import { judge } from './outcome';

export interface RunRequest extends ChatRequest {
  readonly timeouts: Timeouts;
  /** How often a failed attempt may be repeated, at most 2. */
  readonly retries: number;
  readonly answerLimit: number;
}

/** Where keys come from; undefined where the user stored none for this origin. May throw `key.*` and `cancelled`. */
export type KeySource = (endpoint: Endpoint, signal: AbortSignal) => Promise<string | undefined>;

export interface LlmServiceParts {
  readonly apis: Readonly<Record<ApiStyle, ChatApi>>;
  readonly keyFor: KeySource;
  /** Told when a server refused the key, so that nobody keeps it for the next request. */
  readonly onKeyRefused?: (endpoint: Endpoint) => void;
  readonly random: () => number;
  /** Told when a server refused a field and is asked without it, for the log. */
  readonly onAdapted?: (change: { model: string; changed: string; status: number | undefined }) => void;
}

/** A server may object to several fields in turn; one that objects to more is not one we can talk to. */
const MOST_ADAPTATIONS = 4;

/** What features call: gets the key, sends the request, repeats what is worth repeating, and says how it ended. */
export class LlmService {
  /** What was learned of a server, by its address and model; gone with the window. */
  private readonly adaptations = new Map<string, Adaptation>();

  constructor(private readonly parts: LlmServiceParts) {}

  /** Runs a request to its end. Never throws: every failure, Stop included, is a result. */
  async run(request: RunRequest, observer: RunObserver, signal: AbortSignal): Promise<RunResult> {
    const clock = new RunClock();
    const watch = { observer, signal, clock, attempts: 0 };
    try {
      return await this.attemptUntilDone(request, watch);
    } catch (thrown) {
      const error = signal.aborted ? new QuilletError('cancelled') : toQuilletError(thrown);
      const outcome = error.kind === 'cancelled' ? 'cancelled' : 'failed';
      return { outcome, text: '', warnings: [], error, attempts: watch.attempts, totalMs: clock.elapsed() };
    }
  }

  /** Asked for each attempt, so that a key which was changed meanwhile is used at once (K14). */
  private async keyFor(endpoint: Endpoint, signal: AbortSignal): Promise<string | undefined> {
    const key = await raceAbort(signal, this.parts.keyFor(endpoint, signal));
    if (key === undefined && endpoint.needsKey) {
      throw new QuilletError('key.missing', {
        providerId: endpoint.providerId,
        providerLabel: endpoint.label,
        baseUrl: endpoint.baseUrl,
      });
    }
    return key;
  }

  /**
   * The request as `run` would send it first, with what this server was found to want otherwise.
   * @throws QuilletError where it cannot be built.
   */
  describe(request: ChatRequest): DescribedRequest {
    const adaptation = this.adaptations.get(adaptationKey(request));
    const adapted = adaptation === undefined ? request : { ...request, adaptation };
    const api = styleOf(adapted);
    return { api, wire: this.parts.apis[api].describe(adapted) };
  }

  /** Undefined where nobody wants to know, and where the request cannot even be built: then nothing is sent. */
  private recordOf(request: RunRequest, hasKey: boolean, watch: Watch): AttemptRecord | undefined {
    const { observer, clock, attempts: attempt } = watch;
    if (observer.onAttempt === undefined) return undefined;
    const api = styleOf(request);
    try {
      return new AttemptRecord({
        attempt,
        request: { api, wire: this.parts.apis[api].describe(request) },
        hasKey,
        now: () => clock.elapsed(),
        tell: (trace) => observer.onAttempt?.(trace),
      });
    } catch {
      return undefined;
    }
  }

  private async attemptUntilDone(asked: RunRequest, watch: Watch): Promise<RunResult> {
    let request = this.adapted(asked);
    let tries = 0;
    for (let attempt = 1; ; attempt += 1) {
      const key = await this.keyFor(request.endpoint, watch.signal);
      watch.attempts = attempt;
      watch.observer.onPhase({ kind: 'connecting', attempt });
      const record = this.recordOf(request, key !== undefined, watch);
      const result = await this.attempt(request, key, watch, record);
      this.remember(request, result);
      const adapted = attempt <= MOST_ADAPTATIONS ? this.negotiate(request, result) : undefined;
      if (adapted !== undefined) {
        record?.end(result, { kind: 'adapted', changed: adapted.changed });
        request = adapted.request;
        continue;
      }
      tries += 1;
      const wait = this.retryDelay(request, result, tries);
      if (wait === undefined || result.error === undefined) {
        record?.end(result);
        return finish(request, result, attempt, watch.clock);
      }
      record?.end(result, { kind: 'retry', waitMs: wait });
      watch.observer.onPhase({ kind: 'retrying', attempt: attempt + 1, delayMs: wait, error: result.error });
      try {
        await raceAbort(watch.signal, new Promise((resolve) => setTimeout(resolve, wait)));
      } catch {
        return finish(request, { ...result, error: new QuilletError('cancelled') }, attempt, watch.clock);
      }
    }
  }

  /** The request in the form this server and model were found to want. */
  private adapted(request: RunRequest): RunRequest {
    const adaptation = this.adaptations.get(adaptationKey(request));
    return adaptation === undefined ? request : withAdaptation(request, adaptation);
  }

  /** What a server accepted is asked for at once the next time. A guess that did not help is not remembered. */
  private remember(request: RunRequest, result: AttemptResult): void {
    if (request.adaptation === undefined || result.status === undefined) return;
    this.adaptations.set(adaptationKey(request), request.adaptation);
  }

  /** A refusal that names a field is answered once with that field renamed, moved or dropped. */
  private negotiate(request: RunRequest, result: AttemptResult): Adapted | undefined {
    const { error } = result;
    const isFixed = request.endpoint.api === 'http' || request.body !== undefined;
    if (error === undefined || result.status !== undefined || isFixed) return undefined;
    // The other styles have no second route to go to.
    const route = request.endpoint.api === 'chat' ? {} : { useResponses: true };
    const proposal = negotiate(error, { ...request.adaptation, ...route }, sentFields(request));
    if (proposal === undefined) return undefined;
    this.parts.onAdapted?.({ model: request.model, changed: proposal.changed, status: error.details.status });
    return { request: withAdaptation(request, proposal.adaptation), changed: proposal.changed };
  }

  private async attempt(
    request: RunRequest,
    key: string | undefined,
    watch: Watch,
    record?: AttemptRecord,
  ): Promise<AttemptResult> {
    const result = await this.attemptOnce(request, key, watch, record);
    if (result.error === undefined) return result;
    if (result.error.kind === 'http.401') this.parts.onKeyRefused?.(request.endpoint);
    return { ...result, error: withKeySource(result.error, request.endpoint) };
  }

  private attemptOnce(
    request: RunRequest,
    key: string | undefined,
    watch: Watch,
    record?: AttemptRecord,
  ): Promise<AttemptResult> {
    let characters = 0;
    let isThinking = false;
    return runAttempt(request, {
      api: this.parts.apis[styleOf(request)],
      key,
      timeouts: request.timeouts,
      answerLimit: request.answerLimit,
      signal: watch.signal,
      ...(record === undefined ? {} : { tap: record }),
      onHeaders: () => watch.observer.onPhase({ kind: 'waiting' }),
      onReasoning: () => {
        if (isThinking || characters > 0) return;
        isThinking = true;
        watch.observer.onPhase({ kind: 'thinking' });
      },
      onText: (text) => {
        watch.clock.markFirstText();
        record?.onText();
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

/** A request in another form, after a server refused the first. */
interface Adapted {
  readonly request: RunRequest;
  /** The wire name of what is different. */
  readonly changed: string;
}

interface Watch {
  readonly observer: RunObserver;
  readonly signal: AbortSignal;
  readonly clock: RunClock;
  /** How often something was sent so far. */
  attempts: number;
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

function adaptationKey({ endpoint, model }: ChatRequest): string {
  return `${endpoint.baseUrl} ${model}`;
}

/** Wire names of what a request has beside its model and the user's text. Only what was sent can be taken back. */
function sentFields({ messages, parameters }: ChatRequest): ReadonlySet<string> {
  const limit = parameters.maxOutputTokens;
  const named = {
    temperature: parameters.temperature,
    top_p: parameters.topP,
    stop: parameters.stop,
    seed: parameters.seed,
    reasoning_effort: parameters.reasoningEffort,
    reasoning: parameters.reasoningEffort,
    max_tokens: limit,
    max_completion_tokens: limit,
    max_output_tokens: limit,
    system: messages.find(({ role }) => role === 'system'),
  };
  const set = Object.entries(named).filter(([, value]) => value !== undefined);
  return new Set(['stream', 'stream_options', ...set.map(([name]) => name)]);
}

function withAdaptation(request: RunRequest, adaptation: Adaptation): RunRequest {
  return { ...request, adaptation };
}

function styleOf({ endpoint, adaptation }: ChatRequest): ApiStyle {
  return endpoint.api === 'chat' && adaptation?.useResponses === true ? 'responses' : endpoint.api;
}

function finish(request: RunRequest, result: AttemptResult, attempts: number, clock: RunClock): RunResult {
  const { outcome, error, warnings } = judge(result, request);
  return {
    outcome,
    text: result.text,
    warnings,
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
