import type { ExtensionContext } from 'vscode';
import { AccountTokens } from '../auth/accountTokens';
import { CommandKeys } from '../auth/commandKeys';
import { EndpointConsent } from '../auth/endpointConsent';
import { HeaderSecrets } from '../auth/headerSecrets';
import { KeyCommands, type KeyCommandsServices } from '../auth/keyCommands';
import { KeyStore } from '../auth/keyStore';
import type { Register, Services } from './services';

export type CheckKey = KeyCommandsServices['checkKey'];

export function createKeys(
  context: ExtensionContext,
  register: Register,
  services: Services & { readonly checkKey: CheckKey },
) {
  const { redactor, log, notifier, settings, checkKey } = services;
  const keys = register(new KeyStore(context, redactor));
  register(keys.onDidChange((scope) => log.info('key', { kind: 'key.changed', scope })));
  const commandKeys = register(new CommandKeys(redactor));
  const accountTokens = new AccountTokens(redactor);
  const consent = new EndpointConsent(context.globalState, log);
  const shared = { keys, consent, settings, notifier };
  const keyCommands = new KeyCommands({ ...shared, commandKeys, accountTokens, redactor, log, checkKey });
  notifier.requestKey = async (providerId) => (await keyCommands.setKey(providerId)) !== undefined;
  return { keys, commandKeys, consent, keyCommands, headerSecrets: new HeaderSecrets(shared) };
}

export type KeyServices = ReturnType<typeof createKeys>;
