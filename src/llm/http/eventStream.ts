import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { StreamEvent } from '../../core/chat';
import { QuilletError } from '../../core/errors';
import { parseJson } from '../../util/json';
import { toReportedError } from './errorMapping';
import { serverMessage } from './serverError';

// For responses that are not streams.
export const MAX_DOCUMENT_LENGTH = 20_000_000;

/** A real event has a few hundred characters. */
export const MAX_LINE_LENGTH = 1_048_576;

const MAX_EVENT_LENGTH = 4 * MAX_LINE_LENGTH;

const MAX_UNFRAMED_LENGTH = 16_384;

export interface EventReader {
  /** Whether a line of JSON is a piece of an answer. */
  readonly isChunk: (line: unknown) => boolean;
  readonly read: (document: unknown, eventName: string | undefined) => readonly StreamEvent[];
}

/** Reads a body as events, whatever its content type says. Returns the body if it is a single document. */
export async function* readEventStream(
  response: Response,
  { isChunk, read }: EventReader,
): AsyncGenerator<StreamEvent, string | undefined> {
  const isDeclared = isEventStream(response.headers.get('content-type'));
  const buffer = new LineBuffer();
  const parser = new EventParser();
  let [text, blankLength, hasLineEnd] = ['', 0, false];
  let format: 'events' | 'json' | 'lines' | 'document' | undefined;
  for await (const chunk of decodeBody(response)) {
    text += chunk;
    hasLineEnd ||= chunk.includes('\n');
    if (format === undefined && text.trim() === '') {
      // Servers may send blanks to keep the connection alive.
      blankLength = limitLength(blankLength + text.length);
      [text, hasLineEnd] = ['', false];
    }
    format ??= detectFormat(text, isDeclared);
    if (format === 'json' && hasLineEnd) format = detectLines(text, isChunk) ?? format;
    if (format !== 'events' && format !== 'lines') {
      limitLength(text.length);
      continue;
    }
    for (const line of buffer.split(text)) {
      for (const { data, event } of format === 'events' ? parser.readLine(line) : parser.readJsonLine(line)) {
        if (data === '[DONE]') {
          yield { kind: 'done' };
          return undefined;
        }
        const document = parseJson(data);
        if (document === undefined) throw new QuilletError('sse.malformed');
        const events = read(document, event);
        yield* events;
        if (events.some(({ kind }) => kind === 'done')) return undefined;
      }
    }
    text = '';
    buffer.limit();
  }
  return text.trim() === '' ? undefined : text;
}

// The blank lines at the end complete the last event: some servers send none.
async function* decodeBody({ body }: Response): AsyncGenerator<string> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  try {
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
      yield decoder.decode(part.value, { stream: true });
    }
    yield `${decoder.decode()}\n\n`;
  } finally {
    void reader?.cancel().catch(() => undefined);
  }
}

// A response without a content type is treated as a stream, because some servers send none.
function isEventStream(contentType: string | null): boolean {
  return contentType === null || contentType.toLowerCase().startsWith('text/event-stream');
}

const FIELD_NAMES = ['data', 'event', 'id', 'retry'];

