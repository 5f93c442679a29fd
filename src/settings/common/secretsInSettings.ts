import { parseApiKey } from '../../core/apiKey';

/** A key that somebody wrote into the settings, where settings sync and every extension can read it (R15). */
export interface SettingsSecret {
  readonly setting: 'providers' | 'headers';
  /** Where it stands below the setting, such as `['mine', 'headers', 'Authorization']`. */
  readonly path: readonly string[];
  /** The provider whose server it is for; undefined for headers that are sent everywhere. */
  readonly providerId: string | undefined;
  /** The header it was meant for, where that is not `Authorization`. */
  readonly keyHeader?: string;
  /** Never shown, logged or kept anywhere but in the secret storage. */
  readonly key: string;
}

/** Fields of a provider that only a key can be meant by. `apiKeyEnv`, `apiKeyCommand` and `keyHeader` are none of them. */
const KEY_FIELD = /^(?:(?:api|access|auth|secret)?[-_]?(?:key|token)|secret|authorization|auth|bearer|password)$/i;
/** Headers that carry credentials and are never sent from the settings (see `headerRules.ts`). */
const KEY_HEADER = /^(?:authorization|(?:x-)?api-key|x-goog-api-key)$/i;

/** Looks for keys in the user's own `quillet.providers` and `quillet.headers`, as they stand in the settings. */
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

/** The value of a setting without what stands at a path. The original is left as it is. */
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

/** A placeholder such as `none` or `${env:KEY}` is no key, and there would be nothing to move. */
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
