import type { Endpoint } from '../core/chat';
import { QuilletError } from '../core/errors';
import { requestUrl } from '../providers/baseUrl';
import { withKeySource } from '../providers/keySource';
import { parseJson } from '../util/json';
import { requestPlace, serverMessage, statusFailure, toWireError } from './http/errorMapping';
import { guardFetch } from './http/guardedFetch';
import { type ListedModel, readListedModel } from './modelInfo';

const LIST_TIMEOUT_MS = 10_000;
const LARGEST_LIST = 5_000_000;

/**
 * Asks a server for its models, sorted by their ids.
 * @throws QuilletError saying why there is no list. Users can always type an id, so nobody may depend on it.
 */
export async function listModels(
  endpoint: Endpoint,
  key: string | undefined,
  signal: AbortSignal,
  timeoutMs = LIST_TIMEOUT_MS,
): Promise<ListedModel[]> {
  const url = requestUrl(endpoint.baseUrl, 'models');
  const place = { ...requestPlace(url), providerId: endpoint.providerId, providerLabel: endpoint.label };
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const get = guardFetch({ endpoint, key });
    const response = await get(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.any([signal, timeout]),
    });
    return readList(response, await response.text(), place);
  } catch (thrown) {
    if (timeout.aborted && !signal.aborted) throw new QuilletError('time.headers', { ...place, limitMs: timeoutMs });
    throw withKeySource(toWireError(thrown, place, false), endpoint);
  }
}

function readList(response: Response, text: string, place: { host: string; path: string }): ListedModel[] {
  const body = text.length > LARGEST_LIST ? undefined : parseJson(text);
  if (!response.ok) throw statusFailure(response, body ?? text, place);
  if (body === undefined) {
    const isPage = response.headers.get('content-type')?.includes('html') === true;
    const message = serverMessage(text);
    throw new QuilletError(isPage ? 'body.html' : 'body.notjson', {
      ...place,
      status: response.status,
      ...(message === undefined ? {} : { serverMessage: message }),
    });
  }
  const models = entries(body)
    .map(readListedModel)
    .filter((model) => model !== undefined);
  const byId = new Map(models.map((model) => [model.id, model]));
  return [...byId.values()].sort((left, right) => left.id.localeCompare(right.id));
}

/** OpenAI sends `{ data: [...] }`, some gateways a bare array, others `{ models: [...] }`. */
function entries(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  if (typeof body !== 'object' || body === null) return [];
  const { data, models } = body as { data?: unknown; models?: unknown };
  return [data, models].find((list): list is unknown[] => Array.isArray(list)) ?? [];
}
