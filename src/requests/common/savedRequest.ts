import * as v from 'valibot';
import type { ReceivedResponse } from '../../core/attemptTrace';
import { type ErrorKind, QuilletError } from '../../core/errors';
import { ReviewDecisions } from '../../core/outboundText';
import type { LoggedRequest } from '../../runs/common/requestHistory';
import { type JsonValue, parseJson } from '../../util/json';
import { withoutUndefined } from '../../util/withoutUndefined';

/** File format version. Other versions are ignored. */
const FORMAT_VERSION = 1;
export const MAX_SAVED_BYTES = 1_000_000;

const TEXT = v.string();
const COUNT = v.pipe(v.number(), v.finite());
const JSON_VALUE = v.custom<JsonValue>(() => true);
const TEXT_RECORD = v.record(TEXT, TEXT);
const JSON_RECORD = v.record(TEXT, JSON_VALUE);
const API_STYLE = v.picklist(['chat', 'responses', 'completions', 'http']);
const ERROR_SCHEMA = v.object({ kind: TEXT, details: JSON_RECORD });

const PLAN_SCHEMA = v.looseObject({
  promptId: TEXT,
  title: TEXT,
  destination: TEXT,
  endpoint: v.looseObject({
    providerId: TEXT,
    label: TEXT,
    baseUrl: v.pipe(TEXT, v.url()),
    api: API_STYLE,
    headers: TEXT_RECORD,
    needsKey: v.boolean(),
    parameters: JSON_RECORD,
    keyHeader: v.optional(TEXT),
    apiKeyEnv: v.optional(TEXT),
  }),
  model: TEXT,
  messages: v.array(v.object({ role: v.picklist(['system', 'user', 'assistant']), content: TEXT })),
  parameters: JSON_RECORD,
  languageId: TEXT,
});

const ATTEMPT_SCHEMA = v.looseObject({
  attempt: COUNT,
  request: v.object({
    api: API_STYLE,
    wire: v.object({
      method: v.picklist(['POST', 'PUT', 'GET']),
      url: TEXT,
      headers: TEXT_RECORD,
      body: v.optional(JSON_VALUE),
    }),
  }),
  hasKey: v.boolean(),
  startMs: COUNT,
  endMs: COUNT,
  response: v.optional(
    v.object({
      status: COUNT,
      headers: v.array(v.tuple([TEXT, TEXT])),
      body: v.object({ text: TEXT, end: TEXT, omitted: COUNT, bytes: COUNT }),
    }),
  ),
  error: v.optional(ERROR_SCHEMA),
});

const REQUEST_SCHEMA = v.object({
  v: v.literal(FORMAT_VERSION),
  sentAt: COUNT,
  plan: PLAN_SCHEMA,
  attempts: v.array(ATTEMPT_SCHEMA),
  end: v.object({
    record: v.looseObject({
      groupId: COUNT,
      promptId: TEXT,
      destination: TEXT,
      origin: TEXT,
      outcome: v.picklist(['ok', 'truncated', 'failed', 'cancelled', 'refused']),
      modelRef: v.object({ providerId: TEXT, model: TEXT }),
      attempts: COUNT,
      charactersIn: COUNT,
      charactersOut: COUNT,
      totalMs: COUNT,
      warnings: v.array(v.looseObject({ kind: TEXT })),
      usage: v.optional(JSON_RECORD),
      error: v.optional(ERROR_SCHEMA),
    }),
    answer: TEXT,
  }),
});

/**
 * Serializes a finished request without API keys and with placeholders instead of secrets. The response body is omitted
 * if the server echoed a key, because a key split into chunks cannot be found.
 * @param redact removes keys and other secrets from a text.
 * @returns undefined if the request is not finished or too large.
 */
export function serializeRequest({ sentAt, plan, attempts, end }: LoggedRequest, redact: (text: string) => string) {
  if (end === undefined) return undefined;
  const { reviewDecisions, group: _group, documentUri: _uri, endpoint, ...rest } = plan;
  const { apiKeyCommand, ...savedEndpoint } = endpoint;
  const hasEchoedKey = end.record.warnings.some(({ kind }) => kind === 'text.key');
  const saved = {
    v: FORMAT_VERSION,
    sentAt,
    plan: { ...rest, endpoint: { ...savedEndpoint, needsKey: savedEndpoint.needsKey || apiKeyCommand !== undefined } },
    attempts: attempts.map(({ error, response, ...attempt }) => ({
      ...attempt,
      ...withoutUndefined({
        response: response === undefined ? undefined : redactResponse(response, { hasEchoedKey, redact }),
      }),
      ...serializeError(error),
    })),
    end: {
      record: { ...end.record, ...serializeError(end.record.error) },
      answer: reviewDecisions.replaceKnownSecrets(end.answer),
    },
  };
  const text = JSON.stringify(saved, (name, value: unknown) =>
    typeof value === 'string' ? redactField(name, value, redact) : value,
  );
  const bytes = new TextEncoder().encode(text);
  return bytes.length > MAX_SAVED_BYTES ? undefined : bytes;
}

interface RedactionOptions {
  readonly hasEchoedKey: boolean;
  readonly redact: (text: string) => string;
}

function redactResponse(response: ReceivedResponse, { hasEchoedKey, redact }: RedactionOptions): ReceivedResponse {
  const { bytes } = response.body;
  const body = hasEchoedKey ? { text: '', end: '', omitted: bytes, bytes } : response.body;
  return {
    ...response,
    headers: response.headers.map(([name, value]) => [name, redactField(name, value, redact)]),
    body,
  };
}

/** Some values are recognized as secret only by the name of their field or header, e.g. cookies. */
function redactField(name: string, value: string, redact: RedactionOptions['redact']): string {
  const redactedValue = redact(value);
  return redact(`${name}: ${value}`) === `${name}: ${redactedValue}` ? redactedValue : '***';
}

function serializeError(error: QuilletError | undefined) {
  return error === undefined ? {} : { error: { kind: error.kind, details: error.details } };
}

/** Returns undefined if the file is invalid. */
export function deserializeRequest(bytes: Uint8Array, id: number): LoggedRequest | undefined {
  const { success, output } = v.safeParse(REQUEST_SCHEMA, parseJson(new TextDecoder().decode(bytes)));
  if (!success) return undefined;
  const { sentAt, plan, attempts, end } = output;
  const restoreError = (error: v.InferOutput<typeof ERROR_SCHEMA> | undefined) =>
    error === undefined ? {} : { error: new QuilletError(error.kind as ErrorKind, error.details) };
  return {
    id,
    sentAt,
    // Earlier decisions about secrets do not apply: the texts are checked again before they are resent.
    plan: { ...plan, group: { id, selectionCount: 1 }, documentUri: '', reviewDecisions: new ReviewDecisions() },
    attempts: attempts.map((attempt) => ({ ...attempt, ...restoreError(attempt.error) })),
    end: { ...end, record: { ...end.record, id, ...restoreError(end.record.error) } },
  } as LoggedRequest;
}
