import type { AttemptContext, ChatApi, ChatRequest, HttpApiConfig, StreamEvent } from '../../core/chat';
import { QuilletError } from '../../core/errors';
import { extraBodyOf, mergeFields } from '../../core/extraBody';
import { embedPictures, picturesOf } from '../../core/messagePictures';
import { toPlaceholder } from '../../core/picture';
import { parseUsage } from '../../core/tokenUsage';
import { asFields, type JsonObject, type JsonValue, parseJson } from '../../util/json';
import { resolveJsonPointer } from '../../util/jsonPointer';
import { withoutUndefined } from '../../util/withoutUndefined';
import { hostAndPath, toReportedError, toResponseError } from '../http/errorMapping';
import { readEventStream } from '../http/eventStream';
import { createGuardedFetch } from '../http/guardedFetch';
import { readJsonBody } from '../http/jsonBody';
import { serverMessage } from '../http/serverError';
import { findReasoning, hasText, isReasoningPart, readContent, unknownEvent } from './answerContent';
import { fillTemplate, type TemplateValues, unknownVariables } from './bodyTemplate';
import { joinMessages, joinNeighbors } from './messageRoles';
import { streamResponse } from './responseStream';

export const httpApi: ChatApi = {
  toWireRequest(request) {
    const config = httpConfigFor(request);
    const body = buildBody(request, config);
    return {
      method: config.method,
      // Normalized as fetch does; the programs that a request is copied for do not.
      url: new URL(config.url).href,
      headers: { 'content-type': 'application/json', ...request.endpoint.headers },
      ...withoutUndefined({ body }),
    };
  },
  stream(request, context) {
    const config = httpConfigFor(request);
    return streamResponse(
      request,
      config.url,
      () => send(config, request, context),
      (response) => readResponse(response, config),
    );
  },
};

function buildBody(request: ChatRequest, config: HttpApiConfig): JsonValue | undefined {
  const { method, body: template } = config;
  const body = method === 'GET' ? undefined : (request.body ?? fillTemplate(template, templateValues(request)));
  const extraBody = extraBodyOf(request);
  if (request.body !== undefined || Object.keys(extraBody).length === 0) return body;
  if (asFields(body) === undefined)
    throw new QuilletError('cfg.request', { providerId: request.endpoint.providerId, subject: 'body' });
  return mergeFields(body as JsonObject, extraBody);
}

// Documented in docs/providers.md.
function templateValues({ model, messages, parameters, endpoint }: ChatRequest): TemplateValues {
  const images = picturesOf(messages).map(toPlaceholder);
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  return {
    model,
    prompt: joinMessages(messages),
    messages: joinNeighbors(messages.map(({ role, content }) => ({ role, content }))),
    system: system.length === 0 ? undefined : system.join('\n\n'),
    images: images.length === 0 ? undefined : images,
    stream: endpoint.request?.stream !== 'none',
    temperature: parameters.temperature,
    topP: parameters.topP,
    maxOutputTokens: parameters.maxOutputTokens,
    stop: parameters.stop,
    seed: parameters.seed,
    reasoningEffort: parameters.reasoningEffort,
  };
}

async function send(config: HttpApiConfig, request: ChatRequest, context: AttemptContext): Promise<Response> {
  const isStream = config.stream !== 'none';
  const guardedFetch = createGuardedFetch({ ...context, endpoint: request.endpoint, isStream });
  const body = buildBody(request, config);
  const response = await guardedFetch(config.url, {
    method: config.method,
    headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(embedPictures(body, request.messages)) }),
    signal: context.signal,
  });
  if (!response.ok) throw await toStatusError(response, config);
  return response;
}

async function* readResponse(response: Response, config: HttpApiConfig): AsyncGenerator<StreamEvent> {
  const document =
    config.stream === 'none'
      ? await response.text()
      : yield* readEventStream(response, {
          isChunk: (line) => config.stream === 'ndjson' || typeof line === 'object',
          read: (event) => readEvent(event, config),
        });
  if (document === undefined) return;
  const line = config.stream === 'ndjson' ? parseJson(document) : undefined;
  if (line !== undefined) return yield* readEvent(line, config);
  yield { kind: 'nonStreaming' };
  yield* readJsonBody(response, document, (body) => readDocument(body, config, config.text), 'body.notjson');
}

// The message is at the user's pointer, or where servers usually put it.
async function toStatusError(response: Response, config: HttpApiConfig): Promise<QuilletError> {
  const text = await response.text();
  const body = parseJson(text);
  const named = body === undefined ? undefined : resolveJsonPointer(body, config.error);
  return toResponseError(response, named ?? body ?? text, hostAndPath(config.url));
}

function readEvent(document: unknown, config: HttpApiConfig): StreamEvent[] {
  const reported = resolveJsonPointer(document, config.error);
  if (serverMessage(reported) !== undefined) throw toReportedError('sse.error', reported, {});
  const events = readDocument(document, config, config.delta);
  const isUnknown = events.length === 0 && (typeof document !== 'object' || serverMessage(document) !== undefined);
  return isUnknown ? [unknownEvent(document)] : events;
}

function readDocument(document: unknown, config: HttpApiConfig, textPointer: string): StreamEvent[] {
  const events: StreamEvent[] = [];
  const text = readText(document, textPointer);
  const reasoning = text === '' ? findReasoning(document) : undefined;
  if (text !== '') events.push({ kind: 'text', text });
  if (reasoning !== undefined) events.push({ kind: 'reasoning', text: reasoning });
  const usage = parseUsage(resolveJsonPointer(document, config.usage), asFields(document)?.['service_tier']);
  if (usage !== undefined) events.push({ kind: 'usage', usage });
  const reason = resolveJsonPointer(document, config.finish);
  const place = text === '' ? {} : { isBesideText: true };
  // Ollama's own route sends `done: true`; others name a reason.
  if (typeof reason === 'string' && reason !== '') events.push({ kind: 'finish', reason, ...place });
  if (reason === true) events.push({ kind: 'finish', reason: reasonBeside(document, config.finish), ...place });
  return events;
}

// Ollama and llama.cpp name the reason next to the `true`.
function reasonBeside(document: unknown, pointer: string): string {
  const parent = asFields(resolveJsonPointer(document, pointer.slice(0, Math.max(pointer.lastIndexOf('/'), 0))));
  const names = ['done_reason', 'stop_type', 'finish_reason', 'stop_reason'];
  return names.map((name) => parent?.[name]).find(hasText) ?? 'stop';
}

// Gemini marks the part that holds the text if it is reasoning.
function readText(document: unknown, pointer: string): string {
  const parent = asFields(resolveJsonPointer(document, pointer.slice(0, Math.max(pointer.lastIndexOf('/'), 0))));
  if (parent !== undefined && isReasoningPart(parent)) return '';
  return readContent(resolveJsonPointer(document, pointer)).text;
}

function httpConfigFor(chatRequest: ChatRequest): HttpApiConfig {
  const { request, providerId } = chatRequest.endpoint;
  if (request === undefined) throw new QuilletError('cfg.request', { providerId });
  const unknown = unknownVariables(request.body, Object.keys(templateValues(chatRequest)));
  if (unknown.length > 0) throw new QuilletError('cfg.request', { providerId, subject: unknown.join(', ') });
  return request;
}
