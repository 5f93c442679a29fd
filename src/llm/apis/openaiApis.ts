import type { OpenAI } from 'openai';
import type { ChatApi, ChatRequest } from '../../core/chat';
import type { Adaptation } from '../../core/negotiation';
import { joinMessages, toWireMessages } from './messageRoles';
import { type SdkBody, type SdkStyle, streamThroughSdk, toSdkWireRequest } from './openaiClient';

// The bodies may have fields that the SDK's types do not have yet.
const CREATE: Readonly<Record<SdkStyle['path'], SdkStyle['create']>> = {
  'chat/completions': (client, body, options) =>
    client.chat.completions.create(body as unknown as OpenAI.ChatCompletionCreateParams, options),
  completions: (client, body, options) =>
    client.completions.create(body as unknown as OpenAI.CompletionCreateParams, options),
  responses: (client, body, options) =>
    client.responses.create(body as unknown as OpenAI.Responses.ResponseCreateParams, options),
};

/** Chat completions: `choices[0].delta.content`, or `choices[0].message.content` without streaming. */
export const openaiChat = sdkApi('chat/completions', ({ model, messages, parameters }, adaptation) => ({
  model,
  messages: toWireMessages(messages, adaptation),
  temperature: parameters.temperature,
  top_p: parameters.topP,
  stop: parameters.stop,
  seed: parameters.seed,
  reasoning_effort: parameters.reasoningEffort,
  ...(adaptation.maxTokens === 'none' ? {} : { [adaptation.maxTokens ?? 'max_tokens']: parameters.maxOutputTokens }),
}));

/** Legacy text completions: the prompt is one text, and the answer is at `choices[0].text`. */
export const openaiCompletions = sdkApi('completions', ({ model, messages, parameters }, adaptation) => ({
  model,
  prompt: joinMessages(messages),
  temperature: parameters.temperature,
  top_p: parameters.topP,
  max_tokens: adaptation.maxTokens === 'none' ? undefined : parameters.maxOutputTokens,
  stop: parameters.stop,
  seed: parameters.seed,
}));

/** The Responses API. The server stores nothing: `store` is false, and the whole conversation is sent each time. */
export const openaiResponses = sdkApi('responses', ({ model, messages, parameters }, adaptation) => ({
  model,
  input: toWireMessages(messages, adaptation),
  store: false,
  temperature: parameters.temperature,
  top_p: parameters.topP,
  max_output_tokens: adaptation.maxTokens === 'none' ? undefined : parameters.maxOutputTokens,
  reasoning: parameters.reasoningEffort === undefined ? undefined : { effort: parameters.reasoningEffort },
}));

function sdkApi(
  path: SdkStyle['path'],
  toFields: (request: ChatRequest, adaptation: Adaptation) => Readonly<Record<string, unknown>>,
): ChatApi {
  const buildBody = (request: ChatRequest): SdkBody => {
    const { adaptation = {} } = request;
    const { withoutStream, withoutStreamOptions, dropped = [] } = adaptation;
    const hasUsage = path !== 'responses' && withoutStream !== true && withoutStreamOptions !== true;
    const fields = {
      ...toFields(request, adaptation),
      stream: withoutStream !== true,
      stream_options: hasUsage ? { include_usage: true } : undefined,
    };
    const sent = Object.entries(fields).filter(([name, value]) => value !== undefined && !dropped.includes(name));
    return Object.fromEntries(sent);
  };
  const style = { path, buildBody, create: CREATE[path] };
  return {
    toWireRequest: (request) => toSdkWireRequest(style, request),
    stream: (request, context) => streamThroughSdk(style, request, context),
  };
}
