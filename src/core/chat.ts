import type { JsonValue } from '../util/json';
import type { Adaptation } from './negotiation';
import type { ResponseTap } from './responseTap';
import type { WireRequest } from './wireRequest';

/** What every part of Quillet calls the pieces of a conversation with a model, whatever the server behind it. */

export type ChatRole = 'system' | 'user' | 'assistant';

export interface ChatMessage {
  readonly role: ChatRole;
  readonly content: string;
}

/** Sampling parameters. A field that is absent is not sent at all (never 0, never null). */
export interface ParameterSet {
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxOutputTokens?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly reasoningEffort?: string;
}

/** Token counts as the server reported them. An absent field is unknown, which is not the same as 0. */
export interface Usage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly totalTokens?: number;
  readonly cachedTokens?: number;
  readonly reasoningTokens?: number;
  /** US dollars, where the server says what it charged. */
  readonly costUsd?: number;
}

/** The ways a server can be spoken to. Each has one implementation of {@link ChatApi}. */
export type ApiStyle = 'chat' | 'responses' | 'completions' | 'http';

/** Where a request goes, fully resolved from the user's settings and a preset. It never holds a key. */
export interface Endpoint {
  readonly providerId: string;
  /** The provider's name as users read it. */
  readonly label: string;
  /** Normalised by `parseBaseUrl`: no trailing slash, never empty. */
  readonly baseUrl: string;
  readonly api: ApiStyle;
  readonly headers: Readonly<Record<string, string>>;
  readonly needsKey: boolean;
  /** Tokens that its models read and write together, where the user said so. */
  readonly contextWindow?: number;
  /** The header that carries the key as it is, where that is not `Authorization: Bearer`. */
  readonly keyHeader?: string;
  /** Name of the environment variable that holds the key, when the user chose one. */
  readonly apiKeyEnv?: string;
  /** A program of the user's with its arguments, such as a password manager, that prints the key. */
  readonly apiKeyCommand?: readonly string[];
  readonly parameters: ParameterSet;
  /** The user's own request, for the `http` style. */
  readonly request?: HttpApiConfig;
}

/** How a request of the `http` style is built and its answer read. Pointers are JSON Pointers (RFC 6901). */
export interface HttpApiConfig {
  readonly url: string;
  readonly method: 'POST' | 'PUT' | 'GET';
  readonly body: JsonValue;
  /** `none`: one JSON document. */
  readonly stream: 'none' | 'sse' | 'ndjson';
  readonly text: string;
  /** Text in one event of a stream. */
  readonly delta: string;
  readonly finish: string;
  readonly usage: string;
  readonly error: string;
}

export interface ChatRequest {
  readonly endpoint: Endpoint;
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly parameters: ParameterSet;
  /** What the server was found to want otherwise; see `negotiation.ts`. */
  readonly adaptation?: Adaptation;
  /** The body as the user edited it. It is sent as it is, and nothing of it is negotiated. */
  readonly body?: JsonValue;
}

/** What one attempt at a request reports while it goes on, in the order the server sent it. */
export type StreamEvent =
  | { readonly kind: 'headers'; readonly status: number; readonly requestId?: string }
  | { readonly kind: 'reasoning' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'refusal'; readonly text: string }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'model'; readonly model: string }
  | { readonly kind: 'finish'; readonly reason: string }
  /** The server said that the answer is whole without a reason: `[DONE]`, or a document in one piece. */
  | { readonly kind: 'done' }
  /** Something arrived that is no part of any answer. */
  | { readonly kind: 'unknown' }
  /** So many events without data were passed over: signs of life of the server, in a form that is none of the standard's. */
  | { readonly kind: 'keepAlive'; readonly count: number }
  /** The answer came in one piece although a stream was asked for. */
  | { readonly kind: 'nonStreaming' };

/** What an API style needs for one attempt, besides the request itself. */
export interface AttemptContext {
  readonly signal: AbortSignal;
  /** The key for this endpoint's origin, or undefined where the server needs none. */
  readonly key: string | undefined;
  /** Given where somebody wants to see the response as it came. */
  readonly tap?: ResponseTap;
}

/**
 * The port every API style plugs into: one attempt, no retries, no timers. It ends normally when the server ended the
 * answer, and throws a `QuilletError` for everything else. A finish event is seen only when the server sent a reason.
 */
export interface ChatApi {
  /** What `stream` would send. @throws QuilletError where the request cannot be built. */
  toWireRequest(request: ChatRequest): WireRequest;
  stream(request: ChatRequest, context: AttemptContext): AsyncIterable<StreamEvent>;
}

/** `provider/model`, split at the first slash because model ids have slashes of their own. */
export interface ModelRef {
  readonly providerId: string;
  readonly model: string;
}

/** Reads `provider/model`; undefined when either half is missing. */
export function parseModelRef(text: string): ModelRef | undefined {
  const slash = text.indexOf('/');
  const providerId = text.slice(0, Math.max(slash, 0)).trim();
  const model = text.slice(slash + 1).trim();
  return slash > 0 && providerId !== '' && model !== '' ? { providerId, model } : undefined;
}

export function formatModelRef(ref: ModelRef): string {
  return `${ref.providerId}/${ref.model}`;
}
