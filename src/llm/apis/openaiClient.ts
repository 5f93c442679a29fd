import type { OpenAI } from 'openai';
import type { AttemptContext, ChatRequest, Endpoint, StreamEvent } from '../../core/chat';
import { asFields, type JsonValue } from '../../util/json';
import { toReportedError } from '../http/errorMapping';
import { type EventReader, readEventStream } from '../http/eventStream';
import { createGuardedFetch } from '../http/guardedFetch';
import { readJsonBody } from '../http/jsonBody';
import { ChunkReader } from './chunkReader';

// The SDK requires a key. The real one is set by our fetch and never enters the client object.
const PLACEHOLDER_KEY = 'set-by-quillet';

// The maximum for a timer; the run's own deadlines are shorter.
const MAX_TIMEOUT_MS = 2_147_483_647;

export type SdkMethod = (
  client: OpenAI,
  body: JsonValue | undefined,
  options: { readonly signal: AbortSignal },
) => { asResponse(): Promise<Response> };

/** Loads the SDK while the key is read and the prompt is rendered. */
export async function preloadSdk(): Promise<void> {
  await import('openai');
}

export async function sendThroughSdk(
  create: SdkMethod,
  body: JsonValue | undefined,
  { endpoint }: ChatRequest,
  context: AttemptContext,
): Promise<Response> {
  const client = await createClient(endpoint, context, wantsStream(body));
  return create(client, body, { signal: context.signal }).asResponse();
}

export async function* readOpenaiResponse(
  response: Response,
  body: JsonValue | undefined,
): AsyncGenerator<StreamEvent> {
  const chunks = new ChunkReader();
  const readDocument = (document: unknown) => chunks.read(document);
  if (!wantsStream(body)) return yield* readJsonBody(response, await response.text(), readDocument);
  const read: EventReader['read'] = (chunk, eventName) => {
    rejectErrorEvent(chunk, eventName);
    return chunks.read(chunk);
  };
  const document = yield* readEventStream(response, { isChunk: isOpenAiChunk, read });
  if (document === undefined) return;
  yield { kind: 'nonStreaming' };
  yield* readJsonBody(response, document, readDocument);
}

function wantsStream(body: unknown): boolean {
  return asFields(body)?.['stream'] === true;
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
async function createClient(endpoint: Endpoint, context: AttemptContext, isStream: boolean): Promise<OpenAI> {
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
    fetch: createGuardedFetch({ ...context, endpoint, isStream }),
  });
}
