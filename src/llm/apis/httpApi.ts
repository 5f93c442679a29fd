import { createParser } from 'eventsource-parser';
import type { AttemptContext, ChatApi, ChatRequest, HttpApiConfig, StreamEvent } from '../../core/chat';
import { QuilletError } from '../../core/errors';
import { parseUsage } from '../../core/tokenUsage';
import { type JsonValue, parseJson } from '../../util/json';
import { resolveJsonPointer } from '../../util/jsonPointer';
import { withoutUndefined } from '../../util/withoutUndefined';
import { hostAndPath, toReportedError, toRequestError, toResponseError } from '../http/errorMapping';
import { createGuardedFetch } from '../http/guardedFetch';
import { readJsonBody, toNotJsonError } from '../http/jsonBody';
import { serverMessage } from '../http/serverError';
import { createStreamStatus, MAX_LINE_BYTES } from '../http/sseFilter';
import { fillTemplate, unknownVariables } from './bodyTemplate';
import { joinNeighbors } from './messageRoles';
import { joinMessages } from './openaiCompletions';

// Documented in docs/providers.md.
const TEMPLATE_VARIABLES = [
  'model',
  'prompt',
  'messages',
  'system',
  'stream',
  'temperature',
  'topP',
  'maxOutputTokens',
  'stop',
  'seed',
  'reasoningEffort',
] as const;

/** Sends the user's own request to any JSON API, without the SDK. */
export const httpApi: ChatApi = {
  toWireRequest(request) {
    const config = httpConfigFor(request);
    const body = config.method === 'GET' ? undefined : buildBody(request);
    return {
      method: config.method,
      // Normalized as fetch does; the programs that a request is copied for do not.
      url: new URL(config.url).href,
      headers: { 'content-type': 'application/json', ...request.endpoint.headers },
      ...withoutUndefined({ body }),
    };
  },
  async *stream(request, context) {
    const config = httpConfigFor(request);
    const { providerId, label, baseUrl } = request.endpoint;
    const requestDetails = {
      ...hostAndPath(config.url),
      providerId,
      providerLabel: label,
      baseUrl,
      model: request.model,
    };
    const progress = { isStreaming: false };
    try {
      yield* streamAttempt(config, request, context, progress);
    } catch (thrown) {
      throw toRequestError(thrown, requestDetails, progress.isStreaming);
    }
  },
};

function buildBody(request: ChatRequest): JsonValue | undefined {
  if (request.body !== undefined) return request.body;
  const { model, messages, parameters } = request;
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  return fillTemplate(httpConfigFor(request).body, {
    model,
    prompt: joinMessages(messages),
    messages: joinNeighbors(messages.map(({ role, content }) => ({ role, content }))),
    system: system.length === 0 ? undefined : system.join('\n\n'),
    stream: httpConfigFor(request).stream !== 'none',
    temperature: parameters.temperature,
    topP: parameters.topP,
    maxOutputTokens: parameters.maxOutputTokens,
    stop: parameters.stop,
    seed: parameters.seed,
    reasoningEffort: parameters.reasoningEffort,
  });
}

async function* streamAttempt(
  config: HttpApiConfig,
  request: ChatRequest,
  { key, signal, tap }: AttemptContext,
  progress: { isStreaming: boolean },
): AsyncGenerator<StreamEvent> {
  const streamStatus = createStreamStatus();
  const guardedFetch = createGuardedFetch({
    endpoint: request.endpoint,
    key,
    ...withoutUndefined({ streamStatus: config.stream === 'sse' ? streamStatus : undefined, tap }),
  });
  const response = await guardedFetch(config.url, {
    method: config.method,
    headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
    ...withoutUndefined({ body: config.method === 'GET' ? undefined : JSON.stringify(buildBody(request)) }),
    signal,
  });
  if (!response.ok) throw await toStatusError(response, config);
  const requestId = response.headers.get('x-request-id');
  yield { kind: 'headers', status: response.status, ...withoutUndefined({ requestId: requestId ?? undefined }) };
  progress.isStreaming = true;
  if (isSingleDocument(config, response)) {
    yield { kind: 'nonStreaming' };
    yield* readJsonBody(response, (document) => readDocument(document, config, config.text), 'body.notjson');
    return;
  }
  yield* readEvents(response, config);
  if (streamStatus.keepAlives > 0) yield { kind: 'keepAlive', count: streamStatus.keepAlives };
}

