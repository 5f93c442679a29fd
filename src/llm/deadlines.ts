import type { ErrorKind } from '../core/errors';
import { QuilletError } from '../core/errors';
import type { Timeouts } from '../settings/common/settings';

/**
 * The four timers of one attempt. The SDK's own timeout ends with the headers, and a server that sends keep-alive
 * comments defeats every timer that counts bytes (faults 0.8), so these count what a user would call progress.
 */
export class Deadlines {
  private phaseTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly totalTimer: ReturnType<typeof setTimeout> | undefined;
  /** Whether there was content in this turn of the event loop already. */
  private hasRecentContent = false;

  /** @param expire is called once, with the error that says which limit ran out. */
  constructor(
    private readonly timeouts: Timeouts,
    private readonly expire: (error: QuilletError) => void,
  ) {
    this.totalTimer = this.start('time.total', timeouts.total);
    this.phaseTimer = this.start('time.headers', timeouts.headers);
  }

  /** The server answered; the next thing to come is the first piece of the answer. */
  onHeaders(): void {
    this.restart('time.firstToken', this.timeouts.firstToken);
  }

  /** Text or reasoning arrived. In a flood there are many pieces in one turn, and the first one counts for all of them. */
  onContent(): void {
    if (this.hasRecentContent) return;
    this.hasRecentContent = true;
    setTimeout(() => {
      this.hasRecentContent = false;
    }, 0);
    this.restart('time.idle', this.timeouts.idle);
  }

  stop(): void {
    clearTimeout(this.phaseTimer);
    clearTimeout(this.totalTimer);
  }

  private restart(kind: ErrorKind, limitMs: number): void {
    clearTimeout(this.phaseTimer);
    this.phaseTimer = this.start(kind, limitMs);
  }

  private start(kind: ErrorKind, limitMs: number): ReturnType<typeof setTimeout> | undefined {
    if (limitMs === 0) return undefined;
    return setTimeout(() => this.expire(new QuilletError(kind, { limitMs })), limitMs);
  }
}
