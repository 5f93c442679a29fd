import * as v from 'valibot';
import type { ReceivedResponse } from '../../core/attemptTrace';
import { type ErrorKind, QuilletError } from '../../core/errors';
import { ReviewDecisions } from '../../core/outboundText';
import type { LoggedRequest } from '../../runs/common/requestHistory';
import type { JsonValue } from '../../util/json';

/** Of what is written. Another version is not read. */
const VERSION = 1;
/** A larger request is not kept. */
export const MOST_KEPT_BYTES = 1_000_000;

const text = v.string();
const count = v.pipe(v.number(), v.finite());
const json = v.custom<JsonValue>(() => true);
const texts = v.record(text, text);
/** Fields that are shown where they are there, and have no part in anything else. */
const facts = v.record(text, json);
const api = v.picklist(['chat', 'responses', 'completions', 'http']);
const failure = v.object({ kind: text, details: facts });

const planSchema = v.looseObject({
  promptId: text,
  title: text,
  destination: text,
  endpoint: v.looseObject({
    providerId: text,
    label: text,
    baseUrl: v.pipe(text, v.url()),
    api,
    headers: texts,
    needsKey: v.boolean(),
    parameters: facts,
    keyHeader: v.optional(text),
    apiKeyEnv: v.optional(text),
  }),
  model: text,
  messages: v.array(v.object({ role: v.picklist(['system', 'user', 'assistant']), content: text })),
  parameters: facts,
  languageId: text,
});

const attemptSchema = v.looseObject({
  attempt: count,
  request: v.object({
    api,
    wire: v.object({ method: v.picklist(['POST', 'PUT', 'GET']), url: text, headers: texts, body: v.optional(json) }),
  }),
  hasKey: v.boolean(),
  startMs: count,
  endMs: count,
  response: v.optional(
    v.object({
      status: count,
      headers: v.array(v.tuple([text, text])),
      body: v.object({ text, end: text, omitted: count, bytes: count }),
    }),
  ),
  error: v.optional(failure),
});

const requestSchema = v.object({
  v: v.literal(VERSION),
  sentAt: count,
  plan: planSchema,
  attempts: v.array(attemptSchema),
  end: v.object({
    record: v.looseObject({
      groupId: count,
      promptId: text,
      destination: text,
      origin: text,
      outcome: v.picklist(['ok', 'truncated', 'failed', 'cancelled', 'refused']),
      modelRef: v.object({ providerId: text, model: text }),
      attempts: count,
      charactersIn: count,
      charactersOut: count,
      totalMs: count,
      warnings: v.array(v.looseObject({ kind: text })),
      usage: v.optional(facts),
      error: v.optional(failure),
    }),
    answer: text,
  }),
});

/**
 * A request that has ended, as it is kept in a file; undefined for one that is too large. It goes through the same hands as
 * what is shown: without keys, and with the placeholders of secrets in the answer too. What a server sent that repeated a
 * key is left out, since a key in pieces cannot be found.
 * @param clean takes keys and whatever looks like one out of a text.
 */
export function formatKept({ sentAt, plan, attempts, end }: LoggedRequest, clean: (text: string) => string) {
  if (end === undefined) return undefined;
  const { reviewDecisions, group: _group, documentUri: _uri, endpoint, ...rest } = plan;
  const { apiKeyCommand, ...place } = endpoint;
  const isRepeatingKey = end.record.warnings.some(({ kind }) => kind === 'text.key');
  const kept = {
    v: VERSION,
    sentAt,
    plan: { ...rest, endpoint: { ...place, needsKey: place.needsKey || apiKeyCommand !== undefined } },
    attempts: attempts.map(({ error, response, ...attempt }) => ({
      ...attempt,
      ...(response === undefined ? {} : { response: withoutKeys(response, { isRepeatingKey, clean }) }),
      ...failureOf(error),
    })),
    end: {
      record: { ...end.record, ...failureOf(end.record.error) },
      answer: reviewDecisions.replaceKnownSecrets(end.answer),
    },
  };
  const text = JSON.stringify(kept, (name, value: unknown) =>
    typeof value === 'string' ? cleanedAs(name, value, clean) : value,
  );
  const bytes = new TextEncoder().encode(text);
  return bytes.length > MOST_KEPT_BYTES ? undefined : bytes;
}

interface Cleaning {
  readonly isRepeatingKey: boolean;
  readonly clean: (text: string) => string;
}

function withoutKeys(response: ReceivedResponse, { isRepeatingKey, clean }: Cleaning): ReceivedResponse {
  const { bytes } = response.body;
  const body = isRepeatingKey ? { text: '', end: '', omitted: bytes, bytes } : response.body;
  return { ...response, headers: response.headers.map(([name, value]) => [name, cleanedAs(name, value, clean)]), body };
}

/** Of some values only the name of their field or header tells that they are secret, as that of a cookie does. */
function cleanedAs(name: string, value: string, clean: Cleaning['clean']): string {
  const alone = clean(value);
  return clean(`${name}: ${value}`) === `${name}: ${alone}` ? alone : '***';
}

function failureOf(error: QuilletError | undefined) {
  return error === undefined ? {} : { error: { kind: error.kind, details: error.details } };
}

/** Reads a file of {@link formatKept}; undefined where it is none. Never throws. */
export function parseKept(bytes: Uint8Array, id: number): LoggedRequest | undefined {
  const { success, output } = v.safeParse(requestSchema, parsed(bytes));
  if (!success) return undefined;
  const { sentAt, plan, attempts, end } = output;
  const revived = (error: v.InferOutput<typeof failure> | undefined) =>
    error === undefined ? {} : { error: new QuilletError(error.kind as ErrorKind, error.details) };
  return {
    id,
    sentAt,
    // Nothing was decided about its texts that holds for now: they are asked about once more when they are sent again.
    plan: { ...plan, group: { id, selectionCount: 1 }, documentUri: '', reviewDecisions: new ReviewDecisions() },
    attempts: attempts.map((attempt) => ({ ...attempt, ...revived(attempt.error) })),
    end: { ...end, record: { ...end.record, id, ...revived(end.record.error) } },
  } as LoggedRequest;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
