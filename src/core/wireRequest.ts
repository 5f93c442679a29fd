import type { JsonValue } from '../util/json';

/** A request as it goes over the wire, without its credential: what is shown before it is sent, and what is copied. */
export interface WireRequest {
  readonly method: 'POST' | 'PUT' | 'GET';
  readonly url: string;
  /** The user's own headers and the type of the body; what the network stack adds is not among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Absent for GET. */
  readonly body?: JsonValue;
}
