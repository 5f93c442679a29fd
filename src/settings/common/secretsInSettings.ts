import { parseApiKey } from '../../core/apiKey';

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
const KEY_FIELD =
  /^(?:(?:api|access|auth|secret|subscription)?[-_]?(?:key|token)|(?:client[-_]?)?secret|authorization|auth|bearer|password|sig|signature)$/i;
export function isKeyName(name: string): boolean {
  return KEY_FIELD.test(name) || KEY_HEADER.test(name);
}

const KEY_HEADER = /^(?:authorization|(?:x-)?api-key|x-goog-api-key)$/i;

/** Finds keys in the unvalidated values of `quillet.providers` and `quillet.headers`. */
export function findSecretsInSettings(raw: {
  readonly providers?: unknown;
  readonly headers?: unknown;
}): readonly SettingsSecret[] {
  return [
    ...findHeaderSecrets(raw.headers, { setting: 'headers', path: [], providerId: undefined }),
    ...entriesOf(raw.providers).flatMap(([providerId, provider]) =>
      entriesOf(provider).flatMap(([field, value]) => {
        const place: Place = { setting: 'providers', path: [providerId, field], providerId };
        if (field === 'headers') return findHeaderSecrets(value, place);
        if (field === 'query') return findQuerySecrets(value, place);
        // `auth` may name an account.
        const isAccount = value === 'microsoft' || value === 'github';
        return KEY_FIELD.test(field) && !isAccount ? findSecret(value, place) : [];
      }),
    ),
  ];
}

/** Paths of other headers that look like credentials. They are sent as written. */
export function findPlainCredentials(raw: {
  readonly providers?: unknown;
  readonly headers?: unknown;
}): readonly string[] {
  const findIn = (headers: unknown, path: string): string[] =>
    entriesOf(headers).flatMap(([name, value]) => (isPlainCredential(name, value) ? [`${path}.${name}`] : []));
  return [
    ...findIn(raw.headers, 'quillet.headers'),
    ...entriesOf(raw.providers).flatMap(([id, provider]) =>
      entriesOf(provider).flatMap(([field, value]) =>
        field === 'headers' ? findIn(value, `quillet.providers.${id}.headers`) : [],
      ),
    ),
  ];
}

function isPlainCredential(name: string, value: unknown): boolean {
  const isNamed = /key|token|secret|password|credential|signature/i.test(name) && !KEY_HEADER.test(name);
  return isNamed && typeof value === 'string' && /^\S{16,}$/.test(value) && !value.includes('${');
}

type Place = Pick<SettingsSecret, 'setting' | 'path' | 'providerId'>;

function findHeaderSecrets(headers: unknown, place: Place): SettingsSecret[] {
  return entriesOf(headers)
    .filter(([name]) => KEY_HEADER.test(name))
    .flatMap(([name, value]) => {
      const found = findSecret(value, { ...place, path: [...place.path, name] });
      return name.toLowerCase() === 'authorization' ? found : found.map((secret) => ({ ...secret, keyHeader: name }));
    });
}

function findQuerySecrets(query: unknown, place: Place): SettingsSecret[] {
  return entriesOf(query).flatMap(([name, value]) =>
    isKeyName(name) ? findSecret(value, { ...place, path: [...place.path, name] }) : [],
  );
}

// Ignores placeholders such as `none` or `${env:KEY}`.
function findSecret(value: unknown, place: Place): SettingsSecret[] {
  if (typeof value !== 'string' || value.length < 8 || value.includes('${')) return [];
  const result = parseApiKey(value);
  return result.ok ? [{ ...place, key: result.key }] : [];
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

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
