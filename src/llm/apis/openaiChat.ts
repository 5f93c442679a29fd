import type { OpenAI } from 'openai';
import type { ChatApi, ChatRequest, ParameterSet } from '../../core/chat';
import type { Adaptation } from '../../core/negotiation';
import { toWireMessages } from './messageRoles';
import { type SdkBody, type SdkStyle, streamThroughSdk, toSdkWireRequest } from './openaiClient';

type Body = OpenAI.Chat.ChatCompletionCreateParams;

const style: SdkStyle = {
  path: 'chat/completions',
  buildBody: buildWireBody,
  async call(client, body, signal) {
    if (body['stream'] !== true) {
      const nonStreamingBody = body as unknown as OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;
      return { response: await client.chat.completions.create(nonStreamingBody, { signal }).asResponse() };
    }
    const streamingBody = body as unknown as OpenAI.Chat.ChatCompletionCreateParamsStreaming;
    return client.chat.completions.create(streamingBody, { signal }).withResponse();
  },
};

/** Chat completions: `choices[0].delta.content`, or `choices[0].message.content` without streaming. */
export const openaiChat: ChatApi = {
  toWireRequest: (request) => toSdkWireRequest(style, request),
  stream: (request, context) => streamThroughSdk(style, request, context),
};

function buildWireBody(request: ChatRequest): SdkBody {
  const { adaptation } = request;
  const body = buildBaseBody(request);
  if (adaptation?.withoutStream === true) return { ...body, stream: false };
  const usage = adaptation?.withoutStreamOptions === true ? {} : { stream_options: { include_usage: true } };
  return { ...body, stream: true, ...usage };
}

function buildBaseBody({ model, messages, parameters, adaptation = {} }: ChatRequest): Omit<Body, 'stream'> {
  return { model, messages: toWireMessages(messages, adaptation), ...wireParameters(parameters, adaptation) };
}

function wireParameters(parameters: ParameterSet, adaptation: Adaptation): Partial<Body> {
  const limitField = adaptation.maxTokens ?? 'max_tokens';
  const fields: Record<string, unknown> = {
    temperature: parameters.temperature,
    top_p: parameters.topP,
    stop: parameters.stop,
    seed: parameters.seed,
    reasoning_effort: parameters.reasoningEffort,
    ...(limitField === 'none' ? {} : { [limitField]: parameters.maxOutputTokens }),
  };
  const sentFields = Object.entries(fields).filter(
    ([name, value]) => value !== undefined && adaptation.dropped?.includes(name) !== true,
  );
  return Object.fromEntries(sentFields);
}
