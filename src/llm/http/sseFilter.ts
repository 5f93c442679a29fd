import { QuilletError } from '../../core/errors';
import type { BodyStep } from './bodyTransform';

/** The longest line that is kept, in bytes; a real event is a few hundred bytes (R47). */
export const LONGEST_LINE = 1_048_576;

/** All lines of one event together. */
const LARGEST_EVENT = 4 * LONGEST_LINE;

/**
 * Events that came together go on together, in pieces of about so many bytes: each piece costs a turn of the stream, and of a
 * long one the SDK's parser copies what is left after each event.
 */
const PIECE_BYTES = 8192;

/** What the filter saw that the SDK does not tell. */
export interface StreamNotes {
  /** The server sent `[DONE]`. */
  isDone: boolean;
  /** Events that were left out because they held no data: pings, empty frames. */
  skipped: number;
}

export function newNotes(): StreamNotes {
  return { isDone: false, skipped: 0 };
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const OPEN_BRACE = 0x7b;
const DATA = new TextEncoder().encode('data:');

/**
 * Stands between the server and the SDK's parser, which takes an event without data for broken JSON and a line `error:` for
 * nothing at all (faults 0.9, V9, V12). Leaves out events without data and pings, fails on error lines, notes `[DONE]`,
 * and bounds the length of a line. Everything else passes byte for byte, but for line ends, which become LF.
 */
export function eventStreamFilter(notes: StreamNotes): BodyStep {
  const lines = new LineSplitter();
  const block = new EventBlock(notes);
  return {
    take(chunk, pass) {
      const events = new EventGroup(pass);
      try {
        lines.split(chunk, (line) => block.add(line, events));
      } finally {
        // What stands before a line that fails has arrived.
        events.pass();
      }
    },
    end(pass) {
      const events = new EventGroup(pass);
      const rest = lines.end();
      if (rest !== undefined) block.add(rest, events);
      // A last event without a blank line is an event for the SDK, though not for the standard (faults B1).
      block.end(events);
      events.pass();
    },
  };
}

/** Events that go on together. */
class EventGroup {
  private events: Uint8Array<ArrayBuffer>[] = [];
  private size = 0;

  constructor(private readonly passOn: Parameters<BodyStep['take']>[1]) {}

  add(event: Uint8Array<ArrayBuffer>): void {
    this.events.push(event);
    this.size += event.length;
    if (this.size >= PIECE_BYTES) this.pass();
  }

  pass(): void {
    const [first, ...others] = this.events;
    if (first === undefined) return;
    this.passOn(others.length === 0 ? first : concatenated(this.events, this.size));
    this.events = [];
    this.size = 0;
  }
}

/** Cuts bytes into lines at LF, CR or both, also where a chunk ends between the two. */
class LineSplitter {
  private parts: Uint8Array[] = [];
  private length = 0;
  private endedWithCr = false;

  split(chunk: Uint8Array, take: (line: Uint8Array) => void): void {
    if (!this.endedWithCr && !chunk.includes(CR)) return this.splitAtLf(chunk, take);
    let start = 0;
    if (this.endedWithCr && chunk[0] === LF) start = 1;
    if (chunk.length > 0) this.endedWithCr = false;
    for (let index = start; index < chunk.length; index += 1) {
      const byte = chunk[index];
      if (byte !== LF && byte !== CR) continue;
      take(this.join(chunk.subarray(start, index)));
      if (byte === CR && chunk[index + 1] === LF) index += 1;
      else if (byte === CR && index === chunk.length - 1) this.endedWithCr = true;
      start = index + 1;
    }
    this.keep(chunk.slice(start));
  }

  /** The same where there is no CR, as mostly: a line end is then found many times faster. */
  private splitAtLf(chunk: Uint8Array, take: (line: Uint8Array) => void): void {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      take(this.join(chunk.subarray(start, end)));
      start = end + 1;
    }
    this.keep(chunk.slice(start));
  }

  end(): Uint8Array | undefined {
    return this.length === 0 ? undefined : this.join(new Uint8Array());
  }

  private keep(part: Uint8Array): void {
    if (part.length === 0) return;
    this.parts.push(part);
    this.length += part.length;
    if (this.length > LONGEST_LINE) throw new QuilletError('limit.line', { subject: String(LONGEST_LINE) });
  }

  private join(last: Uint8Array): Uint8Array {
    this.keep(last);
    if (this.parts.length === 1 && this.parts[0] !== undefined) return this.reset(this.parts[0]);
    return this.reset(concatenated(this.parts, this.length));
  }

  private reset(line: Uint8Array): Uint8Array {
    this.parts = [];
    this.length = 0;
    return line;
  }
}

