import type { OpenAI } from 'openai';
import type { ChatApi, ChatRequest, WireRequest } from '../../core/chat';
import { QuilletError } from '../../core/errors';
import { extraBodyOf, mergeFields } from '../../core/extraBody';
import { embedPictures } from '../../core/messagePictures';
import type { Adaptation } from '../../core/negotiation';
import { toDataUrlPlaceholder } from '../../core/picture';
import { requestUrl } from '../../providers/baseUrl';
import { asFields, type Fields, type JsonValue } from '../../util/json';
import { withoutUndefined } from '../../util/withoutUndefined';
import { readAnswer } from './answerReader';
import { joinMessages, toWireMessages, type WireMessage } from './messageRoles';
import { type SdkMethod, sendThroughSdk } from './openaiClient';
import { streamResponse } from './responseStream';

// The bodies may have fields that the SDK's types do not have yet.
const CREATE = {
  'chat/completions': (client, body, options) =>
    client.chat.completions.create(body as unknown as OpenAI.ChatCompletionCreateParams, options),
  completions: (client, body, options) =>
    client.completions.create(body as unknown as OpenAI.CompletionCreateParams, options),
  responses: (client, body, options) =>
    client.responses.create(body as unknown as OpenAI.Responses.ResponseCreateParams, options),
} satisfies Readonly<Record<string, SdkMethod>>;

export const openaiChat = sdkApi('chat/completions', ({ model, messages, parameters }, adaptation) => ({
  model,
  messages: toWireMessages(messages, adaptation).map(toChatMessage),
  temperature: parameters.temperature,
  top_p: parameters.topP,
  stop: parameters.stop,
  seed: parameters.seed,
  reasoning_effort: parameters.reasoningEffort,
  max_tokens: parameters.maxOutputTokens,
}));

export const openaiCompletions = sdkApi('completions', ({ model, messages, parameters }) => ({
  model,
  prompt: joinMessages(messages),
  temperature: parameters.temperature,
  top_p: parameters.topP,
  max_tokens: parameters.maxOutputTokens,
  stop: parameters.stop,
  seed: parameters.seed,
}));

export const openaiResponses = sdkApi('responses', ({ model, messages, parameters, wantsReasoning }, adaptation) => ({
  model,
  input: toWireMessages(messages, adaptation).map(toResponsesMessage),
  store: false,
  temperature: parameters.temperature,
  top_p: parameters.topP,
  max_output_tokens: parameters.maxOutputTokens,
  reasoning: reasoningField(parameters.reasoningEffort, wantsReasoning === true && !isDropped(adaptation, SUMMARY)),
}));

const SUMMARY = 'reasoning.summary';

function isDropped({ dropped = [] }: Adaptation, name: string): boolean {
  return dropped.includes(name);
}

function reasoningField(effort: string | undefined, hasSummary: boolean): Fields | undefined {
  if (effort === undefined && !hasSummary) return undefined;
  return { ...withoutUndefined({ effort }), ...(hasSummary && { summary: 'auto' }) };
}

function toChatMessage({ role, content, pictures }: WireMessage) {
  if (pictures === undefined) return { role, content };
  const images = pictures.map((picture) => ({ type: 'image_url', image_url: { url: toDataUrlPlaceholder(picture) } }));
  return { role, content: [{ type: 'text', text: content }, ...images] };
}

function toResponsesMessage({ role, content, pictures }: WireMessage) {
  if (pictures === undefined) return { role, content };
  const images = pictures.map((picture) => ({
    type: 'input_image',
    image_url: toDataUrlPlaceholder(picture),
    detail: 'auto',
  }));
  return { role, content: [{ type: 'input_text', text: content }, ...images] };
}

function sdkApi(
  path: keyof typeof CREATE,
  toFields: (request: ChatRequest, adaptation: Adaptation) => Fields,
): ChatApi {
  const buildBody = (request: ChatRequest): JsonValue => {
    const { adaptation = {} } = request;
    const fields: Fields = {
      ...toFields(request, adaptation),
      stream: adaptation.withoutStream !== true,
      stream_options: path === 'responses' ? undefined : { include_usage: true },
    };
    return adaptFields(mergeFields(fields, extraBodyOf(request)), adaptation);
  };
  const toWireRequest = (request: ChatRequest): WireRequest => {
    const { endpoint, body = buildBody(request) } = request;
    if (asFields(body) === undefined)
      throw new QuilletError('cfg.request', { providerId: endpoint.providerId, subject: 'body' });
    const headers = { 'content-type': 'application/json', ...endpoint.headers };
    return { method: 'POST', url: requestUrl(endpoint.baseUrl, path), headers, body };
  };
  return {
    toWireRequest,
    stream(request, context) {
      const { url, body = null } = toWireRequest(request);
      return streamResponse(
        request,
        url,
        () => sendThroughSdk(CREATE[path], embedPictures(body, request.messages), request, context),
        (response) => readAnswer(response, body),
      );
    },
  };
}

function adaptFields(fields: Fields, adaptation: Adaptation): JsonValue {
  const { maxTokens, withoutStream, withoutStreamOptions, dropped = [] } = adaptation;
  const isDropped = (name: string): boolean => {
    if (name === 'stream_options' && (withoutStream === true || withoutStreamOptions === true)) return true;
    return dropped.includes(name) || (maxTokens === 'none' && /^max_(?:completion_|output_)?tokens$/.test(name));
  };
  const sent = Object.entries(fields)
    .filter(([name, value]) => value !== undefined && !isDropped(name))
    .map(([name, value]) => [name === 'max_tokens' ? (maxTokens ?? name) : name, value] as const);
  return Object.fromEntries(sent) as JsonValue;
}
