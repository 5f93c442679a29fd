import type { Endpoint } from '../core/chat';
import { QuilletError } from '../core/errors';
import { requestUrl } from '../providers/baseUrl';
import { withAnthropicHeaders } from '../providers/endpoint';
import { withKeySource } from '../providers/keySource';
import { asFields, parseJson } from '../util/json';
import { withoutUndefined } from '../util/withoutUndefined';
import { hostAndPath, toReportedError, toRequestError, toResponseError } from './http/errorMapping';
import { createGuardedFetch } from './http/guardedFetch';
import { serverMessage } from './http/serverError';

const LIST_TIMEOUT_MS = 10_000;
const MAX_LIST_LENGTH = 5_000_000;
const MAX_PAGES = 20;

export interface ListedModel {
  readonly id: string;
  readonly contextWindow?: number;
  /** As `2027-01-31`. */
  readonly shutdownDate?: string;
  readonly outputLimit?: number;
}

/** Lists a server's models from all pages. Without a list, callers must let users type an ID instead. */
export async function listModels(
  endpoint: Endpoint,
  key: string | undefined,
  signal: AbortSignal,
  timeoutMs = LIST_TIMEOUT_MS,
): Promise<ListedModel[]> {
  const url = requestUrl(endpoint.baseUrl, 'models');
  const requestDetails = { ...hostAndPath(url), providerId: endpoint.providerId, providerLabel: endpoint.label };
  const timeout = AbortSignal.timeout(timeoutMs);
  const list = { key, signal: AbortSignal.any([signal, timeout]), requestDetails };
  try {
    // Its compatible chat route takes a bearer key, its list does not.
    const isAnthropic = new URL(url).hostname === 'api.anthropic.com';
    return await readPages(url, { ...list, endpoint: isAnthropic ? withAnthropicHeaders(endpoint) : endpoint });
  } catch (thrown) {
    if (timeout.aborted && !signal.aborted)
      throw new QuilletError('time.headers', { ...requestDetails, limitMs: timeoutMs });
    const error = toRequestError(thrown, requestDetails, false);
    if (!wantsAnthropicHeaders(error, endpoint, key)) throw withKeySource(error, endpoint, key);
    return listModels(withAnthropicHeaders(endpoint), key, signal, timeoutMs);
  }
}

interface ListRequest {
  readonly endpoint: Endpoint;
  readonly key: string | undefined;
  readonly signal: AbortSignal;
  readonly requestDetails: { readonly host: string; readonly path: string };
}

function wantsAnthropicHeaders({ details }: QuilletError, endpoint: Endpoint, key: string | undefined): boolean {
  const isNamed = /x-api-key|anthropic-version/i.test(details.serverMessage ?? '');
  return isNamed && details.status !== undefined && key !== undefined && endpoint.keyHeader === undefined;
}

async function readPages(firstUrl: string, request: ListRequest): Promise<ListedModel[]> {
  const guardedFetch = createGuardedFetch({ endpoint: request.endpoint, key: request.key });
  const byId = new Map<string, ListedModel>();
  let url: string | undefined = firstUrl;
  try {
    for (let page = 1; url !== undefined && page <= MAX_PAGES; page += 1) {
      const response: Response = await guardedFetch(url, {
        headers: { accept: 'application/json' },
        signal: request.signal,
      });
      const body = parseBody(response, await response.text(), request.requestDetails);
      const models = listEntries(body)
        .map(parseListedModel)
        .filter((model) => model !== undefined);
      const isNew = models.some(({ id }) => !byId.has(id));
      for (const model of models) byId.set(model.id, model);
      url = isNew ? nextPageUrl(url, body, models.at(-1)?.id) : undefined;
    }
  } catch (thrown) {
    // A failing second page, such as one at another origin, doesn't make the first one wrong.
    if (byId.size === 0) throw thrown;
  }
  return [...byId.values()].sort((left, right) => left.id.localeCompare(right.id));
}

