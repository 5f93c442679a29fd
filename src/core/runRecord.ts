import type { ModelRef, Usage } from './chat';
import type { QuilletError } from './errors';

/** How a run ended. `ok` requires a finish reason, no abort, and text. */
export type RunOutcome = 'ok' | 'truncated' | 'failed' | 'cancelled' | 'refused';

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

/** Facts about a finished run: numbers and names only, never a prompt or an answer. */
export interface RunRecord {
  readonly id: number;
  readonly groupId: number;
  readonly promptId: string;
  readonly destination: string;
  readonly modelRef: ModelRef;
  readonly reportedModel?: string;
  readonly outcome: RunOutcome;
  readonly finishReason?: string;
  readonly usage?: Usage;
  readonly attempts: number;
  readonly charactersIn: number;
  readonly charactersOut: number;
  readonly firstTextMs?: number;
  readonly totalMs: number;
  readonly requestId?: string;
  readonly origin: string;
  readonly status?: number;
  readonly error?: QuilletError;
  readonly warnings: readonly RunWarning[];
}
