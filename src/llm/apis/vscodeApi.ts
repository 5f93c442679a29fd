import {
  type ChatApi,
  type ChatRequest,
  hostOf,
  type StreamEvent,
  VSCODE_MODELS_URL,
  type WireRequest,
} from '../../core/chat';
import { type ErrorKind, isQuilletError, QuilletError } from '../../core/errors';
import { extraBodyOf, mergeFields } from '../../core/extraBody';
import { picturesOf } from '../../core/messagePictures';
import { fileNameOf, type Picture, parsePicturePlace, toPlaceholder } from '../../core/picture';
import { asFields, type Fields, type JsonObject } from '../../util/json';
import { TimeSlicer } from '../../util/timeSlicer';
import { withoutUndefined } from '../../util/withoutUndefined';
import { cleanMessage } from '../http/serverError';
import type { LanguageModelMessage, LanguageModelRequest, LanguageModels } from './languageModels';
import { toWireMessages, type WireMessage } from './messageRoles';

/** Sends requests to VS Code's own models. There is no HTTP request, no usage and no finish reason. */
export function createVscodeApi(models: LanguageModels): ChatApi {
  return {
    toWireRequest,
    async *stream(request, { signal }) {
      let hasText = false;
      try {
        const parts = await models.send(toModelRequest(request), signal);
        yield { kind: 'headers', status: 200 };
        for await (const event of readParts(parts)) {
          hasText ||= event.kind === 'text';
          yield event;
        }
      } catch (thrown) {
        throw signal.aborted ? thrown : toModelError(thrown, request, hasText);
      }
    },
  };
}

type ModelParts = Awaited<ReturnType<LanguageModels['send']>>;

async function* readParts(parts: ModelParts): AsyncGenerator<StreamEvent> {
  const slicer = new TimeSlicer();
  for await (const part of parts) {
    const pendingYield = slicer.yieldIfDue();
    if (pendingYield !== undefined) await pendingYield;
    if (part === 'other') yield { kind: 'activity' };
    else if ('reasoning' in part) yield { kind: 'reasoning', text: part.reasoning };
    // An empty part is no progress: a provider that sends nothing else must run into the timeouts.
    else if (part.text !== '') yield { kind: 'text', text: part.text };
  }
  yield { kind: 'done' };
}

function toWireRequest(request: ChatRequest): WireRequest {
  const { body = buildBody(request) } = request;
  return { method: 'CALL', url: VSCODE_MODELS_URL, headers: {}, body };
}

// The API has no system role. Parameters are options, which are up to the extension that provides the model.
function buildBody(request: ChatRequest): JsonObject {
  const { model, messages, parameters } = request;
  const options = mergeFields(
    withoutUndefined({
      temperature: parameters.temperature,
      top_p: parameters.topP,
      max_tokens: parameters.maxOutputTokens,
      stop: parameters.stop,
      seed: parameters.seed,
      reasoning_effort: parameters.reasoningEffort,
    }),
    extraBodyOf(request),
  );
  return {
    model,
    messages: toWireMessages(messages, { systemRole: 'user' }).map(toBodyMessage),
    ...(Object.keys(options).length > 0 && { modelOptions: options }),
  };
}

function toBodyMessage({ role, content, pictures }: WireMessage) {
  return { role, content: pictures === undefined ? content : [content, ...pictures.map(toPlaceholder)] };
}

// The user may have edited the body.
function toModelRequest(request: ChatRequest): LanguageModelRequest {
  const { model, messages, modelOptions = {} } = asFields(toWireRequest(request).body) ?? {};
  const pictures = new Map(picturesOf(request.messages).map((picture) => [fileNameOf(picture), picture]));
  const options = asFields(modelOptions);
  const parsed = Array.isArray(messages) ? messages.map((message) => parseMessage(asFields(message), pictures)) : [];
  const isComplete = parsed.length > 0 && !parsed.includes(undefined);
  if (typeof model !== 'string' || !isComplete || options === undefined)
    throw new QuilletError('cfg.request', { providerId: request.endpoint.providerId, subject: 'messages' });
  return {
    model,
    messages: parsed.filter((message) => message !== undefined),
    options: options as JsonObject,
  };
}

function parseMessage(
  { role, content }: Fields = {},
  pictures: ReadonlyMap<string, Picture>,
): LanguageModelMessage | undefined {
  const parts: readonly unknown[] = Array.isArray(content) ? content : [content];
  const isText = parts.every((part) => typeof part === 'string');
  if (!isText || (role !== 'user' && role !== 'assistant')) return undefined;
  return { role, content: parts.map((text) => pictures.get(parsePicturePlace(text)?.fileName ?? '') ?? text) };
}

// Names of `LanguageModelError`, and of errors of GitHub Copilot.
const KINDS: Readonly<Record<string, ErrorKind>> = {
  NoPermissions: 'lm.consent',
  Blocked: 'lm.blocked',
  NotFound: 'lm.missing',
  ChatQuotaExceeded: 'lm.quota',
  ChatRateLimited: 'http.429',
};

function toModelError(thrown: unknown, { endpoint, model }: ChatRequest, hasText: boolean): QuilletError {
  const { providerId, label: providerLabel } = endpoint;
  const details = { providerId, providerLabel, host: hostOf(endpoint), model };
  if (isQuilletError(thrown))
    return new QuilletError(thrown.kind, { ...details, ...thrown.details }, { cause: thrown.cause });
  const { code, name, message } = (thrown ?? {}) as { code?: unknown; name?: unknown; message?: unknown };
  const kind = KINDS[String(code)] ?? KINDS[String(name)] ?? 'sse.error';
  const serverMessage = typeof message === 'string' ? cleanMessage(message) : undefined;
  const kindAfterText = kind === 'lm.consent' ? 'lm.revoked' : 'sse.error';
  const reported = { ...details, ...withoutUndefined({ serverMessage }) };
  return new QuilletError(hasText ? kindAfterText : kind, reported, { cause: thrown });
}