function parseBody(response: Response, text: string, requestDetails: ListRequest['requestDetails']): unknown {
  const body = text.length > MAX_LIST_LENGTH ? undefined : parseJson(text);
  if (!response.ok) throw toResponseError(response, body ?? text, requestDetails);
  const details = { ...requestDetails, status: response.status };
  if (body === undefined) {
    const isHtml = response.headers.get('content-type')?.includes('html') === true;
    const reported = withoutUndefined({ serverMessage: serverMessage(text) });
    throw new QuilletError(isHtml ? 'body.html' : 'body.notjson', { ...details, ...reported });
  }
  // Some gateways report an error with status 200.
  if (listEntries(body).length === 0 && serverMessage(body) !== undefined)
    throw toReportedError('body.error', body, details);
  return body;
}

// OpenAI sends `{ data: [...] }`, some gateways a bare array, others a list under another name, or one level deeper.
const LIST_FIELDS = ['data', 'models', 'result', 'results', 'value', 'items'] as const;

function listEntries(body: unknown, depth = 0): readonly unknown[] {
  if (Array.isArray(body)) return body;
  const fields = asFields(body);
  if (fields === undefined || depth > 2) return [];
  return LIST_FIELDS.map((name) => listEntries(fields[name], depth + 1)).find((list) => list.length > 0) ?? [];
}

function nextPageUrl(current: string, body: unknown, lastId: string | undefined): string | undefined {
  const fields = asFields(body);
  if (fields === undefined) return undefined;
  for (const name of ['next', 'next_page', 'next_page_token', 'nextPageToken', 'next_cursor', 'nextLink']) {
    const value = fields[name];
    if ((typeof value !== 'string' && typeof value !== 'number') || value === '') continue;
    const text = String(value);
    if (/^(?:https?:|[/?])/.test(text)) return new URL(text, current).href;
    return withQuery(current, PAGE_PARAMETERS[name] ?? 'page', text);
  }
  const last = typeof fields['last_id'] === 'string' ? fields['last_id'] : lastId;
  if (fields['has_more'] !== true || last === undefined) return undefined;
  return withQuery(current, 'first_id' in fields ? 'after_id' : 'after', last);
}

const PAGE_PARAMETERS: Readonly<Record<string, string>> = {
  next_page_token: 'page_token',
  nextPageToken: 'pageToken',
  next_cursor: 'cursor',
};

function withQuery(url: string, name: string, value: string): string {
  const next = new URL(url);
  next.searchParams.set(name, value);
  return next.href;
}

// LM Studio reports what the model was loaded with (first) and what it could take. The other names, in order:
// OpenRouter and Together, vLLM, Groq, Mistral, Anthropic.
const CONTEXT_WINDOW_FIELDS = [
  'loaded_context_length',
  'context_length',
  'max_model_len',
  'context_window',
  'max_context_length',
  'max_input_tokens',
] as const;

// OpenAI, Mistral, OpenRouter, Anthropic.
const SHUTDOWN_FIELDS = ['shutdown_date', 'deprecation', 'expiration_date', 'retires_at'] as const;

function parseListedModel(entry: unknown): ListedModel | undefined {
  if (typeof entry === 'string') return entry === '' ? undefined : { id: entry };
  const fields = asFields(entry);
  if (fields === undefined) return undefined;
  const id = [fields['id'], fields['model'], fields['name'], fields['model_id']].find(
    (value): value is string => typeof value === 'string' && value !== '',
  );
  if (id === undefined) return undefined;
  const contextWindow = CONTEXT_WINDOW_FIELDS.map((name) => fields[name]).find(isTokenCount);
  const shutdownDate = SHUTDOWN_FIELDS.map((name) => toDate(fields[name])).find((date) => date !== undefined);
  // Anthropic, OpenRouter.
  const limits = [fields['max_tokens'], asFields(fields['top_provider'])?.['max_completion_tokens']];
  const outputLimit = limits.find(isTokenCount);
  return { id, ...withoutUndefined({ contextWindow, outputLimit, shutdownDate }) };
}

function toDate(value: unknown): string | undefined {
  const date = typeof value === 'string' ? /^\d{4}-\d{2}-\d{2}(?!\d)/.exec(value)?.[0] : undefined;
  return date === undefined || Number.isNaN(Date.parse(date)) ? undefined : date;
}

function isTokenCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
