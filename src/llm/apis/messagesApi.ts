import type { AttemptContext, ChatApi, ChatRequest, WireRequest } from '../../core/chat';
import { QuilletError } from '../../core/errors';
import { extraBodyOf, mergeFields } from '../../core/extraBody';
import { embedPictures } from '../../core/messagePictures';
import { outputLimitOf } from '../../core/outputLimit';
import { type Picture, toPlaceholder } from '../../core/picture';
import { isVertexMessages, requestUrl } from '../../providers/baseUrl';
import { asFields, type Fields, type JsonValue, parseJson } from '../../util/json';
import { hostAndPath, toResponseError } from '../http/errorMapping';
import { createGuardedFetch } from '../http/guardedFetch';
import { readAnswer, wantsStream } from './answerReader';
import { toWireMessages, type WireMessage } from './messageRoles';
import { streamResponse } from './responseStream';

/** Anthropic's Messages API. */
export const messagesApi: ChatApi = {
  toWireRequest,
  stream(request, context) {
    const wire = toWireRequest(request);
    return streamResponse(
      request,
      wire.url,
      () => send(wire, request, context),
      (response) => readAnswer(response, wire.body),
    );
  },
};

function toWireRequest(request: ChatRequest): WireRequest {
  const { endpoint, body = buildBody(request) } = request;
  if (asFields(body) === undefined)
    throw new QuilletError('cfg.request', { providerId: endpoint.providerId, subject: 'body' });
  const headers = { 'content-type': 'application/json', ...endpoint.headers };
  return { method: 'POST', url: requestUrl(endpoint.baseUrl, pathFor(request, body)), headers, body };
}

function pathFor({ endpoint, model }: ChatRequest, body: JsonValue): string {
  if (!isVertexMessages(endpoint.baseUrl)) return 'messages';
  const name = encodeURIComponent(model).replaceAll('%40', '@');
  return `models/${name}:${wantsStream(body) ? 'streamRawPredict' : 'rawPredict'}`;
}

function buildBody(request: ChatRequest): JsonValue {
  const { model, messages, parameters, isConversation = false, adaptation = {} } = request;
  const { dropped = [], withoutStream } = adaptation;
  const extraBody = extraBodyOf(request);
  const wireMessages = toWireMessages(messages, adaptation);
  const system = wireMessages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const conversation = wireMessages.filter(({ role }) => role !== 'system');
  // A `cache_control` in the extra fields replaces our own.
  const isCached = isConversation && !dropped.includes('cache_control') && !('cache_control' in extraBody);
  const fields: Fields = {
    ...(isVertexMessages(request.endpoint.baseUrl) ? { anthropic_version: 'vertex-2023-10-16' } : { model }),
    max_tokens: outputLimitOf(request),
    system: system.length === 0 ? undefined : system.join('\n\n'),
    messages: conversation.map((message, index) => toMessage(message, isCached && index === conversation.length - 1)),
    temperature: parameters.temperature,
    top_p: parameters.topP,
    stop_sequences: parameters.stop,
    ...thinkingFields(parameters.reasoningEffort),
    stream: withoutStream !== true,
  };
  const isDropped = (name: string) =>
    dropped.includes(name) || (name === 'output_config' && dropped.includes('effort'));
  const sent = Object.entries(mergeFields(fields, extraBody)).filter(
    ([name, value]) => value !== undefined && !isDropped(name),
  );
  return Object.fromEntries(sent) as JsonValue;
}

/** A mark at the end of the last message lets the server cache everything up to it for the next question. */
function toMessage({ role, content, pictures = [] }: WireMessage, isMarked: boolean) {
  if (pictures.length === 0 && !isMarked) return { role, content };
  // Blocks of text must not be empty.
  const text = content === '' && pictures.length > 0 ? [] : [{ type: 'text', text: content }];
  const blocks = [...pictures.map(toImage), ...text];
  const mark = isMarked ? { cache_control: { type: 'ephemeral' } } : {};
  return { role, content: blocks.map((block, index) => (index < blocks.length - 1 ? block : { ...block, ...mark })) };
}

function toImage(picture: Picture) {
  const source = { type: 'base64', media_type: `image/${picture.format}`, data: toPlaceholder(picture) };
  return { type: 'image', source };
}

function thinkingFields(effort: string | undefined): Fields {
  if (effort === undefined) return {};
  return effort === 'none'
    ? { thinking: { type: 'disabled' } }
    : { thinking: { type: 'adaptive' }, output_config: { effort } };
}

async function send({ url, body = null }: WireRequest, request: ChatRequest, context: AttemptContext) {
  const guardedFetch = createGuardedFetch({ ...context, endpoint: request.endpoint, isStream: wantsStream(body) });
  const response = await guardedFetch(url, {
    method: 'POST',
    headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify(embedPictures(body, request.messages)),
    signal: context.signal,
  });
  if (response.ok) return response;
  const text = await response.text();
  throw toResponseError(response, parseJson(text) ?? text, hostAndPath(url));
}
