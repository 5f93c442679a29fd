import { parseBaseUrl } from './baseUrl';
import type { Endpoint, ParameterSet } from './chat';
import { QuilletError } from './errors';
import { isLoopback } from './origin';
import { findPreset, presets } from './providerCatalog';
import type { ProviderSetting, Settings } from './settings';

/** A model that can be asked: its server is known and its key, where one is needed, is there. */
export interface ReadyModel {
  readonly endpoint: Endpoint;
  readonly model: string;
}

/** Ids of the providers a model ref may name: those of the settings, and presets that need no more than their name. */
export function knownProviderIds(settings: Settings): string[] {
  const complete = presets.filter((preset) => preset.baseUrl !== '').map((preset) => preset.id);
  return [...new Set([...Object.keys(settings.providers), ...complete])];
}

/**
 * Joins a provider of the settings with its preset.
 * @throws QuilletError `cfg.provider` when nothing is known under that id, `cfg.url` when its base URL cannot be used.
 */
export function resolveEndpoint(settings: Settings, providerId: string): Endpoint {
  const setting: ProviderSetting | undefined = Object.hasOwn(settings.providers, providerId)
    ? settings.providers[providerId]
    : undefined;
  const preset = findPreset(setting?.preset ?? providerId);
  if (setting === undefined && preset === undefined) {
    throw new QuilletError('cfg.provider', { providerId, subject: knownProviderIds(settings).join(', ') });
  }
  const baseUrl = usableBaseUrl(setting?.baseUrl ?? preset?.baseUrl ?? '', providerId);
  return {
    providerId,
    label: setting?.label ?? (setting?.baseUrl === undefined ? preset?.label : undefined) ?? providerId,
    baseUrl,
    api: setting?.api ?? preset?.api ?? 'chat',
    headers: { ...settings.headers, ...setting?.headers },
    needsKey: setting?.needsKey ?? (preset?.needsKey === true && !isLoopback(baseUrl)),
    ...(setting?.apiKeyEnv === undefined ? {} : { apiKeyEnv: setting.apiKeyEnv }),
    parameters: setting?.parameters ?? {},
  };
}

function usableBaseUrl(text: string, providerId: string): string {
  const result = parseBaseUrl(text);
  if (result.ok) return result.url;
  throw new QuilletError('cfg.url', { providerId, subject: result.problem });
}

/** The narrower set wins field by field: settings, then provider, then prompt. */
export function joinParameters(...sets: readonly ParameterSet[]): ParameterSet {
  return Object.assign({}, ...sets) as ParameterSet;
}
