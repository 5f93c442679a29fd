import { createParser } from 'eventsource-parser';
import type { AttemptContext, ChatApi, ChatRequest, HttpShape, StreamEvent } from '../../core/chat';
import { QuilletError } from '../../core/errors';
import { parseUsage } from '../../core/tokenUsage';
import { type JsonValue, parseJson } from '../../util/json';
import { resolveJsonPointer } from '../../util/jsonPointer';
import { requestPlace, serverMessage, statusFailure, toWireError } from '../http/errorMapping';
import { guardFetch } from '../http/guardedFetch';
import { notJson, readWholeBody } from '../http/jsonBody';
import { LONGEST_LINE, newNotes } from '../http/sseFilter';
import { fillTemplate, unknownVariables } from './bodyTemplate';
import { promptText } from './openaiCompletions';

/** Names a body template may use; README lists them. */
const templateVariables = [
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

/** The user's own request to any JSON API: by hand over HTTP, without the SDK. */
export const httpApi: ChatApi = {
  describe(request) {
    const shape = shapeOf(request);
    const body = shape.method === 'GET' ? undefined : httpBody(request);
    return {
      method: shape.method,
      // As fetch writes it, which programs that it is copied for do not do by themselves.
      url: new URL(shape.url).href,
      headers: { 'content-type': 'application/json', ...request.endpoint.headers },
      ...(body === undefined ? {} : { body }),
    };
  },
  async *stream(request, context) {
    const shape = shapeOf(request);
    const { providerId, label, baseUrl } = request.endpoint;
    const place = {
      ...requestPlace(shape.url),
      providerId,
      providerLabel: label,
      baseUrl,
      model: request.model,
    };
    const progress = { isStreaming: false };
    try {
      yield* attempt(shape, request, context, progress);
    } catch (thrown) {
      throw toWireError(thrown, place, progress.isStreaming);
    }
  },
};

/** The body as it will be sent. */
function httpBody(request: ChatRequest): JsonValue | undefined {
  if (request.body !== undefined) return request.body;
  const { model, messages, parameters } = request;
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  return fillTemplate(shapeOf(request).body, {
    model,
    prompt: promptText(messages),
    messages: messages.map(({ role, content }) => ({ role, content })),
    system: system.length === 0 ? undefined : system.join('\n\n'),
    stream: shapeOf(request).stream !== 'none',
    temperature: parameters.temperature,
    topP: parameters.topP,
    maxOutputTokens: parameters.maxOutputTokens,
    stop: parameters.stop,
    seed: parameters.seed,
    reasoningEffort: parameters.reasoningEffort,
  });
}

async function* attempt(
  shape: HttpShape,
  request: ChatRequest,
  { key, signal, tap }: AttemptContext,
  progress: { isStreaming: boolean },
): AsyncGenerator<StreamEvent> {
  const notes = newNotes();
  const send = guardFetch({
    endpoint: request.endpoint,
    key,
    ...(shape.stream === 'sse' ? { notes } : {}),
    ...(tap === undefined ? {} : { tap }),
  });
  const response = await send(shape.url, {
    method: shape.method,
    headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
    ...(shape.method === 'GET' ? {} : { body: JSON.stringify(httpBody(request)) }),
    signal,
  });
  if (!response.ok) throw await refusal(response, shape);
  const requestId = response.headers.get('x-request-id');
  yield { kind: 'headers', status: response.status, ...(requestId === null ? {} : { requestId }) };
  progress.isStreaming = true;
  if (isOneDocument(shape, response)) {
    yield { kind: 'whole' };
    yield* readWholeBody(response, (document) => readDocument(document, shape, shape.text), 'body.notjson');
    return;
  }
  yield* readEvents(response, shape);
  if (notes.skipped > 0) yield { kind: 'skipped', count: notes.skipped };
}

/** A status error with the server's own message, at the pointer the user gave or where servers usually put it. */
async function refusal(response: Response, shape: HttpShape): Promise<QuilletError> {
  const text = await response.text();
  const body = parseJson(text);
  const named = body === undefined ? undefined : resolveJsonPointer(body, shape.error);
  return statusFailure(response, named ?? body ?? text, requestPlace(shape.url));
}

function isOneDocument(shape: HttpShape, response: Response): boolean {
  const type = response.headers.get('content-type')?.toLowerCase() ?? '';
  if (shape.stream === 'none' || type.includes('html')) return true;
  return shape.stream === 'sse' ? type.startsWith('application/json') : false;
}

/** Reads the events of a stream as they arrive; the end of the body ends it, whether or not a reason was seen. */
async function* readEvents(response: Response, shape: HttpShape): AsyncGenerator<StreamEvent> {
  if (response.body === null) return;
  const queue: string[] = [];
  const feed = shape.stream === 'sse' ? sseFeed(queue) : lineFeed(queue);
  let head = '';
  let isBegun = false;
  for await (const piece of piecesOf(response.body)) {
    if (!isBegun) head += piece;
    feed(piece);
    for (const data of queue.splice(0)) {
      if (data === '[DONE]') return yield { kind: 'done' };
      // A first line that is no JSON is no line of a broken stream: it is a page, or a gateway's own words.
      if (!isBegun && shape.stream === 'ndjson' && parseJson(data) === undefined) throw notJson(response, head);
      isBegun = true;
      yield* readEvent(data, shape);
    }
  }
  if (!isBegun && head.trim() !== '') throw notJson(response, head);
}

/** The text of a body, and at its end the blank line that a server may have left out. */
async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of chunksOf(body)) yield decoder.decode(chunk, { stream: true });
  yield `${decoder.decode()}\n\n`;
}

