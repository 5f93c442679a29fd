import type { OpenAI } from 'openai';
import type { ChatApi, ChatRequest, StreamEvent } from '../../core/chat';
import type { QuilletError } from '../../core/errors';
import { parseUsage } from '../../core/tokenUsage';
import { toReportedError } from '../http/errorMapping';
import { toWireMessages } from './messageRoles';
import { type SdkBody, type SdkStyle, streamThroughSdk, toSdkWireRequest } from './openaiClient';

type Body = OpenAI.Responses.ResponseCreateParams;
type Fields = Readonly<Record<string, unknown>>;

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
  readChunk: readEvent,
  readDocument: (document) => readResponse(asFields(document), true),
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

// The SDK passes `response.failed` on like any other event.
function readEvent(event: unknown): StreamEvent[] {
  const fields = asFields(event);
  const { type, delta } = fields;
  switch (type) {
    case 'response.output_text.delta':
      return typeof delta === 'string' && delta !== '' ? [{ kind: 'text', text: delta }] : [];
    case 'response.refusal.delta':
      return typeof delta === 'string' && delta !== '' ? [{ kind: 'refusal', text: delta }] : [];
    case 'response.reasoning_text.delta':
    case 'response.reasoning_summary_text.delta':
      return [{ kind: 'reasoning' }];
    case 'response.completed':
    case 'response.incomplete':
      return readResponse(asFields(fields['response']), false);
    case 'response.failed':
      throw toStreamError(asFields(fields['response']));
    case 'error':
      throw toStreamError(fields);
    default:
      return typeof type === 'string' ? [] : [{ kind: 'unknown' }];
  }
}

// Without the text if it was streamed before.
function readResponse(response: Fields, includesText: boolean): StreamEvent[] {
  if (response['status'] === 'failed') throw toStreamError(response);
  const events: StreamEvent[] = [];
  if (typeof response['model'] === 'string') events.push({ kind: 'model', model: response['model'] });
  if (includesText) events.push(...readOutput(response['output']));
  events.push({ kind: 'finish', reason: finishReason(response) });
  const usage = parseUsage(response['usage']);
  if (usage !== undefined) events.push({ kind: 'usage', usage });
  return events;
}

// In the names that chat completions use.
function finishReason(response: Fields): string {
  if (response['status'] !== 'incomplete') return 'stop';
  const { reason } = asFields(response['incomplete_details']);
  if (reason === 'max_output_tokens') return 'length';
  return typeof reason === 'string' ? reason : 'incomplete';
}

function readOutput(output: unknown): StreamEvent[] {
  if (!Array.isArray(output)) return [];
  return output.flatMap((item) => {
    const { content } = asFields(item);
    return Array.isArray(content) ? content.map(asFields).flatMap(readPart) : [];
  });
}

function readPart(part: Fields): StreamEvent[] {
  if (part['type'] === 'output_text' && typeof part['text'] === 'string') return [{ kind: 'text', text: part['text'] }];
  if (part['type'] === 'refusal' && typeof part['refusal'] === 'string') {
    return [{ kind: 'refusal', text: part['refusal'] }];
  }
  return [];
}

function toStreamError(fields: Fields): QuilletError {
  return toReportedError('sse.error', fields, {});
}

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
