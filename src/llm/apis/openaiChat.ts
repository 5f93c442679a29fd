import type { OpenAI } from 'openai';
import type { ChatApi, ChatRequest, ParameterSet } from '../../core/chat';
import type { Adaptation } from '../../core/negotiation';
import { readChatChunk } from './chatChunk';
import { withRoles } from './messageRoles';
import { describeSdkRequest, type SdkBody, type SdkStyle, streamThroughSdk } from './openaiClient';

type Body = OpenAI.Chat.ChatCompletionCreateParams;

const style: SdkStyle = {
  path: 'chat/completions',
  body: wireBody,
  async call(client, body, signal) {
    if (body['stream'] !== true) {
      const whole = body as unknown as OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;
      return { response: await client.chat.completions.create(whole, { signal }).asResponse() };
    }
    const streamed = body as unknown as OpenAI.Chat.ChatCompletionCreateParamsStreaming;
    return client.chat.completions.create(streamed, { signal }).withResponse();
  },
  readChunk: readChatChunk,
  readDocument: readChatChunk,
};

/** Chat completions: `choices[0].delta.content`, or `choices[0].message.content` where the server does not stream. */
export const openaiChat: ChatApi = {
  describe: (request) => describeSdkRequest(style, request),
  stream: (request, context) => streamThroughSdk(style, request, context),
};

/** The body with how its answer is to come: as a stream wherever the server has one. */
function wireBody(request: ChatRequest): SdkBody {
  const { adaptation } = request;
  const body = requestBody(request);
  if (adaptation?.withoutStream === true) return { ...body, stream: false };
  const usage = adaptation?.withoutStreamOptions === true ? {} : { stream_options: { include_usage: true } };
  return { ...body, stream: true, ...usage };
}

function requestBody({ model, messages, parameters, adaptation = {} }: ChatRequest): Omit<Body, 'stream'> {
  return { model, messages: withRoles(messages, adaptation), ...wireParameters(parameters, adaptation) };
}

/** Only what was set, under the wire's names, less what this server was found to refuse. */
function wireParameters(set: ParameterSet, adaptation: Adaptation): Partial<Body> {
  const limit = adaptation.maxTokens ?? 'max_tokens';
  const named: Record<string, unknown> = {
    temperature: set.temperature,
    top_p: set.topP,
    stop: set.stop,
    seed: set.seed,
    reasoning_effort: set.reasoningEffort,
    ...(limit === 'none' ? {} : { [limit]: set.maxOutputTokens }),
  };
  const sent = Object.entries(named).filter(
    ([name, value]) => value !== undefined && adaptation.dropped?.includes(name) !== true,
  );
  return Object.fromEntries(sent);
}
