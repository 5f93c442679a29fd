import type { AttemptTrace } from '../../core/attemptTrace';
import { collectStrings } from '../../core/outboundText';
import type { RunPlan } from '../../core/run';
import type { RunRecord } from '../../core/runRecord';

/** One request with all its attempts, as users look at it. */
export interface LoggedRequest {
  /** That of its run. */
  readonly id: number;
  /** As it was sent, with its placeholders. */
  readonly plan: RunPlan;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** Those that have ended. */
  readonly attempts: readonly AttemptTrace[];
  /** Absent while the run goes on. */
  readonly end?: RequestEnd;
}

export interface RequestEnd {
  readonly record: RunRecord;
  /** The answer, or the first part of a very long one. */
  readonly answer: string;
}

export interface HistoryLimits {
  readonly maxRequests: number;
  /** What all texts together may take in memory. The newest request is kept whatever its size, to be copied and sent again. */
  readonly maxBytes: number;
  /** More characters of one answer are not kept. */
  readonly maxAnswerLength: number;
}

export const HISTORY_LIMITS: HistoryLimits = { maxRequests: 50, maxBytes: 8_000_000, maxAnswerLength: 200_000 };

/** The requests of this window, in memory: what they hold is the user's own text. Those that were kept can be added. */
export class RequestHistory {
  /** Oldest first. */
  private readonly requests = new Map<number, LoggedRequest>();
  /** Of other windows and of earlier, newest first, where the user keeps them. */
  private archived: readonly LoggedRequest[] = [];

  /** @param onDidEnd told of each request that is still there when it ends. */
  constructor(
    private readonly onDidEnd: (request: LoggedRequest) => void = () => undefined,
    private readonly limits: HistoryLimits = HISTORY_LIMITS,
  ) {}

  /** Newest first, those of this window before the others. */
  get all(): readonly LoggedRequest[] {
    return [...this.ownRequests, ...this.archived];
  }

  get newest(): LoggedRequest | undefined {
    return this.all[0];
  }

  get(id: number): LoggedRequest | undefined {
    return this.requests.get(id) ?? this.archived.find((request) => request.id === id);
  }

  /** @param archived newest first, with ids that no run has. */
  setArchived(archived: readonly LoggedRequest[]): void {
    this.archived = archived;
  }

  begin(id: number, plan: RunPlan, sentAt: number): void {
    this.requests.set(id, { id, plan, sentAt, attempts: [] });
    this.trim();
  }

  /** A request that was forgotten meanwhile stays forgotten. */
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
    this.archived = [];
  }

  private get ownRequests(): readonly LoggedRequest[] {
    return [...this.requests.values()].reverse();
  }

  private trim(): void {
    const newestFirst = this.ownRequests;
    let bytes = 0;
    for (const [index, request] of newestFirst.entries()) {
      bytes += estimateBytes(request);
      if (index > 0 && (index >= this.limits.maxRequests || bytes > this.limits.maxBytes))
        this.requests.delete(request.id);
    }
  }
}

/** Two bytes for each character. The bodies of attempts are mostly made of the strings of the plan, which count once. */
function estimateBytes({ plan, attempts, end }: LoggedRequest): number {
  const bodies = [plan.body, ...attempts.map(({ request }) => request.wire.body)];
  const sent = bodies.flatMap((body) => (body === undefined ? [] : collectStrings(body)));
  const received = attempts.flatMap(({ response }) =>
    response === undefined ? [] : [response.body.text, response.body.end],
  );
  const texts = new Set([...plan.messages.map(({ content }) => content), ...sent, ...received, end?.answer ?? '']);
  return 2 * [...texts].reduce((sum, text) => sum + text.length, 0);
}
