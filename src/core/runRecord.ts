import type { ModelRef, Usage } from './chat';
import type { QuilletError } from './errors';

/** How a run ended. `ok` requires a finish reason, no abort, and text. */
export type RunOutcome = 'ok' | 'truncated' | 'failed' | 'cancelled' | 'refused';

export interface RunWarning {
  readonly kind:
    | 'body.nonstream'
    | 'prompt.cut'
    | `sse.${'nofinish' | 'odd'}`
    | `finish.${'length' | 'other'}`
    | `text.${'undecodable' | 'control' | 'key' | 'hidden'}`
    | `doc.${'renamed' | 'deleted'}`;
  readonly subject?: string;
}

export interface RunFigures {
  readonly outcome: RunOutcome;
  readonly error?: QuilletError;
  readonly warnings: readonly RunWarning[];
  readonly finishReason?: string;
  readonly usage?: Usage;
  readonly reportedModel?: string;
  readonly requestId?: string;
  readonly status?: number;
  readonly attempts: number;
  readonly firstTextMs?: number;
  readonly totalMs: number;
}

/** Facts about a finished run: numbers and names only, never a prompt or an answer. */
export interface RunRecord extends RunFigures {
  readonly id: number;
  readonly groupId: number;
  readonly promptId: string;
  readonly destination: string;
  readonly modelRef: ModelRef;
  readonly charactersIn: number;
  readonly charactersOut: number;
  readonly origin: string;
}
