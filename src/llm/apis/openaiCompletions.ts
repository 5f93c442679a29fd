import type { OpenAI } from 'openai';
import type { ChatApi, ChatMessage, ChatRequest } from '../../core/chat';
import { type SdkBody, type SdkStyle, streamThroughSdk, toSdkWireRequest } from './openaiClient';

type Body = OpenAI.CompletionCreateParams;

const style: SdkStyle = {
  path: 'completions',
  buildBody: buildWireBody,
  async call(client, body, signal) {
    if (body['stream'] !== true) {
      const nonStreamingBody = body as unknown as OpenAI.CompletionCreateParamsNonStreaming;
      return { response: await client.completions.create(nonStreamingBody, { signal }).asResponse() };
    }
    const streamingBody = body as unknown as OpenAI.CompletionCreateParamsStreaming;
    return client.completions.create(streamingBody, { signal }).withResponse();
  },
};

/** Legacy text completions: the prompt is one text, and the answer is at `choices[0].text`. */
export const openaiCompletions: ChatApi = {
  toWireRequest: (request) => toSdkWireRequest(style, request),
  stream: (request, context) => streamThroughSdk(style, request, context),
};

export function joinMessages(messages: readonly ChatMessage[]): string {
  return messages.map(({ content }) => content).join('\n\n');
}

function buildWireBody(request: ChatRequest): SdkBody {
  const { adaptation } = request;
  const body = buildBaseBody(request);
  if (adaptation?.withoutStream === true) return { ...body, stream: false };
  const usage = adaptation?.withoutStreamOptions === true ? {} : { stream_options: { include_usage: true } };
  return { ...body, stream: true, ...usage };
}

function buildBaseBody({ model, messages, parameters, adaptation = {} }: ChatRequest): Omit<Body, 'stream'> {
  const fields: Record<string, unknown> = {
    temperature: parameters.temperature,
    top_p: parameters.topP,
    max_tokens: adaptation.maxTokens === 'none' ? undefined : parameters.maxOutputTokens,
    stop: parameters.stop,
    seed: parameters.seed,
  };
  const sentFields = Object.entries(fields).filter(
    ([name, value]) => value !== undefined && adaptation.dropped?.includes(name) !== true,
  );
  return { model, prompt: joinMessages(messages), ...Object.fromEntries(sentFields) };
}
