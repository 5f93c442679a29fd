import type { AttemptTrace, NextStep, ReceivedResponse } from '../core/attemptTrace';
import type { ResponseTap } from '../core/chat';
import { withoutUndefined } from '../util/withoutUndefined';
import type { AttemptResult } from './attempt';
import { HeadTailBuffer } from './http/headTailBuffer';

// The end of a body tells why it ended.
const HEAD_BYTES = 98_304;
const TAIL_BYTES = 32_768;

export interface AttemptRecorderOptions extends Pick<AttemptTrace, 'attempt' | 'request' | 'hasKey'> {
  readonly now: () => number;
  readonly notify: (trace: AttemptTrace) => void;
}

export class AttemptRecorder implements ResponseTap {
  private readonly startMs: number;
  private headersMs: number | undefined;
  private firstTextMs: number | undefined;
  private responseHead: Omit<ReceivedResponse, 'body'> | undefined;
  private readonly body = new HeadTailBuffer(HEAD_BYTES, TAIL_BYTES);

  constructor(private readonly options: AttemptRecorderOptions) {
    this.startMs = options.now();
  }

  onResponse(status: number, headers: Iterable<readonly [string, string]>): void {
    this.headersMs = this.options.now();
    this.responseHead = { status, headers: [...headers] };
  }

  onChunk(chunk: Uint8Array): void {
    this.body.append(chunk);
  }

  onText(): void {
    this.firstTextMs ??= this.options.now();
  }

  /** Call once, when the next step is known. */
  end({ error }: AttemptResult, next?: NextStep): void {
    const { attempt, request, hasKey, now, notify } = this.options;
    notify({
      attempt,
      request,
      hasKey,
      startMs: this.startMs,
      endMs: now(),
      ...withoutUndefined({
        headersMs: this.headersMs,
        firstTextMs: this.firstTextMs,
        response:
          this.responseHead === undefined ? undefined : { ...this.responseHead, body: this.body.toReceivedBody() },
        error,
        next,
      }),
    });
  }
}