/** Collects the lines of one event, and decides at the blank line whether it goes on. */
class EventBlock {
  private readonly decoder = new TextDecoder();
  private lines: Uint8Array[] = [];
  /** Whether the SDK would take the block for an event; a block of ids and retry times is none for anybody. */
  private isEvent = false;
  private hasData = false;
  private isDone = false;
  private isPing = false;
  private isFirstLine = true;
  private size = 0;

  constructor(private readonly notes: StreamNotes) {}

  add(line: Uint8Array, events: EventGroup): void {
    if (line.length === 0) this.end(events);
    else if (isJsonData(line)) this.addData(line);
    else this.addOther(line);
  }

  private addData(line: Uint8Array): void {
    this.isFirstLine = false;
    this.isEvent = true;
    this.hasData = true;
    this.keep(line);
  }

  private addOther(line: Uint8Array): void {
    const head = this.decoder.decode(line.subarray(0, 64)).replace(this.isFirstLine ? /^\ufeff/ : /^$/, '');
    this.isFirstLine = false;
    // What follows the end is no part of the answer, errors included.
    if (head.startsWith('error:') && !this.notes.isDone) throw errorLine(this.decoder.decode(line));
    const data = head === 'data' ? '' : /^data: ?(.*)$/s.exec(head)?.[1];
    if (data !== undefined || head.startsWith('event:')) this.isEvent = true;
    if (data === '[DONE]' && !this.hasData) this.isDone = true;
    if (data !== undefined && data !== '') this.hasData = true;
    if (head.startsWith('event:')) this.isPing = /^event: ?(ping|heartbeat|keep-?alive)\s*$/i.test(head);
    // Comments are noise for the SDK too; kept, they would only be read twice.
    if (!head.startsWith(':')) this.keep(line);
  }

  private keep(line: Uint8Array): void {
    this.lines.push(line);
    this.size += line.length;
    if (this.size > LARGEST_EVENT) throw new QuilletError('limit.line', { subject: String(LARGEST_EVENT) });
  }

  end(events: EventGroup): void {
    if (this.lines.length > 0) {
      if (this.isDone) this.notes.isDone = true;
      if (this.hasData && !this.isPing) events.add(this.joined());
      else if (this.isEvent) this.notes.skipped += 1;
    }
    this.lines = [];
    this.size = 0;
    this.isEvent = false;
    this.hasData = false;
    this.isDone = false;
    this.isPing = false;
  }

  private joined(): Uint8Array<ArrayBuffer> {
    const event = new Uint8Array(this.size + this.lines.length + 1).fill(LF);
    let offset = 0;
    for (const line of this.lines) {
      event.set(line, offset);
      offset += line.length + 1;
    }
    return event;
  }
}

/** `data: {`, with or without the space: what nearly every line is. */
function isJsonData(line: Uint8Array): boolean {
  for (let index = 0; index < DATA.length; index += 1) if (line[index] !== DATA[index]) return false;
  return line[line[DATA.length] === SPACE ? DATA.length + 1 : DATA.length] === OPEN_BRACE;
}

function concatenated(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** llama.cpp wrote `error: {"code":…,"message":…}` in place of a data line (faults V9). */
function errorLine(line: string): QuilletError {
  const text = line.slice('error:'.length).trim();
  return new QuilletError('sse.error', { serverMessage: messageIn(text).slice(0, 300) });
}

function messageIn(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined;
    return typeof message === 'string' ? message : text;
  } catch {
    return text;
  }
}
