import type { Endpoint } from '../core/chat';
import { QuilletError } from '../core/errors';
import { requestUrl } from '../providers/baseUrl';
import { withKeySource } from '../providers/keySource';
import { parseJson } from '../util/json';
import { withoutUndefined } from '../util/withoutUndefined';
import { hostAndPath, toRequestError, toResponseError } from './http/errorMapping';
import { createGuardedFetch } from './http/guardedFetch';
import { serverMessage } from './http/serverError';
import { type ListedModel, parseListedModel } from './listedModel';

const LIST_TIMEOUT_MS = 10_000;
const MAX_LIST_LENGTH = 5_000_000;

/**
 * Lists a server's models, sorted by ID.
 * @throws QuilletError if the list is unavailable. Callers must let users type an ID instead.
 */
export async function listModels(
  endpoint: Endpoint,
  key: string | undefined,
  signal: AbortSignal,
  timeoutMs = LIST_TIMEOUT_MS,
): Promise<ListedModel[]> {
  const url = requestUrl(endpoint.baseUrl, 'models');
  const requestDetails = { ...hostAndPath(url), providerId: endpoint.providerId, providerLabel: endpoint.label };
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const guardedFetch = createGuardedFetch({ endpoint, key });
    const response = await guardedFetch(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.any([signal, timeout]),
    });
    return parseModelList(response, await response.text(), requestDetails);
  } catch (thrown) {
    if (timeout.aborted && !signal.aborted)
      throw new QuilletError('time.headers', { ...requestDetails, limitMs: timeoutMs });
    throw withKeySource(toRequestError(thrown, requestDetails, false), endpoint, key);
  }
}

function parseModelList(
  response: Response,
  text: string,
  requestDetails: { host: string; path: string },
): ListedModel[] {
  const body = text.length > MAX_LIST_LENGTH ? undefined : parseJson(text);
  if (!response.ok) throw toResponseError(response, body ?? text, requestDetails);
  if (body === undefined) {
    const isHtml = response.headers.get('content-type')?.includes('html') === true;
    const message = serverMessage(text);
    throw new QuilletError(isHtml ? 'body.html' : 'body.notjson', {
      ...requestDetails,
      status: response.status,
      ...withoutUndefined({ serverMessage: message }),
    });
  }
  const models = listEntries(body)
    .map(parseListedModel)
    .filter((model) => model !== undefined);
  const byId = new Map(models.map((model) => [model.id, model]));
  return [...byId.values()].sort((left, right) => left.id.localeCompare(right.id));
}

// OpenAI sends `{ data: [...] }`, some gateways a bare array, others `{ models: [...] }`.
function listEntries(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  if (typeof body !== 'object' || body === null) return [];
  const { data, models } = body as { data?: unknown; models?: unknown };
  return [data, models].find((list): list is unknown[] => Array.isArray(list)) ?? [];
}
