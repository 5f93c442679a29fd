import type { ValueBound } from './valueBound';

/** All ways in which a command can fail. The kind is also logged. */
export type ErrorKind =
  | `net.${'refused' | 'dns' | 'reset' | 'tls' | 'protocol' | 'proxy' | 'midstream' | 'other'}`
  | `http.${'400' | '401' | '403' | '404' | '408' | '409' | '413' | '422' | '429' | '4xx' | '5xx'}`
  | `http.${'quota' | 'loading' | 'redirect'}`
  | `body.${'html' | 'notjson' | 'ndjson' | 'error' | 'encoding' | 'empty'}`
  | `sse.${'malformed' | 'truncated' | 'error'}`
  | `finish.${'length' | 'filter' | 'refusal' | 'unknown' | 'reasoning'}`
  | `time.${'headers' | 'firstToken' | 'idle' | 'total'}`
  | `limit.${'answer' | 'line' | 'selection'}`
  | `key.${'missing' | 'format' | 'store' | 'command' | 'account' | 'secret'}`
  | `lm.${'off' | 'missing' | 'consent' | 'revoked' | 'blocked' | 'quota' | 'copy'}`
  | `cfg.${'url' | 'provider' | 'field' | 'model' | 'request' | 'arguments'}`
  | `prompt.${'unknown' | 'untrusted' | 'bad' | 'none' | 'variables'}`
  | `ref.${'missing' | 'ambiguous' | 'outside' | 'toolarge' | 'binary' | 'empty' | 'lines' | 'toomany' | 'nothing'}`
  | `picture.${'format' | 'empty' | 'toolarge' | 'toomany' | 'gone' | 'style'}`
  | `editor.${'none' | 'selection' | 'problem' | 'thread' | 'request' | 'prompt' | 'elsewhere'}`
  | `doc.${'readonly' | 'closed' | 'changed' | 'conflict' | 'gone' | 'undo' | 'busy' | 'applyfalse' | 'binary'}`
  | `doc.${'toolarge' | 'choice' | 'excluded'}`
  | `review.${'conflict' | 'replaced' | 'single' | 'none'}`
  | `git.${'missing' | 'none' | 'empty' | 'box'}`
  | 'scan.failed'
  | 'budget.hard'
  | 'cancelled'
  | 'internal';

export interface KeySourceName {
  readonly kind: 'variable' | 'command' | 'account';
  /** Of an account, its ID, such as `microsoft`. */
  readonly name: string;
}

export interface BudgetStatus {
  readonly period: 'daily' | 'monthly';
  readonly unit: 'usd' | 'tokens' | 'runs';
  readonly used: number;
  readonly limit: number;
  readonly isEstimate: boolean;
  readonly endsAt: number;
}

/** What keeps a file from being sent. */
export interface Exclusion {
  /** The ignore file as shown to the user, or the name of the setting. */
  readonly source: string;
  /** The address of the ignore file. */
  readonly file?: string;
  readonly line?: number;
  readonly rule?: string;
}

/** Facts from which an error message is built. Must not contain a key, a prompt or an answer. */
export interface ErrorDetails {
  readonly status?: number;
  /** The server's own message without tags. Redacted, and then shortened, when it is shown. */
  readonly serverMessage?: string;
  readonly parameter?: string;
  readonly code?: string;
  readonly host?: string;
  readonly path?: string;
  readonly providerId?: string;
  readonly providerLabel?: string;
  /** The source of a key outside the secret storage: a variable or program name, never the value. */
  readonly keySource?: KeySourceName;
  readonly isKeyMissing?: boolean;
  /** The server reported with status 200 that it can't answer now. */
  readonly isUnavailable?: boolean;
  readonly model?: string;
  readonly baseUrl?: string;
  readonly requestId?: string;
  readonly retryAfterMs?: number;
  readonly limitMs?: number;
  readonly subject?: string;
  readonly file?: string;
  readonly max?: number;
  readonly valueBound?: ValueBound;
  readonly budget?: BudgetStatus;
  readonly exclusion?: Exclusion;
}

/** The only error type that features throw. Its message is for the log; users read the one in `errorMessages`. */
export class QuilletError extends Error {
  override readonly name = 'QuilletError';

  constructor(
    readonly kind: ErrorKind,
    readonly details: ErrorDetails = {},
    options?: { cause?: unknown },
  ) {
    super(details.serverMessage === undefined ? kind : `${kind}: ${details.serverMessage}`, options);
  }
}

export function isQuilletError(value: unknown): value is QuilletError {
  return value instanceof Error && value.name === 'QuilletError' && 'kind' in value;
}

export function toQuilletError(value: unknown): QuilletError {
  return isQuilletError(value) ? value : new QuilletError('internal', {}, { cause: value });
}

export function cancelledError(): QuilletError {
  return new QuilletError('cancelled');
}