function readEvent(data: string, shape: HttpShape): StreamEvent[] {
  const document = parseJson(data);
  if (document === undefined) throw new QuilletError('sse.malformed');
  const message = serverMessage(resolveJsonPointer(document, shape.error));
  if (message !== undefined) throw new QuilletError('sse.error', { serverMessage: message });
  const events = readDocument(document, shape, shape.delta);
  return events.length === 0 && typeof document !== 'object' ? [{ kind: 'odd' }] : events;
}

function readDocument(document: unknown, shape: HttpShape, textPointer: string): StreamEvent[] {
  const events: StreamEvent[] = [];
  const text = resolveJsonPointer(document, textPointer);
  if (typeof text === 'string' && text !== '') events.push({ kind: 'text', text });
  const usage = parseUsage(resolveJsonPointer(document, shape.usage));
  if (usage !== undefined) events.push({ kind: 'usage', usage });
  const reason = resolveJsonPointer(document, shape.finish);
  // Ollama's own route says `done: true`, others name a reason.
  if (typeof reason === 'string' && reason !== '') events.push({ kind: 'finish', reason });
  if (reason === true) events.push({ kind: 'finish', reason: 'stop' });
  return events;
}

function sseFeed(queue: string[]): (piece: string) => void {
  const parser = createParser({ onEvent: (event) => queue.push(event.data) });
  return (piece) => parser.feed(piece);
}

function lineFeed(queue: string[]): (piece: string) => void {
  let rest = '';
  return (piece) => {
    const lines = (rest + piece).split(/\r?\n/);
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new QuilletError('limit.line', { subject: String(LONGEST_LINE) });
    queue.push(...lines.filter((line) => line.trim() !== ''));
  };
}

/** A reader that cancels the body when it is left: not every host can iterate a stream itself. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
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

function shapeOf({ endpoint }: ChatRequest): HttpShape {
  const { request, providerId } = endpoint;
  if (request === undefined) throw new QuilletError('cfg.request', { providerId });
  const unknown = unknownVariables(request.body, templateVariables);
  if (unknown.length > 0) throw new QuilletError('cfg.request', { providerId, subject: unknown.join(', ') });
  return request;
}