function detectFormat(head: string, isDeclared: boolean): 'events' | 'json' | undefined {
  const text = head.trimStart();
  if (text === '') return undefined;
  if (/^[{[<]/.test(text)) return 'json';
  if (isDeclared || text.startsWith(':')) return 'events';
  const name = /^[a-z]*/.exec(text)?.[0] ?? '';
  const isWhole = name.length < text.length;
  if (isWhole) return FIELD_NAMES.includes(name) && text[name.length] === ':' ? 'events' : 'json';
  return FIELD_NAMES.some((field) => field.startsWith(name)) ? undefined : 'json';
}

function detectLines(text: string, isChunk: EventReader['isChunk']): 'lines' | 'document' | undefined {
  const [, line, next] = /^\s*(\S[^\n]*)\n\s*(\S?)/.exec(text) ?? [];
  if (line === undefined) return undefined;
  const parsed = parseJson(line);
  if (parsed === undefined || !isChunk(parsed)) return 'document';
  return next === '' ? undefined : 'lines';
}

function limitLength(length: number): number {
  if (length > MAX_DOCUMENT_LENGTH) throw new QuilletError('limit.answer', { subject: String(MAX_DOCUMENT_LENGTH) });
  return length;
}

/** Splits text into lines at LF, CR or CRLF, even if a chunk ends between CR and LF. */
class LineBuffer {
  private rest = '';
  private endedWithCr = false;

  split(chunk: string): string[] {
    const text = this.endedWithCr && chunk.startsWith('\n') ? chunk.slice(1) : chunk;
    if (chunk !== '') this.endedWithCr = chunk.endsWith('\r');
    const lines = text.split(/\r\n|\r|\n/);
    const last = lines.pop() ?? '';
    if (lines.length === 0) {
      this.rest += last;
      return [];
    }
    lines[0] = this.rest + lines[0];
    this.rest = last;
    return lines;
  }

  limit(): void {
    limitLine(this.rest, MAX_LINE_LENGTH);
  }
}

function limitLine(line: string, maxLength: number): void {
  if (line.length > maxLength) throw new QuilletError('limit.line', { subject: String(maxLength) });
}

const KEEP_ALIVE = /^:?\s*(ping|pong|heart[-_ ]?beat|keep[-_ ]?alive|no-?op)\s*$/i;

class EventParser {
  private events: EventSourceMessage[] = [];
  private unframed = '';
  private readonly parser = createParser({
    maxBufferSize: MAX_EVENT_LENGTH,
    onEvent: (event) => void (isNoise(event) || this.events.push(event)),
    onError: ({ type }) => {
      if (type !== 'max-buffer-size-exceeded') return;
      throw new QuilletError('limit.line', { subject: String(MAX_EVENT_LENGTH) });
    },
  });

  readLine(line: string): EventSourceMessage[] {
    limitLine(line, MAX_LINE_LENGTH);
    if (line.startsWith('error:')) throw toErrorLineError(line);
    if (line === '' || /^(?:data|event|id|retry)(?::|$)/.test(line)) this.parser.feed(`${line}\n`);
    else if (!line.startsWith(':')) this.addUnframed(line);
    return this.events.splice(0);
  }

  readJsonLine(line: string): EventSourceMessage[] {
    const data = line.trim();
    if (data === '') return [];
    // Some gateways change to frames in the middle.
    const isFramed = /^(?:data|event|id|retry):|^:/.test(data);
    return [...this.readLine(isFramed ? data : `data: ${data}`), ...this.readLine('')];
  }

  // A gateway that fails in the middle of a stream may write its error as plain JSON, on one line or on several.
  private addUnframed(line: string): void {
    if (this.unframed.length + line.length > MAX_UNFRAMED_LENGTH) return;
    this.unframed += `${line}\n`;
    if (!/[}\]]\s*$/.test(this.unframed.slice(-10))) return;
    const body = parseJson(this.unframed);
    if (typeof body !== 'object' || body === null) return;
    this.unframed = '';
    if (serverMessage(body) !== undefined) throw toReportedError('sse.error', body, {});
  }
}

function isNoise({ event = '', data }: EventSourceMessage): boolean {
  if (data.trim() === '' || KEEP_ALIVE.test(event) || KEEP_ALIVE.test(data)) return true;
  // Words instead of JSON, in an event of another protocol.
  return !/^(?:error|message)?\s*$/i.test(event) && /^[A-Za-z]/.test(data);
}

// llama.cpp sends `error: {"code":…,"message":…}` in place of a data line.
function toErrorLineError(line: string): QuilletError {
  const text = line.slice('error:'.length).trim();
  return toReportedError('sse.error', parseJson(text) ?? text, { serverMessage: text });
}
