import { QuilletError } from '../../core/errors';
import { concatBytes } from '../../util/bytes';
import { parseJson } from '../../util/json';
import type { BodyTransform } from './bodyTransform';
import { toReportedError } from './errorMapping';
import { serverMessage } from './serverError';

/** A real event has a few hundred bytes. */
export const MAX_LINE_BYTES = 1_048_576;

const MAX_EVENT_BYTES = 4 * MAX_LINE_BYTES;

const MAX_UNFRAMED_LENGTH = 16_384;

// Events that arrived together are passed on in batches of about this size. Each chunk costs a turn of the stream, and
// for a long one the SDK's parser copies the rest after each event.
const BATCH_BYTES = 8192;

/** What the filter saw and the SDK does not report. */
export interface StreamStatus {
  isDone: boolean;
  /** The body, if it is a single document instead of a stream. */
  document?: string;
}

export function createStreamStatus(): StreamStatus {
  return { isDone: false };
}

const KEEP_ALIVE = /^:?\s*(ping|pong|heart[-_ ]?beat|keep[-_ ]?alive|no-?op)\s*$/i;

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const OPEN_BRACE = 0x7b;
const DATA = new TextEncoder().encode('data:');

/**
 * Stands in front of the SDK's parser, which fails on an event without data and ignores a line `error:` (see
 * docs/sdk-notes.md, "Event streams"). Drops pings and events without data, fails on error lines, detects `[DONE]`, and
 * limits the length of a line. The rest passes unchanged, except that line ends become LF.
 */
export function createSseFilter(streamStatus: StreamStatus): BodyTransform {
  const lines = new LineSplitter();
  const eventBuilder = new EventBuilder(streamStatus);
  return {
    transform(chunk, enqueue) {
      const batch = new EventBatch(enqueue);
      try {
        lines.split(chunk, (line) => eventBuilder.add(line, batch));
      } finally {
        // Events before a line that fails have arrived.
        batch.flush();
      }
    },
    flush(enqueue) {
      const batch = new EventBatch(enqueue);
      const rest = lines.end();
      if (rest !== undefined) eventBuilder.add(rest, batch);
      // The SDK dispatches a last event without a blank line, although the standard does not.
      eventBuilder.end(batch);
      batch.flush();
    },
  };
}

class EventBatch {
  private events: Uint8Array<ArrayBuffer>[] = [];
  private size = 0;

  constructor(private readonly enqueue: Parameters<BodyTransform['transform']>[1]) {}

  add(event: Uint8Array<ArrayBuffer>): void {
    this.events.push(event);
    this.size += event.length;
    if (this.size >= BATCH_BYTES) this.flush();
  }

  flush(): void {
    const [first, ...others] = this.events;
    if (first === undefined) return;
    this.enqueue(others.length === 0 ? first : concatBytes(this.events));
    this.events = [];
    this.size = 0;
  }
}

/** Splits bytes into lines at LF, CR or CRLF, even if a chunk ends between CR and LF. */
class LineSplitter {
  private parts: Uint8Array[] = [];
  private length = 0;
  private endedWithCr = false;

  split(chunk: Uint8Array, onLine: (line: Uint8Array) => void): void {
    if (!this.endedWithCr && !chunk.includes(CR)) return this.splitAtLf(chunk, onLine);
    let start = 0;
    if (this.endedWithCr && chunk[0] === LF) start = 1;
    if (chunk.length > 0) this.endedWithCr = false;
    for (let index = start; index < chunk.length; index += 1) {
      const byte = chunk[index];
      if (byte !== LF && byte !== CR) continue;
      onLine(this.completeLine(chunk.subarray(start, index)));
      if (byte === CR && chunk[index + 1] === LF) index += 1;
      else if (byte === CR && index === chunk.length - 1) this.endedWithCr = true;
      start = index + 1;
    }
    this.append(chunk.slice(start));
  }

  // Without a CR, which is the usual case, finding line ends is many times faster.
  private splitAtLf(chunk: Uint8Array, onLine: (line: Uint8Array) => void): void {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      onLine(this.completeLine(chunk.subarray(start, end)));
      start = end + 1;
    }
    this.append(chunk.slice(start));
  }

  end(): Uint8Array | undefined {
    return this.length === 0 ? undefined : this.completeLine(new Uint8Array());
  }

  private append(part: Uint8Array): void {
    if (part.length === 0) return;
    this.parts.push(part);
    this.length += part.length;
    if (this.length > MAX_LINE_BYTES) throw new QuilletError('limit.line', { subject: String(MAX_LINE_BYTES) });
  }

  private completeLine(last: Uint8Array): Uint8Array {
    this.append(last);
    if (this.parts.length === 1 && this.parts[0] !== undefined) return this.reset(this.parts[0]);
    return this.reset(concatBytes(this.parts));
  }

  private reset(line: Uint8Array): Uint8Array {
    this.parts = [];
    this.length = 0;
    return line;
  }
}

