import type { AttemptTrace } from '../../core/attemptTrace';
import { picturesOf } from '../../core/messagePictures';
import { collectStrings } from '../../core/outboundText';
import type { RunPlan } from '../../core/run';
import type { RunRecord } from '../../core/runRecord';

export interface LoggedRequest {
  readonly id: number;
  /** As sent, with placeholders instead of secrets. */
  readonly plan: RunPlan;
  readonly sentAt: number;
  readonly attempts: readonly AttemptTrace[];
  readonly end?: RequestEnd;
}

export interface RequestEnd {
  readonly record: RunRecord;
  readonly answer: string;
}

export interface HistoryLimits {
  readonly maxRequests: number;
  /** Total size of all texts in memory. The newest request is kept whatever its size. */
  readonly maxBytes: number;
  readonly maxAnswerLength: number;
}

export const HISTORY_LIMITS: HistoryLimits = { maxRequests: 50, maxBytes: 8_000_000, maxAnswerLength: 200_000 };

/** The requests of this window, kept in memory only because they contain the user's text. */
export class RequestHistory {
  private readonly requests = new Map<number, LoggedRequest>();

  constructor(
    private readonly onDidEnd: (request: LoggedRequest) => void = () => undefined,
    private readonly limits: HistoryLimits = HISTORY_LIMITS,
  ) {}

  get all(): readonly LoggedRequest[] {
    return [...this.requests.values()].reverse();
  }

  get newest(): LoggedRequest | undefined {
    return this.all[0];
  }

  get(id: number): LoggedRequest | undefined {
    return this.requests.get(id);
  }

  begin(id: number, plan: RunPlan, sentAt: number): void {
    this.requests.set(id, { id, plan, sentAt, attempts: [] });
    this.trim();
  }

  addAttempt(id: number, trace: AttemptTrace): void {
    const request = this.requests.get(id);
    if (request === undefined) return;
    this.requests.set(id, { ...request, attempts: [...request.attempts, trace] });
    this.trim();
  }

  end(id: number, record: RunRecord, answer: string): void {
    const request = this.requests.get(id);
    if (request === undefined) return;
    this.requests.set(id, { ...request, end: { record, answer: answer.slice(0, this.limits.maxAnswerLength) } });
    this.trim();
    const endedRequest = this.requests.get(id);
    if (endedRequest !== undefined) this.onDidEnd(endedRequest);
  }

  clear(): void {
    this.requests.clear();
  }

  private trim(): void {
    let bytes = 0;
    for (const [index, request] of this.all.entries()) {
      bytes += estimateBytes(request);
      if (index > 0 && (index >= this.limits.maxRequests || bytes > this.limits.maxBytes))
        this.requests.delete(request.id);
    }
  }
}

// Two bytes per character. Strings shared by the plan and its attempts count once.
function estimateBytes({ plan, attempts, end }: LoggedRequest): number {
  const bodies = [plan.body, ...attempts.map(({ request }) => request.wire.body)];
  const sent = bodies.flatMap((body) => (body === undefined ? [] : collectStrings(body)));
  const received = attempts.flatMap(({ response }) =>
    response === undefined ? [] : [response.body.text, response.body.end],
  );
  const texts = new Set([...plan.messages.map(({ content }) => content), ...sent, ...received, end?.answer ?? '']);
  const pictureBytes = picturesOf(plan.messages).reduce((sum, { bytes }) => sum + bytes.length, 0);
  return pictureBytes + 2 * [...texts].reduce((sum, text) => sum + text.length, 0);
}
