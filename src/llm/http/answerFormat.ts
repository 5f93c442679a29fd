import { QuilletError } from '../../core/errors';
import { parseJson } from '../../util/json';
import type { BodyTransform } from './bodyTransform';
import { createSseFilter, type StreamStatus } from './sseFilter';

// For responses that are not streams.
export const MAX_DOCUMENT_BYTES = 20_000_000;

/** Whether a line of JSON is a piece of an answer. */
export type IsChunk = (line: unknown) => boolean;

export interface AnswerFormatOptions {
  readonly streamStatus: StreamStatus;
  /** Whether the content type says that the body is an event stream. */
  readonly isDeclared: boolean;
  readonly isChunk: IsChunk;
}

const ENCODER = new TextEncoder();

/**
 * Turns a body into server-sent events, whatever its content type says: the first bytes decide. Lines of JSON become
 * events; a single document is kept in the status.
 */
export function createAnswerFormatFilter(options: AnswerFormatOptions): BodyTransform {
  const decoder = new TextDecoder();
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let head = '';
  let blankBytes = 0;
  let target: BodyTransform | undefined;
  return {
    transform(chunk, enqueue) {
      if (target !== undefined) return target.transform(chunk, enqueue);
      chunks.push(chunk);
      head += decoder.decode(chunk, { stream: true });
      // Servers may send blanks to keep the connection alive.
      if (head !== '' && head.trim() === '') {
        head = '';
        chunks = [];
        blankBytes = limitSize(blankBytes + chunk.length);
      }
      const format = detectFormat(head, options.isDeclared);
      if (format === undefined) return;
      target = format === 'events' ? createSseFilter(options.streamStatus) : new JsonFilter(options);
      for (const waiting of chunks) target.transform(waiting, enqueue);
      chunks = [];
    },
    flush(enqueue) {
      if (target === undefined && head.trim() !== '') options.streamStatus.document = head;
      target?.flush?.(enqueue);
    },
  };
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

function limitSize(bytes: number): number {
  if (bytes > MAX_DOCUMENT_BYTES) throw new QuilletError('limit.answer', { subject: String(MAX_DOCUMENT_BYTES) });
  return bytes;
}

/** Collects a document, unless its first line is a chunk and more lines follow. */
class JsonFilter implements BodyTransform {
  private readonly decoder = new TextDecoder();
  private readonly events: BodyTransform;
  private text = '';
  private size = 0;
  private hasNewline = false;
  private hasLines: boolean | undefined;

  constructor(private readonly options: AnswerFormatOptions) {
    this.events = createSseFilter(options.streamStatus);
  }

  transform(chunk: Uint8Array<ArrayBuffer>, enqueue: Parameters<BodyTransform['transform']>[1]): void {
    const text = this.decoder.decode(chunk, { stream: true });
    this.text += text;
    if (this.hasLines === undefined && (this.hasNewline || text.includes('\n'))) {
      this.hasNewline = true;
      this.hasLines = this.detectLines();
    }
    if (this.hasLines !== true) {
      this.size = limitSize(this.size + chunk.length);
      return;
    }
    const lines = this.text.split('\n');
    this.text = lines.pop() ?? '';
    this.sendLines(lines, enqueue);
  }

  flush(enqueue: Parameters<BodyTransform['transform']>[1]): void {
    this.text += this.decoder.decode();
    if (this.hasLines !== true) {
      this.options.streamStatus.document = this.text;
      return;
    }
    this.sendLines([this.text], enqueue);
    this.events.flush?.(enqueue);
  }

  private detectLines(): boolean | undefined {
    const [, line, next] = /^\s*(\S[^\n]*)\n\s*(\S?)/.exec(this.text) ?? [];
    if (line === undefined) return undefined;
    const parsed = parseJson(line);
    if (parsed === undefined || !this.options.isChunk(parsed)) return false;
    return next === '' ? undefined : true;
  }

  private sendLines(lines: readonly string[], enqueue: Parameters<BodyTransform['transform']>[1]): void {
    for (const line of lines) {
      const data = line.trim();
      // Some gateways change to frames in the middle.
      const isFramed = /^(data|event|id|retry):|^:/.test(data);
      if (data !== '') this.events.transform(ENCODER.encode(isFramed ? `${data}\n\n` : `data: ${data}\n\n`), enqueue);
    }
  }
}
