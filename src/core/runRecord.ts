import type { ModelRef, Usage } from './chat';
import type { QuilletError } from './errors';

/** How a run ended. `ok` means: finish reason seen, not aborted, text not empty. */
export type RunOutcome = 'ok' | 'truncated' | 'failed' | 'cancelled' | 'refused';

/** Something users should know of an answer that is there. The kind is also what the log says. */
export interface RunWarning {
  readonly kind:
    | 'body.nonstream'
    | 'sse.nofinish'
    | 'sse.odd'
    | 'finish.length'
    | 'finish.other'
    | 'text.undecodable'
    | 'text.control'
    | 'text.key'
    | 'text.hidden'
    | 'prompt.cut'
    | 'doc.renamed'
    | 'doc.deleted';
  readonly subject?: string;
}

/** What is known of a run once it ended. It holds numbers and names only: never a prompt and never an answer. */
export interface RunRecord {
  readonly id: number;
  /** The same for all runs that one command started. */
  readonly groupId: number;
  readonly promptId: string;
  readonly destination: string;
  readonly modelRef: ModelRef;
  /** The model the server says it used, where it says so. */
  readonly reportedModel?: string;
  readonly outcome: RunOutcome;
  readonly finishReason?: string;
  readonly usage?: Usage;
  readonly attempts: number;
  readonly charactersIn: number;
  readonly charactersOut: number;
  /** Durations in milliseconds of a monotonic clock. */
  readonly firstTextMs?: number;
  readonly totalMs: number;
  readonly requestId?: string;
  readonly origin: string;
  readonly status?: number;
  readonly error?: QuilletError;
  readonly warnings: readonly RunWarning[];
}
