import type { OpenAI } from 'openai';
import type { ChatApi, ChatRequest } from '../../core/chat';
import { toWireMessages } from './messageRoles';
import { type SdkBody, type SdkStyle, streamThroughSdk, toSdkWireRequest } from './openaiClient';

type Body = OpenAI.Responses.ResponseCreateParams;

const style: SdkStyle = {
  path: 'responses',
  buildBody: buildWireBody,
  async call(client, body, signal) {
    if (body['stream'] !== true) {
      const nonStreamingBody = body as unknown as OpenAI.Responses.ResponseCreateParamsNonStreaming;
      return { response: await client.responses.create(nonStreamingBody, { signal }).asResponse() };
    }
    const streamingBody = body as unknown as OpenAI.Responses.ResponseCreateParamsStreaming;
    return client.responses.create(streamingBody, { signal }).withResponse();
  },
};

/** The Responses API. The server stores nothing: `store` is false, and the whole conversation is sent each time. */
export const openaiResponses: ChatApi = {
  toWireRequest: (request) => toSdkWireRequest(style, request),
  stream: (request, context) => streamThroughSdk(style, request, context),
};

function buildWireBody(request: ChatRequest): SdkBody {
  const { adaptation } = request;
  const body = buildBaseBody(request);
  if (adaptation?.withoutStream === true) return { ...body, stream: false };
  return { ...body, stream: true };
}

function buildBaseBody({ model, messages, parameters, adaptation = {} }: ChatRequest): Omit<Body, 'stream'> {
  const fields: Record<string, unknown> = {
    temperature: parameters.temperature,
    top_p: parameters.topP,
    max_output_tokens: adaptation.maxTokens === 'none' ? undefined : parameters.maxOutputTokens,
    reasoning: parameters.reasoningEffort === undefined ? undefined : { effort: parameters.reasoningEffort },
  };
  const sentFields = Object.entries(fields).filter(
    ([name, value]) => value !== undefined && adaptation.dropped?.includes(name) !== true,
  );
  const input = toWireMessages(messages, adaptation);
  return { model, input, store: false, ...Object.fromEntries(sentFields) };
}
