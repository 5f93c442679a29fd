import type { StreamEvent } from '../../core/chat';
import { QuilletError } from '../../core/errors';
import { parseJson } from '../../util/json';
import { withoutUndefined } from '../../util/withoutUndefined';
import { toReportedError } from './errorMapping';
import { explicitError, isAnswer, serverMessage } from './serverError';

export type DocumentReader = (document: unknown) => StreamEvent[];

/** For the OpenAI APIs, lines of JSON mean that the server's other protocol answered. */
export function* readJsonBody(
  response: Response,
  text: string,
  readDocument: DocumentReader,
  jsonLinesKind: 'body.ndjson' | 'body.notjson' = 'body.ndjson',
): Generator<StreamEvent> {
  if (text.trim() === '') return;
  const body = parseJson(text);
  if (body === undefined && isHtml(response, text)) throw new QuilletError('body.html', { status: response.status });
  if (body === undefined) {
    const kind = isJsonLines(response, text) ? jsonLinesKind : 'body.notjson';
    const details = { status: response.status, subject: contentType(response) || 'text' };
    throw new QuilletError(kind, { ...details, ...withoutUndefined({ serverMessage: serverMessage(text) }) });
  }
  const events = readDocument(body);
  const hasText = events.some((event) => event.kind === 'text');
  // Text before an error is a part of an answer.
  if (hasText) yield* events.filter((event) => event.kind !== 'finish' || explicitError(body) === undefined);
  rejectError(body, response.status, hasText);
  if (hasText) yield { kind: 'done' };
  else yield* events;
}

// Without an answer, a message anywhere is what the server has to say.
function rejectError(body: unknown, status: number, hasText: boolean): void {
  if (explicitError(body) !== undefined) throw toReportedError('body.error', body, { status, serverMessage: 'error' });
  if (!hasText && !isAnswer(body) && serverMessage(body) !== undefined)
    throw toReportedError('body.error', body, { status });
}

// Ollama's own route answers with lines of JSON; its OpenAI route is under /v1.
function isJsonLines(response: Response, text: string): boolean {
  return contentType(response).includes('ndjson') || parseJson(text.slice(0, text.indexOf('\n') + 1)) !== undefined;
}

function isHtml(response: Response, text: string): boolean {
  return contentType(response).includes('html') || /^\s*<(!doctype html|html)\b/i.test(text);
}

function contentType(response: Response): string {
  return (response.headers.get('content-type') ?? '').toLowerCase();
}