// The message is at the user's pointer, or where servers usually put it.
async function toStatusError(response: Response, config: HttpApiConfig): Promise<QuilletError> {
  const text = await response.text();
  const body = parseJson(text);
  const named = body === undefined ? undefined : resolveJsonPointer(body, config.error);
  return toResponseError(response, named ?? body ?? text, hostAndPath(config.url));
}

function isSingleDocument(config: HttpApiConfig, response: Response): boolean {
  const type = response.headers.get('content-type')?.toLowerCase() ?? '';
  if (config.stream === 'none' || type.includes('html')) return true;
  return config.stream === 'sse' ? type.startsWith('application/json') : false;
}

async function* readEvents(response: Response, config: HttpApiConfig): AsyncGenerator<StreamEvent> {
  if (response.body === null) return;
  const queue: string[] = [];
  const feed = config.stream === 'sse' ? createSseFeed(queue) : createLineFeed(queue);
  let receivedText = '';
  let hasStarted = false;
  for await (const textChunk of decodeChunks(response.body)) {
    if (!hasStarted) receivedText += textChunk;
    feed(textChunk);
    for (const data of queue.splice(0)) {
      if (data === '[DONE]') return yield { kind: 'done' };
      // If the first line is not JSON, the body is not a broken stream but a page or a gateway's message.
      if (!hasStarted && config.stream === 'ndjson' && parseJson(data) === undefined)
        throw toNotJsonError(response, receivedText);
      hasStarted = true;
      yield* readEvent(data, config);
    }
  }
  if (!hasStarted && receivedText.trim() !== '') throw toNotJsonError(response, receivedText);
}

// Servers may omit the blank line at the end.
async function* decodeChunks(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of iterateChunks(body)) yield decoder.decode(chunk, { stream: true });
  yield `${decoder.decode()}\n\n`;
}

function readEvent(data: string, config: HttpApiConfig): StreamEvent[] {
  const document = parseJson(data);
  if (document === undefined) throw new QuilletError('sse.malformed');
  const reported = resolveJsonPointer(document, config.error);
  if (serverMessage(reported) !== undefined) throw toReportedError('sse.error', reported, {});
  const events = readDocument(document, config, config.delta);
  return events.length === 0 && typeof document !== 'object' ? [{ kind: 'unknown' }] : events;
}

function readDocument(document: unknown, config: HttpApiConfig, textPointer: string): StreamEvent[] {
  const events: StreamEvent[] = [];
  const text = resolveJsonPointer(document, textPointer);
  if (typeof text === 'string' && text !== '') events.push({ kind: 'text', text });
  const usage = parseUsage(resolveJsonPointer(document, config.usage));
  if (usage !== undefined) events.push({ kind: 'usage', usage });
  const reason = resolveJsonPointer(document, config.finish);
  // Ollama's own route sends `done: true`; others name a reason.
  if (typeof reason === 'string' && reason !== '') events.push({ kind: 'finish', reason });
  if (reason === true) events.push({ kind: 'finish', reason: 'stop' });
  return events;
}

function createSseFeed(queue: string[]): (textChunk: string) => void {
  const parser = createParser({ onEvent: (event) => queue.push(event.data) });
  return (textChunk) => parser.feed(textChunk);
}

function createLineFeed(queue: string[]): (textChunk: string) => void {
  let rest = '';
  return (textChunk) => {
    const lines = (rest + textChunk).split(/\r?\n/);
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_BYTES) throw new QuilletError('limit.line', { subject: String(MAX_LINE_BYTES) });
    queue.push(...lines.filter((line) => line.trim() !== ''));
  };
}

// Not every host can iterate a stream itself.
async function* iterateChunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function httpConfigFor({ endpoint }: ChatRequest): HttpApiConfig {
  const { request, providerId } = endpoint;
  if (request === undefined) throw new QuilletError('cfg.request', { providerId });
  const unknown = unknownVariables(request.body, TEMPLATE_VARIABLES);
  if (unknown.length > 0) throw new QuilletError('cfg.request', { providerId, subject: unknown.join(', ') });
  return request;
}
