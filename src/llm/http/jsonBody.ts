import type { StreamEvent } from '../../core/chat';
import { QuilletError } from '../../core/errors';
import { parseJson } from '../../util/json';
import { withoutUndefined } from '../../util/withoutUndefined';
import { serverMessage } from './errorMapping';

export type DocumentReader = (document: unknown) => StreamEvent[];

/**
 * Reads an answer that came as a single document: a server that does not stream, a gateway's error with status 200, a
 * login page.
 * @param jsonLinesKind the error for lines of JSON. For the OpenAI APIs they mean that the server's other protocol
 * answered.
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

/** Finds the message of a body that has an `error` and no answer. */
export function findErrorMessage(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body) || 'choices' in body || 'output' in body)
    return undefined;
  return body.error === null ? undefined : (serverMessage(body) ?? 'error');
}

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

// Ollama's own route answers with lines of JSON; its OpenAI route is under /v1.
function isJsonLines(response: Response, text: string): boolean {
  return contentType(response).includes('ndjson') || parseJson(text.slice(0, text.indexOf('\n') + 1)) !== undefined;
}

function contentType(response: Response): string {
  return (response.headers.get('content-type') ?? '').toLowerCase();
}
