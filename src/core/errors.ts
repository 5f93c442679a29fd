import type { ValueBound } from './valueBound';

/** All ways in which a command can fail. The kind is also logged. */
export type ErrorKind =
  | 'net.refused'
  | 'net.dns'
  | 'net.reset'
  | 'net.tls'
  | 'net.protocol'
  | 'net.proxy'
  | 'net.midstream'
  | 'net.other'
  | 'http.400'
  | 'http.401'
  | 'http.403'
  | 'http.404'
  | 'http.408'
  | 'http.409'
  | 'http.413'
  | 'http.422'
  | 'http.429'
  | 'http.quota'
  | 'http.4xx'
  | 'http.5xx'
  | 'http.loading'
  | 'http.redirect'
  | 'body.html'
  | 'body.notjson'
  | 'body.ndjson'
  | 'body.error'
  | 'body.encoding'
  | 'body.empty'
  | 'sse.malformed'
  | 'sse.truncated'
  | 'sse.error'
  | 'finish.length'
  | 'finish.filter'
  | 'finish.refusal'
  | 'finish.unknown'
  | 'finish.reasoning'
  | 'time.headers'
  | 'time.firstToken'
  | 'time.idle'
  | 'time.total'
  | 'limit.answer'
  | 'limit.line'
  | 'limit.selection'
  | 'key.missing'
  | 'key.format'
  | 'key.store'
  | 'key.command'
  | 'cfg.url'
  | 'cfg.provider'
  | 'cfg.model'
  | 'cfg.request'
  | 'cfg.arguments'
  | 'prompt.unknown'
  | 'prompt.untrusted'
  | 'prompt.bad'
  | 'prompt.none'
  | 'prompt.variables'
  | 'editor.none'
  | 'editor.selection'
  | 'editor.problem'
  | 'editor.thread'
  | 'editor.request'
  | 'doc.readonly'
  | 'doc.closed'
  | 'doc.changed'
  | 'doc.conflict'
  | 'doc.gone'
  | 'doc.undo'
  | 'doc.busy'
  | 'doc.applyfalse'
  | 'doc.binary'
  | 'doc.toolarge'
  | 'doc.choice'
  | 'review.conflict'
  | 'review.replaced'
  | 'review.single'
  | 'review.none'
  | 'editor.prompt'
  | 'editor.elsewhere'
  | 'git.missing'
  | 'git.none'
  | 'git.empty'
  | 'git.box'
  | 'scan.failed'
  | 'budget.hard'
  | 'cancelled'
  | 'internal';

export interface KeySourceName {
  readonly kind: 'variable' | 'command';
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
