import { requestUrl } from '../core/baseUrl';
import type { Endpoint } from '../core/chat';
import { QuilletError } from '../core/errors';
import { parseJson } from '../core/json';
import { withKeySource } from '../core/keySource';
import { guardFetch } from './guardedFetch';
import { requestPlace, serverMessage, statusFailure, toWireError } from './wireErrors';

const LIST_TIMEOUT_MS = 10_000;
const LARGEST_LIST = 5_000_000;

/**
 * Asks a server for the ids of its models, sorted.
 * @throws QuilletError saying why there is no list. Users can always type an id, so nobody may depend on it.
 */
export async function listModels(
  endpoint: Endpoint,
  key: string | undefined,
  signal: AbortSignal,
  timeoutMs = LIST_TIMEOUT_MS,
): Promise<string[]> {
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

function readList(response: Response, text: string, place: { host: string; path: string }): string[] {
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
  const ids = entries(body)
    .map(idOf)
    .filter((id) => id !== undefined);
  return [...new Set(ids)].sort((left, right) => left.localeCompare(right));
}

/** OpenAI sends `{ data: [...] }`, some gateways a bare array, others `{ models: [...] }`. */
function entries(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  if (typeof body !== 'object' || body === null) return [];
  const { data, models } = body as { data?: unknown; models?: unknown };
  return [data, models].find((list): list is unknown[] => Array.isArray(list)) ?? [];
}

function idOf(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { id, name } = entry as { id?: unknown; name?: unknown };
  return [id, name].find((value): value is string => typeof value === 'string' && value !== '');
}
