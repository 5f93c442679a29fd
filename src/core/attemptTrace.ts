import type { ApiStyle, WireRequest } from './chat';
import type { QuilletError } from './errors';

/** The body of a response after decompression. The middle of a long body is omitted. */
export interface ReceivedBody {
  readonly text: string;
  /** The text after the omitted part; empty if nothing was omitted. */
  readonly end: string;
  readonly omitted: number;
  readonly bytes: number;
}

export interface ReceivedResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: ReceivedBody;
}

export type NextStep =
  | { readonly kind: 'retry'; readonly waitMs: number }
  | { readonly kind: 'adapted'; readonly changed: string };

/** One attempt at a request. Times are in milliseconds since the start of the run. */
export interface AttemptTrace {
  readonly attempt: number;
  readonly request: DescribedRequest;
  readonly hasKey: boolean;
  readonly startMs: number;
  readonly headersMs?: number;
  readonly firstTextMs?: number;
  readonly endMs: number;
  readonly response?: ReceivedResponse;
  readonly error?: QuilletError;
  readonly next?: NextStep;
}

export interface DescribedRequest {
  readonly api: ApiStyle;
  readonly wire: WireRequest;
}
