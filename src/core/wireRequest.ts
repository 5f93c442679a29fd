import type { JsonValue } from '../util/json';

/** A request as sent, without its credential. */
export interface WireRequest {
  readonly method: 'POST' | 'PUT' | 'GET';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: JsonValue;
}
