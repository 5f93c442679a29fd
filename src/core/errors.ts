/**
 * Every way a command can fail, as one family of values. The kind is also the class written to the log, so a line there
 * and the sentence in front of the user can be matched.
 */
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

/** A source of keys that the user named in the settings of a provider. */
export interface KeySourceName {
  readonly kind: 'variable' | 'command';
  readonly name: string;
}

/** A limit of the user's that is reached. */
export interface BudgetStatus {
  readonly period: 'daily' | 'monthly';
  readonly unit: 'usd' | 'tokens' | 'runs';
  readonly used: number;
  readonly limit: number;
  readonly isEstimate: boolean;
  /** When the period ends, in milliseconds since 1970. */
  readonly endsAt: number;
}

/** Facts about a failure that a sentence can be built from. Nothing here may hold a key, a prompt or an answer. */
export interface ErrorDetails {
  /** HTTP status, where there was one. */
  readonly status?: number;
  /** The server's own message: redacted, tags stripped, at most 300 characters. */
  readonly serverMessage?: string;
  /** The parameter the server names as the one it refuses. */
  readonly parameter?: string;
  /** Innermost system code of a connection failure, such as ECONNREFUSED. */
  readonly code?: string;
  /** `host:port` the request went to. */
  readonly host?: string;
  /** Path of the request, for "not found". */
  readonly path?: string;
  readonly providerId?: string;
  readonly providerLabel?: string;
  /** Where the key came from, when it was not the secret storage: the variable's name or the program, never the value. */
  readonly keySource?: KeySourceName;
  readonly model?: string;
  readonly baseUrl?: string;
  readonly requestId?: string;
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The limit that ran out, in milliseconds. */
  readonly limitMs?: number;
  /** Anything else countable or nameable: a size, a finish reason, names of missing variables. */
  readonly subject?: string;
  /** The file that helps, as an address. */
  readonly file?: string;
  /** The largest number allowed, where `subject` is the number found. */
  readonly max?: number;
  readonly budget?: BudgetStatus;
}

/** The one error type that crosses a border inside Quillet. Its message is for the log; users read the presenter's. */
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

/** Any thrown value as a QuilletError; what is not one already is our own defect and becomes `internal`. */
export function toQuilletError(value: unknown): QuilletError {
  return isQuilletError(value) ? value : new QuilletError('internal', {}, { cause: value });
}

export function cancelledError(): QuilletError {
  return new QuilletError('cancelled');
}
