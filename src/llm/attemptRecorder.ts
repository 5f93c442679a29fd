import type { AttemptTrace, DescribedRequest, NextStep, ReceivedResponse } from '../core/attemptTrace';
import type { ResponseTap } from '../core/responseTap';
import type { AttemptResult } from './attempt';
import { ByteKeeper } from './http/headTailBuffer';

/** What is kept of the beginning of a body, and of its end, which tells why it ended. */
const HEAD_BYTES = 98_304;
const TAIL_BYTES = 32_768;

export interface AttemptRecordParts {
  readonly attempt: number;
  readonly request: DescribedRequest;
  readonly hasKey: boolean;
  /** Milliseconds since the run began. */
  readonly now: () => number;
  readonly tell: (trace: AttemptTrace) => void;
}

/** Writes down one attempt while it goes on, for an observer who wants to know. A stream pays with a copy of its bytes. */
export class AttemptRecord implements ResponseTap {
  private readonly startMs: number;
  private headersMs: number | undefined;
  private firstTextMs: number | undefined;
  private start: Omit<ReceivedResponse, 'body'> | undefined;
  private readonly bytes = new ByteKeeper(HEAD_BYTES, TAIL_BYTES);

  constructor(private readonly parts: AttemptRecordParts) {
    this.startMs = parts.now();
  }

  begin(status: number, headers: Iterable<readonly [string, string]>): void {
    this.headersMs = this.parts.now();
    this.start = { status, headers: [...headers] };
  }

  add(chunk: Uint8Array): void {
    this.bytes.add(chunk);
  }

  onText(): void {
    this.firstTextMs ??= this.parts.now();
  }

  /** To be called once, when it is known what is done about the result. */
  end({ error }: AttemptResult, next?: NextStep): void {
    const { attempt, request, hasKey, now, tell } = this.parts;
    tell({
      attempt,
      request,
      hasKey,
      startMs: this.startMs,
      endMs: now(),
      ...(this.headersMs === undefined ? {} : { headersMs: this.headersMs }),
      ...(this.firstTextMs === undefined ? {} : { firstTextMs: this.firstTextMs }),
      ...(this.start === undefined ? {} : { response: { ...this.start, body: this.bytes.body() } }),
      ...(error === undefined ? {} : { error }),
      ...(next === undefined ? {} : { next }),
    });
  }
}
