import type { ErrorKind } from '../core/errors';
import { QuilletError } from '../core/errors';
import type { Timeouts } from '../settings/common/settings';

/** Measures progress: keep-alive comments defeat a timer that counts bytes (see docs/sdk-notes.md, "Timeouts"). */
export class Deadlines {
  private phaseTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly totalTimer: ReturnType<typeof setTimeout> | undefined;
  private hasRecentContent = false;
  private isPaused = false;
  private totalError: QuilletError | undefined;

  constructor(
    private readonly timeouts: Timeouts,
    private readonly expire: (error: QuilletError) => void,
  ) {
    this.totalTimer = this.start('time.total', timeouts.total);
    this.phaseTimer = this.start('time.headers', timeouts.headers);
  }

  onHeaders(): void {
    this.restart('time.firstToken', this.timeouts.firstToken);
  }

  // Buffered content arrives many times per turn of the event loop; one restart per turn is enough.
  onContent(): void {
    if (this.hasRecentContent) return;
    this.hasRecentContent = true;
    setTimeout(() => {
      this.hasRecentContent = false;
    }, 0);
    this.restart('time.idle', this.timeouts.idle);
    this.isPaused = false;
    if (this.totalError !== undefined) this.expire(this.totalError);
  }

  /** Nothing expires until there is more content. */
  pause(): void {
    this.isPaused = true;
    clearTimeout(this.phaseTimer);
    this.hasRecentContent = false;
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
    return setTimeout(() => {
      const error = new QuilletError(kind, { limitMs });
      if (this.isPaused) this.totalError = error;
      else this.expire(error);
    }, limitMs);
  }
}
