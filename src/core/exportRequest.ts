import type { ApiStyle } from './chat';
import type { WireRequest } from './wireRequest';

/** A request with the style it is made in, which may be another than the endpoint's own where the server wants that. */
export interface DescribedRequest {
  readonly api: ApiStyle;
  readonly wire: WireRequest;
}

/** A request to be written as a program, with where its key is to come from. The key itself is not known here. */
export interface ExportedRequest extends DescribedRequest {
  /** What an SDK is given as its base URL. */
  readonly baseUrl: string;
  /** Absent where the server needs no key. */
  readonly credential?: ExportedCredential;
  /** JSON Pointer to the text of one answer, and to that of one event of a stream, for the `http` style. */
  readonly pointers?: { readonly text: string; readonly delta: string };
}

export interface ExportedCredential {
  /** Name of the environment variable that holds the key. */
  readonly variable: string;
  /** The header that carries the key as it is; absent for `Authorization: Bearer`. */
  readonly header?: string;
}

/** The header line of the credential in two parts: what stands before the key, and its name. */
export function credentialHeader({ header }: ExportedCredential): { readonly name: string; readonly prefix: string } {
  return header === undefined ? { name: 'Authorization', prefix: 'Bearer ' } : { name: header, prefix: '' };
}

/** Whether the answer will come as a stream. */
export function isStreamed({ wire }: ExportedRequest): boolean {
  const { body } = wire;
  return typeof body === 'object' && body !== null && 'stream' in body && body['stream'] === true;
}

/** Header lines in the order they are written. */
export function plainHeaders({ wire }: ExportedRequest): readonly (readonly [string, string])[] {
  return Object.entries(wire.headers);
}
