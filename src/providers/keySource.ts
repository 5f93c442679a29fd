import type { Endpoint } from '../core/chat';
import { type KeySourceName, QuilletError } from '../core/errors';
import { withoutUndefined } from '../util/withoutUndefined';

export function keySourceOf({ apiKeyEnv, apiKeyCommand }: Endpoint): KeySourceName | undefined {
  if (apiKeyEnv !== undefined) return { kind: 'variable', name: apiKeyEnv };
  const program = apiKeyCommand?.[0];
  return program === undefined ? undefined : { kind: 'command', name: program };
}

export function withKeySource(error: QuilletError, endpoint: Endpoint, key: string | undefined): QuilletError {
  if (!/^(?:http\.40[13]|key\.format)$/.test(error.kind)) return error;
  const keySource = keySourceOf(endpoint);
  const details = withoutUndefined({ ...error.details, keySource, isKeyMissing: key === undefined || undefined });
  return new QuilletError(error.kind, details, { cause: error.cause });
}
