import type { OpenAI } from 'openai';
import type { AttemptContext, ChatRequest, StreamEvent } from '../../core/chat';
import { type ErrorDetails, QuilletError } from '../../core/errors';
import type { WireRequest } from '../../core/wireRequest';
import { requestUrl } from '../../providers/baseUrl';
import type { JsonValue } from '../../util/json';
import { withoutUndefined } from '../../util/withoutUndefined';
import { hostAndPath, toReportedError, toRequestError } from '../http/errorMapping';
import { type EventReader, readEventStream } from '../http/eventStream';
import { createGuardedFetch } from '../http/guardedFetch';
import { readJsonBody } from '../http/jsonBody';
import { asFields } from './answerContent';
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
  /** Calls the method of the SDK. */
  readonly create: (client: OpenAI, body: SdkBody, options: { readonly signal: AbortSignal }) => SdkCall;
}

/** An SDK call whose response is not parsed yet. */
interface SdkCall {
  asResponse(): Promise<Response>;
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
  const body = requestBody(style, request);
  const isStream = body['stream'] === true;
  const client = await createClient(request, context, isStream);
  const response = await style.create(client, body, { signal: context.signal }).asResponse();
  const requestId = response.headers.get('x-request-id');
  yield { kind: 'headers', status: response.status, ...withoutUndefined({ requestId: requestId ?? undefined }) };
  progress.isStreaming = true;
  const chunks = new ChunkReader();
  const readDocument = (document: unknown) => chunks.read(document);
  if (!isStream) return yield* readJsonBody(response, await response.text(), readDocument);
  const read: EventReader['read'] = (chunk, eventName) => {
    rejectErrorEvent(chunk, eventName);
    return chunks.read(chunk);
  };
  const document = yield* readEventStream(response, { isChunk: isOpenAiChunk, read });
  if (document === undefined) return;
  yield { kind: 'nonStreaming' };
  yield* readJsonBody(response, document, readDocument);
}

function rejectErrorEvent(chunk: unknown, eventName: string | undefined): void {
  const error = asFields(chunk)?.['error'];
  if (error || eventName === 'error') throw toReportedError('sse.error', error ?? chunk, {});
}

function isOpenAiChunk(line: unknown): boolean {
  if (typeof line !== 'object' || line === null) return false;
  return 'choices' in line || ('type' in line && String(line.type).startsWith('response.'));
}

// Every option is passed, because an absent one is read from the environment (see docs/sdk-notes.md, "Environment
// variables"). Retries and timers are our own. Logging is off, because the debug level prints custom headers.
async function createClient(request: ChatRequest, { key, tap }: AttemptContext, isStream: boolean): Promise<OpenAI> {
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
    fetch: createGuardedFetch({ endpoint, key, isStream, ...withoutUndefined({ tap }) }),
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
