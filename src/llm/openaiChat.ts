import type { OpenAI } from 'openai';
import { requestUrl } from '../core/baseUrl';
import type { AttemptContext, ChatApi, ChatRequest, ParameterSet, StreamEvent } from '../core/chat';
import { QuilletError } from '../core/errors';
import { parseJson } from '../core/json';
import { readChatChunk } from './chatChunk';
import { guardFetch } from './guardedFetch';
import { requestPlace, serverMessage, toWireError } from './wireErrors';

/** The SDK insists on a key; the real one is set by our fetch and never enters the client object. */
const PLACEHOLDER_KEY = 'set-by-quillet';

type CreateBody = OpenAI.Chat.ChatCompletionCreateParamsStreaming;

/** Chat completions through the `openai` SDK, which is loaded on the first call and not before. */
export const openaiChat: ChatApi = {
  async *stream(request: ChatRequest, context: AttemptContext): AsyncGenerator<StreamEvent> {
    const place = { ...requestPlace(requestUrl(request.endpoint.baseUrl, 'chat/completions')), ...names(request) };
    const progress = { isStreaming: false };
    try {
      yield* attempt(request, context, progress);
    } catch (thrown) {
      throw toWireError(thrown, place, progress.isStreaming);
    }
  },
};

/** Loads the SDK ahead of the first request, while the key is read and the prompt is rendered. */
export async function preloadSdk(): Promise<void> {
  await import('openai');
}

async function* attempt(
  request: ChatRequest,
  context: AttemptContext,
  progress: { isStreaming: boolean },
): AsyncGenerator<StreamEvent> {
  const client = await createClient(request, context);
  const { data, response } = await client.chat.completions
    .create(requestBody(request), { signal: context.signal })
    .withResponse();
  const requestId = response.headers.get('x-request-id');
  yield { kind: 'headers', status: response.status, ...(requestId === null ? {} : { requestId }) };
  progress.isStreaming = true;
  const type = (response.headers.get('content-type') ?? 'text/event-stream').toLowerCase();
  if (!type.startsWith('text/event-stream')) {
    yield* readWholeBody(response, type);
    return;
  }
  for await (const chunk of data) yield* readChatChunk(chunk);
  // The loop of an aborted stream ends without an error (sdk-facts, "Abort").
  context.signal.throwIfAborted();
}

/** A server that does not stream sends one JSON document, where it answers an API call at all. */
async function* readWholeBody(response: Response, type: string): AsyncGenerator<StreamEvent> {
  const text = await response.text();
  if (text.trim() === '') return;
  if (type.includes('html')) throw new QuilletError('body.html', { status: response.status });
  const body = parseJson(text);
  if (body === undefined) {
    throw new QuilletError('body.notjson', {
      status: response.status,
      subject: type,
      ...optionalMessage(serverMessage(text)),
    });
  }
  if (typeof body === 'object' && body !== null && 'error' in body && !('choices' in body)) {
    throw new QuilletError('body.error', { status: response.status, ...optionalMessage(serverMessage(body)) });
  }
  yield* readChatChunk(body);
}

function optionalMessage(text: string | undefined): { serverMessage?: string } {
  return text === undefined ? {} : { serverMessage: text };
}

/**
 * Every option is given, because an absent one is filled from the environment (sdk-facts, "Construction"). Retries and
 * timers are ours, so the SDK's are off. Logging is off: at its debug level a custom header is printed as it is.
 */
async function createClient({ endpoint }: ChatRequest, { key }: AttemptContext): Promise<OpenAI> {
  const sdk = await import('openai');
  const base = new URL(endpoint.baseUrl);
  return new sdk.OpenAI({
    apiKey: PLACEHOLDER_KEY,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: `${base.origin}${base.pathname}`,
    // The SDK would put the path behind a query string that is part of the base URL.
    defaultQuery: Object.fromEntries(base.searchParams),
    maxRetries: 0,
    timeout: LONGEST_TIMEOUT_MS,
    logLevel: 'off',
    dangerouslyAllowBrowser: true,
    defaultHeaders: { 'User-Agent': 'Quillet' },
    fetch: guardFetch({ endpoint, key }),
  });
}

/** The longest a timer can be; the run's own deadlines are shorter and say what to change. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

function requestBody(request: ChatRequest): CreateBody {
  return {
    model: request.model,
    messages: request.messages.map(({ role, content }) => ({ role, content })),
    ...wireParameters(request.parameters),
    stream: true,
    stream_options: { include_usage: true },
  };
}

/** Only what was set, under the wire's names. */
function wireParameters(set: ParameterSet): Partial<CreateBody> {
  return {
    ...(set.temperature === undefined ? {} : { temperature: set.temperature }),
    ...(set.topP === undefined ? {} : { top_p: set.topP }),
    ...(set.maxOutputTokens === undefined ? {} : { max_tokens: set.maxOutputTokens }),
    ...(set.stop === undefined ? {} : { stop: [...set.stop] }),
    ...(set.seed === undefined ? {} : { seed: set.seed }),
    ...(set.reasoningEffort === undefined
      ? {}
      : { reasoning_effort: set.reasoningEffort as NonNullable<CreateBody['reasoning_effort']> }),
  };
}

function names({ endpoint, model }: ChatRequest) {
  return { providerId: endpoint.providerId, providerLabel: endpoint.label, baseUrl: endpoint.baseUrl, model };
}
