import { parseApiKey } from '../../core/apiKey';

/** A key in the settings, where Settings Sync and every extension can read it. */
export interface SettingsSecret {
  readonly setting: 'providers' | 'headers';
  /** Below the setting, such as `['mine', 'headers', 'Authorization']`. */
  readonly path: readonly string[];
  /** Undefined for a header that is sent to all providers. */
  readonly providerId: string | undefined;
  readonly keyHeader?: string;
  readonly key: string;
}

// Must not match `apiKeyEnv`, `apiKeyCommand` and `keyHeader`, which contain no key.
const KEY_FIELD = /^(?:(?:api|access|auth|secret)?[-_]?(?:key|token)|secret|authorization|auth|bearer|password)$/i;
const KEY_HEADER = /^(?:authorization|(?:x-)?api-key|x-goog-api-key)$/i;

/** Finds keys in the unvalidated values of `quillet.providers` and `quillet.headers`. */
export function findSecretsInSettings(raw: {
  readonly providers?: unknown;
  readonly headers?: unknown;
}): readonly SettingsSecret[] {
  return [
    ...entriesOf(raw.headers).flatMap(([name, value]) => findHeaderSecret('headers', [name], value, undefined)),
    ...entriesOf(raw.providers).flatMap(([id, provider]) =>
      entriesOf(provider).flatMap(([field, value]) => {
        if (field === 'headers') {
          return entriesOf(value).flatMap(([name, text]) =>
            findHeaderSecret('providers', [id, 'headers', name], text, id),
          );
        }
        return KEY_FIELD.test(field) ? findSecret('providers', [id, field], value, id) : [];
      }),
    ),
  ];
}

export function omitPath(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    entriesOf(value).flatMap(([key, inner]) => {
      if (key !== name) return [[key, inner]];
      return rest.length === 0 ? [] : [[key, omitPath(inner, rest)]];
    }),
  );
}

type Setting = SettingsSecret['setting'];

function findHeaderSecret(
  setting: Setting,
  path: string[],
  value: unknown,
  providerId: string | undefined,
): SettingsSecret[] {
  const name = path.at(-1) ?? '';
  if (!KEY_HEADER.test(name)) return [];
  const isAuthorization = name.toLowerCase() === 'authorization';
  return findSecret(setting, path, value, providerId).map((found) =>
    isAuthorization ? found : { ...found, keyHeader: name },
  );
}

// Ignores placeholders such as `none` or `${env:KEY}`.
function findSecret(
  setting: Setting,
  path: string[],
  value: unknown,
  providerId: string | undefined,
): SettingsSecret[] {
  if (typeof value !== 'string' || value.length < 8 || value.includes('${')) return [];
  const result = parseApiKey(value);
  return result.ok ? [{ setting, path, providerId, key: result.key }] : [];
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
