import type { Account, Endpoint, HttpApiConfig, ParameterSet } from '../core/chat';
import { QuilletError } from '../core/errors';
import type { ProviderSetting, RequestSetting, Settings } from '../settings/common/settings';
import type { JsonValue } from '../util/json';
import { isLoopback } from '../util/origin';
import { withoutUndefined } from '../util/withoutUndefined';
import { ACCOUNT_SERVICES } from './accounts';
import { type AcceptedBaseUrl, isVertexMessages, parseBaseUrl, withQuery } from './baseUrl';
import { resolveExtraBodies, resolveQuery } from './extraFields';
import { findPreset, PRESETS, type ProviderPreset } from './presets';

type ProviderSettings = Pick<Settings, 'providers' | 'headers'>;

export interface ResolvedModel {
  readonly endpoint: Endpoint;
  readonly model: string;
  /** In tokens, prompt and answer together. From the settings or the server's model list. */
  readonly contextWindow?: number;
}

/** The providers in the settings, and the presets that work without settings. */
export function knownProviderIds(settings: ProviderSettings): string[] {
  const completePresetIds = PRESETS.filter((preset) => preset.baseUrl !== '').map((preset) => preset.id);
  return [...new Set([...Object.keys(settings.providers), ...completePresetIds])];
}

export function resolveEndpoint(settings: ProviderSettings, providerId: string): Endpoint {
  const setting: ProviderSetting | undefined = Object.hasOwn(settings.providers, providerId)
    ? settings.providers[providerId]
    : undefined;
  const named = findPreset(setting?.preset ?? providerId);
  if (setting === undefined && named === undefined) {
    throw new QuilletError('cfg.provider', { providerId, subject: knownProviderIds(settings).join(', ') });
  }
  if (named?.api === 'vscode' && !isServer(setting)) return resolveVscodeEndpoint(setting, named, providerId);
  const preset = named?.api === 'vscode' ? undefined : named;
  const {
    apiKeyEnv,
    apiKeyCommand,
    contextWindow,
    fallback,
    keyHeader,
    parameters = {},
  }: ProviderSetting = setting ?? {};
  const query = resolveQuery(setting?.query, providerId);
  const request =
    setting?.request === undefined ? undefined : resolveRequest(setting.request, setting, { providerId, query });
  const presetUrl = setting?.baseUrl === undefined && request === undefined ? (preset?.baseUrl ?? '') : '';
  const typedUrl = setting?.baseUrl ?? (request === undefined ? '' : new URL(request.url).origin);
  const { url: baseUrl, api: pastedApi }: ParsedUrl =
    presetUrl === '' ? requireBaseUrl(typedUrl, providerId) : { url: presetUrl };
  const isOwnSource = apiKeyEnv !== undefined || apiKeyCommand !== undefined;
  const auth = setting?.auth ?? (presetUrl === '' || isOwnSource ? undefined : preset?.auth);
  requireAccountServer(auth, baseUrl, providerId);
  const endpoint: Endpoint = {
    providerId,
    label: setting?.label ?? (setting?.baseUrl === undefined ? preset?.label : undefined) ?? providerId,
    baseUrl: withQuery(baseUrl, query),
    api: setting?.api ?? (request === undefined ? (pastedApi ?? preset?.api ?? 'chat') : 'http'),
    headers: { ...settings.headers, ...setting?.headers },
    needsKey: setting?.needsKey ?? (preset?.needsKey === true && !isLoopback(baseUrl)),
    ...withoutUndefined({ apiKeyEnv, apiKeyCommand, auth, contextWindow, fallback, keyHeader, request }),
    ...withoutUndefined({ extraBodies: setting && resolveExtraBodies(setting, providerId) }),
    parameters,
  };
  return endpoint.api === 'messages' ? withAnthropicHeaders(endpoint) : endpoint;
}

