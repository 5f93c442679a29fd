import type { Endpoint } from '../core/chat';
import { type KeySourceName, QuilletError } from '../core/errors';
import { withoutUndefined } from '../util/withoutUndefined';

export function keySourceOf({ apiKeyEnv, apiKeyCommand, auth }: Endpoint): KeySourceName | undefined {
  if (apiKeyEnv !== undefined) return { kind: 'variable', name: apiKeyEnv };
  const program = apiKeyCommand?.[0];
  if (program !== undefined) return { kind: 'command', name: program };
  return auth === undefined ? undefined : { kind: 'account', name: auth };
}

/** Whether requesting the key again may return a new one. */
export function hasFreshKeys({ apiKeyEnv, apiKeyCommand, auth }: Endpoint): boolean {
  return apiKeyEnv === undefined && (apiKeyCommand !== undefined || auth !== undefined);
}

export function withKeySource(error: QuilletError, endpoint: Endpoint, key: string | undefined): QuilletError {
  if (!/^(?:http\.40[13]|key\.format)$/.test(error.kind)) return error;
  const keySource = keySourceOf(endpoint);
  const details = withoutUndefined({ ...error.details, keySource, isKeyMissing: key === undefined || undefined });
  return new QuilletError(error.kind, details, { cause: error.cause });
}
