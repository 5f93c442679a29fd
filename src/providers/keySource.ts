import type { Endpoint } from '../core/chat';
import { type KeySourceName, QuilletError } from '../core/errors';

/** What the user named as the source of the key, or undefined where it is in the secret storage. */
export function keySourceOf({ apiKeyEnv, apiKeyCommand }: Endpoint): KeySourceName | undefined {
  if (apiKeyEnv !== undefined) return { kind: 'variable', name: apiKeyEnv };
  const program = apiKeyCommand?.[0];
  return program === undefined ? undefined : { kind: 'command', name: program };
}

/** A refused key as an error that says which source it came from: a stored key would not help there. */
export function withKeySource(error: QuilletError, endpoint: Endpoint): QuilletError {
  const keySource = keySourceOf(endpoint);
  if (keySource === undefined || !/^(?:http\.401|key\.format)$/.test(error.kind)) return error;
  return new QuilletError(error.kind, { ...error.details, keySource }, { cause: error.cause });
}
