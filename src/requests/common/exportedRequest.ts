import type { DescribedRequest } from '../../core/attemptTrace';
import type { Endpoint, HttpApiConfig } from '../../core/chat';
import { findPreset } from '../../providers/presets';
import { withoutUndefined } from '../../util/withoutUndefined';

/** A request to be written as a program, with where its key is to come from. The key itself is not known here. */
export interface ExportedRequest extends DescribedRequest {
  /** What an SDK is given as its base URL. */
  readonly baseUrl: string;
  /** Absent where the server needs no key. */
  readonly credential?: ExportedCredential;
  /** How the answer of the `http` style comes, with JSON Pointers to its text and to that of one event of a stream. */
  readonly httpConfig?: Pick<HttpApiConfig, 'stream' | 'text' | 'delta'>;
}

export interface ExportedCredential {
  /** Name of the environment variable that holds the key. */
  readonly variable: string;
  /** The header that carries the key as it is; absent for `Authorization: Bearer`. */
  readonly header?: string;
}

/**
 * A request to an endpoint with what a program has to know besides.
 * @param isKeySent whether it was sent with a key, which a server may want that is not known to need one.
 */
export function toExportedRequest(request: DescribedRequest, endpoint: Endpoint, isKeySent = false): ExportedRequest {
  const { needsKey, apiKeyEnv, apiKeyCommand, keyHeader, request: httpConfig } = endpoint;
  const hasKeySource = apiKeyEnv !== undefined || apiKeyCommand !== undefined || keyHeader !== undefined;
  const hasKey = needsKey || isKeySent || hasKeySource;
  const variable = apiKeyEnv ?? keyVariable(endpoint.providerId);
  return {
    ...request,
    baseUrl: endpoint.baseUrl,
    ...withoutUndefined({
      credential: hasKey ? { variable, ...(keyHeader === undefined ? {} : { header: keyHeader }) } : undefined,
      httpConfig,
    }),
  };
}

/** The variable users most likely have: that of the preset, else one made of the provider's name. */
function keyVariable(providerId: string): string {
  const presetVariable = findPreset(providerId)?.keyEnvVar;
  // A name that begins with a digit is none for a shell, which would read $1 and go on.
  const name = providerId
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d)/, '_');
  return presetVariable ?? `${name}_API_KEY`;
}

/** The header line of the credential in two parts: what stands before the key, and its name. */
export function getCredentialHeader({ header }: ExportedCredential): {
  readonly name: string;
  readonly prefix: string;
} {
  return header === undefined ? { name: 'Authorization', prefix: 'Bearer ' } : { name: header, prefix: '' };
}

/** How the answer will come: a request of the user's own says it, any other by its body. */
export function getStreamFormat({ api, wire, httpConfig }: ExportedRequest): HttpApiConfig['stream'] {
  if (api === 'http') return httpConfig?.stream ?? 'none';
  const { body } = wire;
  return typeof body === 'object' && body !== null && 'stream' in body && body['stream'] === true ? 'sse' : 'none';
}

/** Where the text of a whole answer stands: names of fields, and places in lists, of which -1 is the last. */
export function getTextPath({ api, httpConfig }: ExportedRequest): readonly (string | number)[] {
  switch (api) {
    case 'chat':
      return ['choices', 0, 'message', 'content'];
    case 'completions':
      return ['choices', 0, 'text'];
    case 'responses':
      return ['output', -1, 'content', 0, 'text'];
    case 'http':
      return parsePointer(httpConfig?.text ?? DEFAULT_TEXT_POINTER);
  }
}

/** The same for one event of a stream. */
export function getDeltaPath({ api, httpConfig }: ExportedRequest): readonly (string | number)[] {
  switch (api) {
    case 'chat':
      return ['choices', 0, 'delta', 'content'];
    case 'completions':
      return ['choices', 0, 'text'];
    case 'responses':
      return ['delta'];
    case 'http':
      return parsePointer(httpConfig?.delta ?? DEFAULT_TEXT_POINTER);
  }
}

const DEFAULT_TEXT_POINTER = '/choices/0/text';

/** The steps of a JSON Pointer (RFC 6901); digits are taken for places in a list. */
function parsePointer(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^(0|[1-9]\d*)$/.test(step) ? Number(step) : step));
}

/** Header lines in the order they are written. */
export function getHeaders({ wire }: ExportedRequest): readonly (readonly [string, string])[] {
  return Object.entries(wire.headers);
}
