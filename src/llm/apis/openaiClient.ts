import type { OpenAI } from 'openai';
import type { AttemptContext, ChatRequest, StreamEvent } from '../../core/chat';
import { type ErrorDetails, QuilletError } from '../../core/errors';
import type { WireRequest } from '../../core/wireRequest';
import { requestUrl } from '../../providers/baseUrl';
import type { JsonValue } from '../../util/json';
import { withoutUndefined } from '../../util/withoutUndefined';
import { hostAndPath, toRequestError } from '../http/errorMapping';
import { createGuardedFetch } from '../http/guardedFetch';
import { readJsonBody } from '../http/jsonBody';
import { createStreamStatus, type StreamStatus } from '../http/sseFilter';
import { ChunkReader } from './chunkReader';

// The SDK requires a key. The real one is set by our fetch and never enters the client object.
const PLACEHOLDER_KEY = 'set-by-quillet';

// The maximum for a timer; the run's own deadlines are shorter.
const MAX_TIMEOUT_MS = 2_147_483_647;

export type SdkBody = Readonly<Record<string, unknown>>;

/** What differs between the API styles that use the SDK. */
export interface SdkStyle {
  readonly path: 'chat/completions' | 'completions' | 'responses';
  readonly buildBody: (request: ChatRequest) => SdkBody;
}

/** Loads the SDK while the key is read and the prompt is rendered. */
export async function preloadSdk(): Promise<void> {
  await import('openai');
}

/**
 * Runs one attempt through the SDK, which is loaded on first use.
 * @throws QuilletError for any failure, with the request's address.
 */
export async function* streamThroughSdk(
  style: SdkStyle,
  request: ChatRequest,
  context: AttemptContext,
): AsyncGenerator<StreamEvent> {
  const progress = { isStreaming: false };
  try {
    yield* streamAttempt(style, request, context, progress);
  } catch (thrown) {
    throw toRequestError(thrown, requestDetailsFor(style, request), progress.isStreaming);
  }
}

export function toSdkWireRequest(style: SdkStyle, request: ChatRequest): WireRequest {
  const { endpoint } = request;
  return {
    method: 'POST',
    url: requestUrl(endpoint.baseUrl, style.path),
    headers: { 'content-type': 'application/json', ...endpoint.headers },
    body: requestBody(style, request) as JsonValue,
  };
}

function requestBody(style: SdkStyle, request: ChatRequest): SdkBody {
  const { body = style.buildBody(request) } = request;
  if (isJsonObject(body)) return body;
  throw new QuilletError('cfg.request', { providerId: request.endpoint.providerId, subject: 'body' });
}

function isJsonObject(value: unknown): value is SdkBody {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function* streamAttempt(
  style: SdkStyle,
  request: ChatRequest,
  context: AttemptContext,
  progress: { isStreaming: boolean },
): AsyncGenerator<StreamEvent> {
  const streamStatus = createStreamStatus();
  const body = requestBody(style, request);
  const isStream = body['stream'] === true;
  const client = await createClient(request, context, isStream ? streamStatus : undefined);
  const sent = client.post<AsyncIterable<unknown>>(`/${style.path}`, {
    body,
    signal: context.signal,
    stream: isStream,
  });
  const response = await sent.asResponse();
  const requestId = response.headers.get('x-request-id');
  yield { kind: 'headers', status: response.status, ...withoutUndefined({ requestId: requestId ?? undefined }) };
  progress.isStreaming = true;
  // 204 and 205 have no body, for which the SDK throws.
  if (response.body === null) return;
  const reader = new ChunkReader();
  const readDocument = (document: unknown) => reader.read(document);
  if (!isStream) return yield* readJsonBody(response, await response.text(), readDocument);
  for await (const chunk of await sent) yield* reader.read(chunk);
  // The loop of an aborted stream ends without an error (see docs/sdk-notes.md, "Abort").
  context.signal.throwIfAborted();
  if (streamStatus.document !== undefined) {
    yield { kind: 'nonStreaming' };
    yield* readJsonBody(response, streamStatus.document, readDocument);
  }
  if (streamStatus.isDone) yield { kind: 'done' };
}

// Every option is passed, because an absent one is read from the environment (see docs/sdk-notes.md, "Environment
// variables"). Retries and timers are our own. Logging is off, because the debug level prints custom headers.
async function createClient(
  request: ChatRequest,
  { key, tap }: AttemptContext,
  streamStatus: StreamStatus | undefined,
): Promise<OpenAI> {
  const { endpoint } = request;
  const sdk = await import('openai');
  const base = new URL(endpoint.baseUrl);
  return new sdk.OpenAI({
    apiKey: PLACEHOLDER_KEY,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: `${base.origin}${base.pathname}`,
    // The SDK would append the path to a query string in the base URL.
    defaultQuery: Object.fromEntries(base.searchParams),
    maxRetries: 0,
    timeout: MAX_TIMEOUT_MS,
    logLevel: 'off',
    dangerouslyAllowBrowser: true,
    defaultHeaders: { 'User-Agent': 'Quillet' },
    fetch: createGuardedFetch({ endpoint, key, ...withoutUndefined({ streamStatus, tap }) }),
  });
}

function requestDetailsFor(style: SdkStyle, { endpoint, model }: ChatRequest): ErrorDetails {
  return {
    ...hostAndPath(requestUrl(endpoint.baseUrl, style.path)),
    providerId: endpoint.providerId,
    providerLabel: endpoint.label,
    baseUrl: endpoint.baseUrl,
    model,
  };
}
