import type { DescribedRequest } from '../../core/attemptTrace';
import type { ApiStyle, Endpoint, HttpApiConfig } from '../../core/chat';
import { QuilletError } from '../../core/errors';
import { splitHeaderSecrets } from '../../providers/headerSecrets';
import { findPreset } from '../../providers/presets';
import { parseJsonPointer } from '../../util/jsonPointer';
import { withoutUndefined } from '../../util/withoutUndefined';

/** A request with the name of the variable that holds its API key, but never the key. */
export interface ExportedRequest extends Omit<DescribedRequest, 'api'> {
  readonly api: Exclude<ApiStyle, 'vscode'>;
  readonly baseUrl: string;
  readonly credential?: ExportedCredential;
  readonly httpConfig?: Pick<HttpApiConfig, 'stream' | 'text' | 'delta'>;
}

export interface ExportedCredential {
  readonly variable: string;
  /** Undefined for `Authorization: Bearer`. */
  readonly header?: string;
}

/** @throws QuilletError `lm.copy` if there is no HTTP request. */
export function toExportedRequest(
  { api, wire }: DescribedRequest,
  endpoint: Endpoint,
  hasKey: boolean,
): ExportedRequest {
  if (api === 'vscode') throw new QuilletError('lm.copy');
  const { apiKeyEnv, keyHeader, request: httpConfig } = endpoint;
  const variable = apiKeyEnv ?? keyVariable(endpoint.providerId);
  return {
    api,
    wire,
    baseUrl: endpoint.baseUrl,
    ...withoutUndefined({
      credential: hasKey ? { variable, ...(keyHeader === undefined ? {} : { header: keyHeader }) } : undefined,
      httpConfig,
    }),
  };
}

/** A part of a header's value: a text, or a variable that holds a secret. */
export type HeaderPart = { readonly text: string } | { readonly variable: string };

export function splitHeader(value: string): readonly HeaderPart[] {
  return splitHeaderSecrets(value)
    .map((part, index) => (index % 2 === 0 ? { text: part } : { variable: `${toVariableName(part)}_SECRET` }))
    .filter((part) => 'variable' in part || part.text !== '');
}

/** An expression of the header's value in a language that concatenates strings with `+`. */
export function concatenateHeader(
  value: string,
  toLiteral: (text: string) => string,
  toVariable: (name: string) => string,
): string {
  const parts = splitHeader(value).map((part) => ('text' in part ? toLiteral(part.text) : toVariable(part.variable)));
  return parts.length === 0 ? toLiteral('') : parts.join(' + ');
}

/** The variable users most likely have: the one of the preset, or one derived from the provider ID. */
function keyVariable(providerId: string): string {
  return findPreset(providerId)?.keyEnvVar ?? `${toVariableName(providerId)}_API_KEY`;
}

// A shell would expand $1 in a name starting with a digit.
function toVariableName(name: string): string {
  return name
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d)/, '_');
}

export function getCredentialHeader({ header }: { readonly header?: string | undefined }): {
  readonly name: string;
  readonly prefix: string;
} {
  return header === undefined ? { name: 'Authorization', prefix: 'Bearer ' } : { name: header, prefix: '' };
}

export function getStreamFormat({ api, wire, httpConfig }: ExportedRequest): HttpApiConfig['stream'] {
  if (api === 'http') return httpConfig?.stream ?? 'none';
  const { body } = wire;
  return typeof body === 'object' && body !== null && 'stream' in body && body['stream'] === true ? 'sse' : 'none';
}

type TextPath = readonly (string | number)[];

const PATHS: Readonly<
  Record<Exclude<ApiStyle, 'http' | 'vscode'>, { readonly text: TextPath; readonly delta: TextPath }>
> = {
  chat: { text: ['choices', 0, 'message', 'content'], delta: ['choices', 0, 'delta', 'content'] },
  completions: { text: ['choices', 0, 'text'], delta: ['choices', 0, 'text'] },
  messages: { text: ['content', -1, 'text'], delta: ['delta', 'text'] },
  responses: { text: ['output', -1, 'content', 0, 'text'], delta: ['delta'] },
};

/** The path to the text in a complete response or in an event. A number is an array index; -1 is the last element. */
export function getTextPath({ api, httpConfig }: ExportedRequest, part: 'text' | 'delta'): TextPath {
  if (api !== 'http') return PATHS[api][part];
  const path = parseJsonPointer(httpConfig?.[part] ?? '/choices/0/text');
  return path.map((step) => (/^(0|[1-9]\d*)$/.test(step) ? Number(step) : step));
}
