import type { StreamEvent } from '../../core/chat';
import { asFields, type JsonValue } from '../../util/json';
import { toReportedError } from '../http/errorMapping';
import { type EventReader, readEventStream } from '../http/eventStream';
import { readJsonBody } from '../http/jsonBody';
import { ChunkReader } from './chunkReader';

/** Reads a response to a request with this body: a stream, or a single document. */
export async function* readAnswer(response: Response, body: JsonValue | undefined): AsyncGenerator<StreamEvent> {
  const chunks = new ChunkReader();
  const readDocument = (document: unknown) => chunks.read(document);
  if (!wantsStream(body)) return yield* readJsonBody(response, await response.text(), readDocument);
  const read: EventReader['read'] = (chunk, eventName) => {
    rejectErrorEvent(chunk, eventName);
    return chunks.read(chunk);
  };
  const document = yield* readEventStream(response, { isChunk, read });
  if (document === undefined) return;
  yield { kind: 'nonStreaming' };
  yield* readJsonBody(response, document, readDocument);
}

export function wantsStream(body: unknown): boolean {
  return asFields(body)?.['stream'] === true;
}

function rejectErrorEvent(chunk: unknown, eventName: string | undefined): void {
  const error = asFields(chunk)?.['error'];
  if (error || eventName === 'error') throw toReportedError('sse.error', error ?? chunk, {});
}

function isChunk(line: unknown): boolean {
  const { choices, type } = asFields(line) ?? {};
  return choices !== undefined || /^(?:response\.|message_|content_block_)/.test(String(type));
}
