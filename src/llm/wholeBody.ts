import type { StreamEvent } from '../core/chat';
import { QuilletError } from '../core/errors';
import { parseJson } from '../core/json';
import { serverMessage } from './wireErrors';

/** Reads the parts of an answer out of one JSON document. */
export type DocumentReader = (document: unknown) => StreamEvent[];

/**
 * Reads an answer that came in one piece: a server that does not stream, a gateway's error with status 200, a login page.
 * @throws QuilletError `body.html`, `body.notjson`, `body.ndjson` or `body.error`.
 */
export async function* readWholeBody(response: Response, read: DocumentReader): AsyncGenerator<StreamEvent> {
  const type = (response.headers.get('content-type') ?? '').toLowerCase();
  const text = await response.text();
  if (text.trim() === '') return;
  if (type.includes('html')) throw new QuilletError('body.html', { status: response.status });
  const body = parseJson(text);
  if (body === undefined) throw notJson(response, type, text);
  const message = errorOf(body);
  if (message !== undefined) throw new QuilletError('body.error', { status: response.status, serverMessage: message });
  const events = read(body);
  yield* events;
  if (events.some((event) => event.kind === 'text')) yield { kind: 'done' };
}

/** An object with an `error` and no answer beside it. */
export function errorOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body) || 'choices' in body || 'output' in body)
    return undefined;
  return body.error === null ? undefined : (serverMessage(body) ?? 'error');
}

function notJson(response: Response, type: string, text: string): QuilletError {
  const details = { status: response.status, subject: type === '' ? 'text' : type };
  const message = serverMessage(text);
  // Ollama's own route answers in lines of JSON; its OpenAI route is under /v1 (B05).
  const isLines = type.includes('ndjson') || parseJson(text.slice(0, text.indexOf('\n') + 1)) !== undefined;
  return new QuilletError(isLines ? 'body.ndjson' : 'body.notjson', {
    ...details,
    ...(message === undefined ? {} : { serverMessage: message }),
  });
}
