import type { StreamEvent } from '../../core/chat';
import { QuilletError } from '../../core/errors';
import { parseJson } from '../../util/json';
import { withoutUndefined } from '../../util/withoutUndefined';
import { serverMessage } from './errorMapping';

/** Reads the parts of an answer out of one JSON document. */
export type DocumentReader = (document: unknown) => StreamEvent[];

/**
 * Reads an answer that came in one piece: a server that does not stream, a gateway's error with status 200, a login page.
 * @param jsonLinesKind what lines of JSON are: for the OpenAI APIs a server's other protocol, for a request of the user's
 * own a body like any other that is not JSON.
 * @throws QuilletError `body.html`, `body.notjson`, `body.ndjson` or `body.error`.
 */
export async function* readJsonBody(
  response: Response,
  readDocument: DocumentReader,
  jsonLinesKind: 'body.ndjson' | 'body.notjson' = 'body.ndjson',
): AsyncGenerator<StreamEvent> {
  const text = await response.text();
  if (text.trim() === '') return;
  if (contentType(response).includes('html')) throw new QuilletError('body.html', { status: response.status });
  const body = parseJson(text);
  if (body === undefined)
    throw toNotJsonError(response, text, isJsonLines(response, text) ? jsonLinesKind : 'body.notjson');
  const message = findErrorMessage(body);
  if (message !== undefined) throw new QuilletError('body.error', { status: response.status, serverMessage: message });
  const events = readDocument(body);
  yield* events;
  if (events.some((event) => event.kind === 'text')) yield { kind: 'done' };
}

/** An object with an `error` and no answer beside it. */
export function findErrorMessage(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body) || 'choices' in body || 'output' in body)
    return undefined;
  return body.error === null ? undefined : (serverMessage(body) ?? 'error');
}

/** A body that is not JSON, by its content type and its first 300 characters. */
export function toNotJsonError(
  response: Response,
  text: string,
  kind: 'body.ndjson' | 'body.notjson' = 'body.notjson',
): QuilletError {
  const type = contentType(response);
  const message = serverMessage(text);
  return new QuilletError(kind, {
    status: response.status,
    subject: type === '' ? 'text' : type,
    ...withoutUndefined({ serverMessage: message }),
  });
}

/** Ollama's own route answers in lines of JSON; its OpenAI route is under /v1 (B05). */
function isJsonLines(response: Response, text: string): boolean {
  return contentType(response).includes('ndjson') || parseJson(text.slice(0, text.indexOf('\n') + 1)) !== undefined;
}

function contentType(response: Response): string {
  return (response.headers.get('content-type') ?? '').toLowerCase();
}
