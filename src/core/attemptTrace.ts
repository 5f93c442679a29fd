import type { ApiStyle } from './chat';
import type { QuilletError } from './errors';
import type { WireRequest } from './wireRequest';

/** The body of a response as it came over the wire, after decompression. Of a long one the middle is left out. */
export interface ReceivedBody {
  readonly text: string;
  /** What came behind the part that was left out; empty where nothing was. */
  readonly end: string;
  /** How many bytes were left out between the two. */
  readonly omitted: number;
  /** How many bytes came in all. */
  readonly bytes: number;
}

export interface ReceivedResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: ReceivedBody;
}

/** What was done about a failed attempt: the same once more, or the same in another form. */
export type NextStep =
  | { readonly kind: 'retry'; readonly waitMs: number }
  /** The wire name of the field that is renamed, moved or left out next. */
  | { readonly kind: 'adapted'; readonly changed: string };

/** One attempt at a request, for whoever wants to look at it. Times are milliseconds from the beginning of the run. */
export interface AttemptTrace {
  /** Counted from 1. */
  readonly attempt: number;
  readonly request: DescribedRequest;
  /** Whether a key went along. */
  readonly hasKey: boolean;
  readonly startMs: number;
  /** Absent where no response began. */
  readonly headersMs?: number;
  readonly firstTextMs?: number;
  readonly endMs: number;
  readonly response?: ReceivedResponse;
  readonly error?: QuilletError;
  /** Absent where the run ended with this attempt. */
  readonly next?: NextStep;
}

/** A request with the style it is made in, which may be another than the endpoint's own where the server wants that. */
export interface DescribedRequest {
  readonly api: ApiStyle;
  readonly wire: WireRequest;
}
