import type { JsonObject, JsonValue } from '../util/json';
import type { QuilletError } from './errors';
import type { Adaptation } from './negotiation';
import type { Picture } from './picture';

export type ChatRole = 'system' | 'user' | 'assistant';

export interface ChatMessage {
  readonly role: ChatRole;
  readonly content: string;
  readonly pictures?: readonly Picture[];
}

/** Sampling parameters. An absent field is not sent at all. */
export interface ParameterSet {
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxOutputTokens?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly reasoningEffort?: string;
}

/** Token counts as reported by the server. An absent field is unknown, not 0. */
export interface Usage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly totalTokens?: number;
  readonly cachedTokens?: number;
  /** Input that was written to the cache. */
  readonly cacheWriteTokens?: number;
  /** The part of `cacheWriteTokens` that the server keeps for an hour. */
  readonly cacheWriteHourTokens?: number;
  readonly reasoningTokens?: number;
  /** In the server's own word, such as `priority`. */
  readonly serviceTier?: string;
  readonly costUsd?: number;
}

export type ApiStyle = 'chat' | 'responses' | 'messages' | 'completions' | 'http' | 'vscode';

/** Stands for an address: VS Code's own models have none. */
export const VSCODE_MODELS_URL = 'vscode://models';

/** An account that VS Code can sign in to. */
export type Account = 'microsoft' | 'github';

/** Where a request goes, resolved from the user's settings and a preset. Never holds a key. */
export interface Endpoint {
  readonly providerId: string;
  readonly label: string;
  readonly baseUrl: string;
  readonly api: ApiStyle;
  readonly headers: Readonly<Record<string, string>>;
  readonly needsKey: boolean;
  readonly contextWindow?: number;
  /** The header that carries the bare key; absent for `Authorization: Bearer`. */
  readonly keyHeader?: string;
  readonly apiKeyEnv?: string;
  readonly apiKeyCommand?: readonly string[];
  /** VS Code's account whose access token is sent instead of a key. */
  readonly auth?: Account;
  readonly parameters: ParameterSet;
  /** Refs of the models to ask if a model is unavailable. */
  readonly fallback?: readonly string[];
  /** Extra fields for all models, or for one. */
  readonly extraBodies?: readonly { readonly model?: string; readonly body: JsonObject }[];
  readonly request?: HttpApiConfig;
}

/** How a request of the `http` style is built and its response read. Pointers are JSON Pointers (RFC 6901). */
export interface HttpApiConfig {
  readonly url: string;
  readonly method: 'POST' | 'PUT' | 'GET';
  readonly body: JsonValue;
  readonly stream: 'none' | 'sse' | 'ndjson';
  readonly text: string;
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
  /** Follow-ups will probably repeat these messages. */
  readonly isConversation?: boolean;
  /** Asks the server to report the reasoning, if it does so only on request. */
  readonly wantsReasoning?: boolean;
  /** The model's maximum for `maxOutputTokens`, if known. */
  readonly outputLimit?: number;
  readonly adaptation?: Adaptation;
  /** The prompt's extra fields. */
  readonly extraBody?: JsonObject;
  /** Replaces the whole body: the user has edited it. */
  readonly body?: JsonValue;
}

export type StreamEvent =
  | { readonly kind: 'headers'; readonly status: number; readonly requestId?: string }
  // Without text if the server keeps it to itself.
  | { readonly kind: 'reasoning'; readonly text: string }
  // Anything else that shows that the model is working.
  | { readonly kind: 'activity' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'refusal'; readonly text: string }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'model'; readonly model: string }
  // Beside text, a reason may be one that a gateway puts into every chunk.
  | { readonly kind: 'finish'; readonly reason: string; readonly isBesideText?: boolean }
  // Without a reason: `[DONE]`, or a single document.
  | { readonly kind: 'done' }
  // An event that is not a part of an answer, with the message it may have.
  | { readonly kind: 'unknown'; readonly message?: string }
  | { readonly kind: 'error'; readonly error: QuilletError }
  // A single document, although a stream was requested.
  | { readonly kind: 'nonStreaming' };

/** A request as sent, without its credential. `CALL` is a call of VS Code's API instead of an HTTP request. */
export interface WireRequest {
  readonly method: 'POST' | 'PUT' | 'GET' | 'CALL';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: JsonValue;
}

export interface ResponseTap {
  onResponse(status: number, headers: Iterable<readonly [string, string]>): void;
  onChunk(chunk: Uint8Array): void;
}

export interface AttemptContext {
  readonly signal: AbortSignal;
  readonly key: string | undefined;
  readonly tap?: ResponseTap;
}

/** Implements one API style: one attempt, no retries, no timers. Failures are thrown as `QuilletError`. */
export interface ChatApi {
  toWireRequest(request: ChatRequest): WireRequest;
  stream(request: ChatRequest, context: AttemptContext): AsyncIterable<StreamEvent>;
}

/** Who receives a request, as users know it. */
export function hostOf({ api, baseUrl }: Endpoint): string {
  return api === 'vscode' ? 'VS Code' : new URL(baseUrl).host;
}

export interface ModelRef {
  readonly providerId: string;
  readonly model: string;
}

export function parseModelRef(text: string): ModelRef | undefined {
  // At the first slash, because model IDs contain slashes.
  const slash = text.indexOf('/');
  const providerId = text.slice(0, Math.max(slash, 0)).trim();
  const model = text.slice(slash + 1).trim();
  return slash > 0 && providerId !== '' && model !== '' ? { providerId, model } : undefined;
}

export function formatModelRef(ref: ModelRef): string {
  return `${ref.providerId}/${ref.model}`;
}
