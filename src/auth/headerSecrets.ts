import { l10n, type QuickPickItem, window } from 'vscode';
import { parseApiKey } from '../core/apiKey';
import type { Endpoint } from '../core/chat';
import { QuilletError } from '../core/errors';
import type { Notifier } from '../notifications/notifier';
import { promptForValue } from '../platform/checkedInput';
import { type CommandTable, openSetting } from '../platform/commands';
import { findEndpoint, knownProviderIds } from '../providers/endpoint';
import { fillHeaderSecrets, findHeaderSecrets } from '../providers/headerSecrets';
import type { Configuration } from '../settings/configuration';
import { keyScope } from '../util/origin';
import type { EndpointConsent } from './endpointConsent';
import { describeKeyProblem } from './keyPrompt';
import type { KeyStore } from './keyStore';

export interface HeaderSecretsServices {
  readonly keys: KeyStore;
  readonly consent: EndpointConsent;
  readonly settings: Configuration;
  readonly notifier: Notifier;
}

interface NamedSecret {
  readonly endpoint: Endpoint;
  readonly name: string;
}

/** Secrets in headers, written as `${secret:name}` and stored like API keys, for one origin. */
export class HeaderSecrets {
  constructor(private readonly services: HeaderSecretsServices) {}

  commands(): CommandTable<'quillet.setSecret'> {
    return { 'quillet.setSecret': () => this.setSecret() };
  }

  /** The headers to send. @throws QuilletError `key.secret` */
  async resolve(endpoint: Endpoint): Promise<Endpoint['headers']> {
    const names = findHeaderSecrets(endpoint.headers);
    if (names.length === 0) return endpoint.headers;
    await this.services.consent.require(endpoint);
    const secrets = new Map<string, string>();
    for (const name of names) {
      const secret = await this.services.keys.get(endpoint.baseUrl, name);
      if (secret === undefined) {
        throw new QuilletError('key.secret', { subject: name, providerLabel: endpoint.label });
      }
      secrets.set(name, secret);
    }
    return fillHeaderSecrets(endpoint.headers, secrets);
  }

  /** Asks for missing secrets. Returns false if one is still missing. */
  async ensure(endpoint: Endpoint): Promise<boolean> {
    const { consent, keys } = this.services;
    for (const name of findHeaderSecrets(endpoint.headers)) {
      if ((await keys.get(endpoint.baseUrl, name)) !== undefined) continue;
      // The box for a secret shows the new address, but not that it has changed.
      if (consent.hasMoved(endpoint)) await consent.require(endpoint);
      if (!(await this.ask({ endpoint, name }))) return false;
    }
    return true;
  }

  private async setSecret(): Promise<void> {
    const secrets = this.listSecrets();
    if (secrets.length === 0) {
      const message = l10n.t(
        'No header uses a secret. Write it as {0} in the headers of a provider.',
        '${secret:name}',
      );
      this.services.notifier.inform(message, {
        label: l10n.t('Open Settings'),
        run: () => openSetting('quillet.providers'),
      });
      return;
    }
    const chosen = secrets.length === 1 ? secrets[0] : await pickSecret(secrets);
    if (chosen === undefined || !(await this.ask(chosen))) return;
    const { name, endpoint } = chosen;
    this.services.notifier.inform(l10n.t('Secret "{0}" saved for {1}.', name, keyScope(endpoint.baseUrl)));
  }

  private listSecrets(): readonly NamedSecret[] {
    const settings = this.services.settings.read();
    const configured = new Set([
      ...Object.keys(settings.providers),
      ...(settings.model ? [settings.model.providerId] : []),
    ]);
    return knownProviderIds(settings)
      .filter((id) => configured.has(id))
      .flatMap((id) => findEndpoint(settings, id) ?? [])
      .flatMap((endpoint) => findHeaderSecrets(endpoint.headers).map((name) => ({ endpoint, name })));
  }

  private async ask({ endpoint, name }: NamedSecret): Promise<boolean> {
    const scope = keyScope(endpoint.baseUrl);
    const secret = await promptForValue({
      title: l10n.t('Secret "{0}" for {1}', name, endpoint.label),
      prompt: l10n.t('Paste the secret. VS Code stores it securely, and Quillet sends it only to {0}.', scope),
      isPassword: true,
      validate: (text) => (text === '' ? undefined : describeKeyProblem(parseApiKey(text))),
      check: (text) => {
        const result = parseApiKey(text);
        return result.ok ? { value: result.key } : { message: describeKeyProblem(result) ?? '' };
      },
    });
    if (secret === undefined) return false;
    const persistence = await this.services.keys.set(endpoint.baseUrl, secret, name);
    await this.services.consent.grant(endpoint);
    if (persistence === 'session') {
      this.services.notifier.showError(new QuilletError('key.store', { subject: 'session' }));
    }
    return true;
  }
}

async function pickSecret(secrets: readonly NamedSecret[]): Promise<NamedSecret | undefined> {
  const items: (QuickPickItem & { secret: NamedSecret })[] = secrets.map((secret) => ({
    label: secret.name,
    description: secret.endpoint.label,
    detail: keyScope(secret.endpoint.baseUrl),
    secret,
  }));
  const placeHolder = l10n.t('Choose a secret to set');
  return (await window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.secret;
}