/** Collects the lines of one event and decides at the blank line whether to pass it on. */
class EventBuilder {
  private readonly decoder = new TextDecoder();
  private lines: Uint8Array[] = [];
  private hasData = false;
  private isDone = false;
  private isPing = false;
  private isNoise = false;
  private isNamed = false;
  private isFirstLine = true;
  private unframed = '';
  private size = 0;

  constructor(private readonly streamStatus: StreamStatus) {}

  add(line: Uint8Array, batch: EventBatch): void {
    if (line.length === 0) this.end(batch);
    else if (isJsonData(line)) this.addData(line);
    else this.addOther(line);
  }

  private addData(line: Uint8Array): void {
    this.isFirstLine = false;
    this.hasData = true;
    this.append(line);
  }

  private addOther(line: Uint8Array): void {
    const head = this.decoder.decode(line.subarray(0, 64)).replace(this.isFirstLine ? /^\ufeff/ : /^$/, '');
    this.isFirstLine = false;
    // Anything after [DONE] is not part of the answer, including errors.
    if (head.startsWith('error:') && !this.streamStatus.isDone) throw toErrorLineError(this.decoder.decode(line));
    const data = head === 'data' ? '' : /^data: ?(.*)$/s.exec(head)?.[1];
    if (data === '[DONE]' && !this.hasData) this.isDone = true;
    if (data !== undefined && data !== '') this.hasData = true;
    const name = /^event: ?(.*)$/s.exec(head)?.[1];
    if (name !== undefined) this.isNamed = !/^(error|message)?\s*$/i.test(name);
    if (name !== undefined) this.isPing = KEEP_ALIVE.test(name);
    // The SDK would fail on words that are not JSON.
    if (data !== undefined && (KEEP_ALIVE.test(data) || (this.isNamed && /^[A-Za-z]/.test(data)))) this.isNoise = true;
    if (isUnframed(head)) return this.addUnframed(line);
    // The SDK ignores comments too.
    if (!head.startsWith(':')) this.append(line);
  }

  // A gateway that fails in the middle of a stream may write its error as plain JSON, on one line or on several.
  private addUnframed(line: Uint8Array): void {
    if (this.streamStatus.isDone || this.unframed.length + line.length > MAX_UNFRAMED_LENGTH) return;
    this.unframed += `${this.decoder.decode(line)}\n`;
    if (!/[}\]]\s*$/.test(this.unframed.slice(-10))) return;
    const body = parseJson(this.unframed);
    if (typeof body !== 'object' || body === null) return;
    this.unframed = '';
    if (serverMessage(body) !== undefined) throw toReportedError('sse.error', body, {});
  }

  private append(line: Uint8Array): void {
    this.lines.push(line);
    this.size += line.length;
    if (this.size > MAX_EVENT_BYTES) throw new QuilletError('limit.line', { subject: String(MAX_EVENT_BYTES) });
  }

  end(batch: EventBatch): void {
    if (this.lines.length > 0) {
      if (this.isDone) this.streamStatus.isDone = true;
      if (this.hasData && !this.isPing && !this.isNoise) batch.add(this.toBytes());
    }
    this.lines = [];
    this.size = 0;
    this.hasData = false;
    this.isDone = false;
    this.isPing = false;
    this.isNoise = false;
    this.isNamed = false;
  }

  private toBytes(): Uint8Array<ArrayBuffer> {
    const event = new Uint8Array(this.size + this.lines.length + 1).fill(LF);
    let offset = 0;
    for (const line of this.lines) {
      event.set(line, offset);
      offset += line.length + 1;
    }
    return event;
  }
}

// Not a field of an event.
function isUnframed(head: string): boolean {
  return !/^(?::|(?:data|event|id|retry)(?::|$))/.test(head);
}

// `data: {` with or without the space: nearly every line.
function isJsonData(line: Uint8Array): boolean {
  for (let index = 0; index < DATA.length; index += 1) if (line[index] !== DATA[index]) return false;
  return line[line[DATA.length] === SPACE ? DATA.length + 1 : DATA.length] === OPEN_BRACE;
}

// llama.cpp sends `error: {"code":…,"message":…}` in place of a data line.
function toErrorLineError(line: string): QuilletError {
  const text = line.slice('error:'.length).trim();
  return toReportedError('sse.error', parseJson(text) ?? text, { serverMessage: text });
}