/** Tokens of accounts and of Google Cloud, and keys whose `keyHeader` is `Authorization`, are sent as bearer tokens. */
export function withAnthropicHeaders({ keyHeader = 'x-api-key', ...endpoint }: Endpoint): Endpoint {
  const hasVersion = Object.keys(endpoint.headers).some((name) => name.toLowerCase() === 'anthropic-version');
  const version = hasVersion ? {} : { 'anthropic-version': '2023-06-01' };
  const isToken = endpoint.auth !== undefined || isVertexMessages(endpoint.baseUrl);
  const isBearer = isToken || keyHeader.toLowerCase() === 'authorization';
  return { ...endpoint, headers: { ...version, ...endpoint.headers }, ...(isBearer ? {} : { keyHeader }) };
}

// A provider with an address of its own is a server, whatever its name or preset.
function isServer({ baseUrl, request, api }: Partial<ProviderSetting> = {}): boolean {
  return baseUrl !== undefined || request !== undefined || api !== undefined;
}

function resolveVscodeEndpoint(
  setting: ProviderSetting | undefined,
  preset: ProviderPreset,
  providerId: string,
): Endpoint {
  const { label = preset.label, contextWindow, fallback, parameters = {} }: ProviderSetting = setting ?? {};
  return {
    providerId,
    label,
    baseUrl: preset.baseUrl,
    api: preset.api,
    headers: {},
    needsKey: false,
    ...withoutUndefined({ contextWindow, fallback, extraBodies: setting && resolveExtraBodies(setting, providerId) }),
    parameters,
  };
}

/** Undefined if the provider was removed, or its settings are invalid. */
export function findEndpoint(settings: Settings, providerId: string): Endpoint | undefined {
  try {
    return resolveEndpoint(settings, providerId);
  } catch {
    return undefined;
  }
}

// The defaults read a response in the shape of a text completion: `{ "choices": [{ "text": "…" }] }`.
function resolveRequest(
  request: RequestSetting,
  { baseUrl }: ProviderSetting,
  { providerId, query }: { readonly providerId: string; readonly query: Readonly<Record<string, string>> },
): HttpApiConfig {
  const url = baseUrl === undefined ? request.url : absoluteUrl(request.url, baseUrl);
  // Checked like any base URL, but used as written: the path of a custom request must not be normalized.
  requireBaseUrl(url, providerId);
  if (!URL.canParse(url.trim())) throw new QuilletError('cfg.url', { providerId, subject: 'invalid' });
  const text = request.text ?? '/choices/0/text';
  return {
    url: withQuery(url.trim(), query),
    method: request.method ?? 'POST',
    body: request.body as JsonValue,
    stream: request.stream ?? 'none',
    text,
    delta: request.delta ?? text,
    finish: request.finish ?? '/choices/0/finish_reason',
    usage: request.usage ?? '/usage',
    error: request.error ?? '/error',
  };
}

function absoluteUrl(url: string, baseUrl: string): string {
  const result = parseBaseUrl(baseUrl);
  return result.ok && URL.canParse(url, `${result.url}/`) ? new URL(url, `${result.url}/`).href : url;
}

function requireAccountServer(auth: Account | undefined, baseUrl: string, providerId: string): void {
  if (auth === undefined) return;
  const { servers, isServer } = ACCOUNT_SERVICES[auth];
  if (isServer(new URL(baseUrl).hostname)) return;
  throw new QuilletError('cfg.field', { providerId, subject: 'auth', code: 'account', parameter: servers });
}

type ParsedUrl = Pick<AcceptedBaseUrl, 'url' | 'api'>;

function requireBaseUrl(text: string, providerId: string): ParsedUrl {
  const result = parseBaseUrl(text);
  if (result.ok) return result;
  throw new QuilletError('cfg.url', { providerId, subject: result.problem });
}

export function mergeParameters(...sets: readonly ParameterSet[]): ParameterSet {
  return Object.assign({}, ...sets) as ParameterSet;
}
