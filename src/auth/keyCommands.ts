import { l10n, type QuickPickItem, QuickPickItemKind, window } from 'vscode';
import type { Endpoint } from '../core/chat';
import { QuilletError, toQuilletError } from '../core/errors';
import { keySourceText } from '../notifications/keyMessages';
import type { Notifier } from '../notifications/notifier';
import { type CommandTable, openSetting } from '../platform/commands';
import { getEnvironmentVariable } from '../platform/environment';
import type { Log } from '../platform/log';
import { findEndpoint, knownProviderIds, resolveEndpoint } from '../providers/endpoint';
import { keySourceOf } from '../providers/keySource';
import type { Redactor } from '../sanitize/redactor';
import type { Configuration } from '../settings/configuration';
import { keyScope } from '../util/origin';
import type { AccountTokens } from './accountTokens';
import type { CommandKeys } from './commandKeys';
import type { EndpointConsent } from './endpointConsent';
import { promptForKey } from './keyPrompt';
import type { KeyStore, StoredKey } from './keyStore';

export interface KeyCommandsServices {
  readonly keys: KeyStore;
  readonly commandKeys: CommandKeys;
  readonly accountTokens: AccountTokens;
  readonly consent: EndpointConsent;
  readonly settings: Configuration;
  readonly notifier: Notifier;
  readonly redactor: Redactor;
  readonly log: Log;
  /** Tries a key on the server. Throws if the server does not accept it or cannot be reached. */
  readonly checkKey: (endpoint: Endpoint, key: string, signal: AbortSignal) => Promise<void>;
}

/** Commands to set and delete API keys, and the lookup of the key for a request. Commands never return a key. */
export class KeyCommands {
  constructor(private readonly services: KeyCommandsServices) {}

  commands(): CommandTable<'quillet.setKey' | 'quillet.deleteKey'> {
    return {
      'quillet.setKey': async (argument) => {
        const endpoint = await this.setKey(argument);
        if (endpoint === undefined) return;
        this.services.notifier.inform(l10n.t('API key saved for {0}.', keyScope(endpoint.baseUrl)));
      },
      // Ignores arguments, so that only the user chooses which key to delete.
      'quillet.deleteKey': () => this.deleteKey(),
    };
  }

  /** Every request passes through here, so this is also the final consent check for the endpoint. */
  async getKey(endpoint: Endpoint, signal?: AbortSignal): Promise<string | undefined> {
    await this.services.consent.require(endpoint);
    const { apiKeyEnv, apiKeyCommand, auth } = endpoint;
    if (apiKeyEnv !== undefined) {
      const value = getEnvironmentVariable(apiKeyEnv)?.trim();
      if (value !== undefined) this.services.redactor.addSecret(value);
      return value;
    }
    if (apiKeyCommand !== undefined) return this.services.commandKeys.get(endpoint, signal);
    if (auth !== undefined) return this.services.accountTokens.get(auth, endpoint);
    return this.services.keys.get(endpoint.baseUrl);
  }

  /** Whether a run would send a key. Neither asks the user nor runs a program. */
  async hasKey(endpoint: Endpoint): Promise<boolean> {
    const { apiKeyEnv, apiKeyCommand, auth, needsKey } = endpoint;
    // A run asks for a missing key if one is needed.
    if (needsKey || apiKeyCommand !== undefined || auth !== undefined) return true;
    if (apiKeyEnv !== undefined) return (getEnvironmentVariable(apiKeyEnv)?.trim() ?? '') !== '';
    return (await this.services.keys.get(endpoint.baseUrl)) !== undefined;
  }

  /** Fills the cache of the key store early, because reading secret storage takes a round trip. */
  prefetchKey(endpoint: Endpoint): void {
    if (keySourceOf(endpoint) === undefined) void this.services.keys.get(endpoint.baseUrl).catch(() => undefined);
  }

  /** Asks for consent to the endpoint and for a missing key, if needed. Returns false if there is still no key. */
  async ensureKey(endpoint: Endpoint): Promise<boolean> {
    const isStored = keySourceOf(endpoint) === undefined;
    const isMissing = async () => endpoint.needsKey && (await this.getKey(endpoint)) === undefined;
    // The prompt for a first key shows the address, so no separate consent is needed.
    const isFirst = isStored && endpoint.needsKey && !this.services.consent.hasMoved(endpoint);
    if (isFirst && (await this.services.keys.get(endpoint.baseUrl)) === undefined)
      return this.promptForMissingKey(endpoint);
    await this.services.consent.require(endpoint);
    if (isStored && !endpoint.needsKey) {
      // Do not wait: the request reads the cached key later and reports failures.
      void this.getKey(endpoint).catch(() => undefined);
      return true;
    }
    if (!(await isMissing())) return true;
    return isStored && this.promptForMissingKey(endpoint);
  }

  async requestKey(endpoint: Endpoint, message?: string): Promise<boolean> {
    const check = async (key: string, signal: AbortSignal) => {
      this.services.redactor.addSecret(key);
      try {
        await this.services.checkKey(endpoint, key, signal);
        return undefined;
      } catch (thrown) {
        return this.services.notifier.formatError(toQuilletError(thrown));
      }
    };
    const key = await promptForKey({ endpoint, message, check });
    if (key === undefined) return false;
    const persistence = await this.services.keys.set(endpoint.baseUrl, key);
    await this.services.consent.grant(endpoint);
    if (persistence === 'session') {
      this.services.log.warn('key', { kind: 'key.volatile', scope: keyScope(endpoint.baseUrl) });
      this.services.notifier.showError(new QuilletError('key.store', { subject: 'session' }));
    }
    return true;
  }

  /** Returns undefined if dismissed, or if the key comes from elsewhere. */
  async setKey(argument: unknown): Promise<Endpoint | undefined> {
    const endpoint = await this.chooseEndpoint(argument, l10n.t('Choose a provider to set its API key'));
    if (endpoint === undefined) return undefined;
    const source = keySourceOf(endpoint);
    if (source === undefined) return (await this.requestKey(endpoint)) ? endpoint : undefined;
    const message = l10n.t(
      "{0} gets its API key from {1} (set in quillet.providers), so it wouldn't use a stored key.",
      endpoint.label,
      keySourceText(source),
    );
    this.services.notifier.inform(message, {
      label: l10n.t('Open Settings'),
      run: () => openSetting('quillet.providers'),
    });
    return undefined;
  }

  private async promptForMissingKey(endpoint: Endpoint): Promise<boolean> {
    if (await this.services.keys.wasLost(endpoint.baseUrl)) {
      this.services.log.warn('key', { kind: 'key.volatile', scope: keyScope(endpoint.baseUrl) });
      const { providerId, label: providerLabel } = endpoint;
      this.services.notifier.showError(new QuilletError('key.store', { subject: 'lost', providerId, providerLabel }));
    }
    return this.requestKey(endpoint);
  }

  private async deleteKey(): Promise<void> {
    const stored = await this.services.keys.list();
    if (stored.length === 0) {
      void window.showInformationMessage(l10n.t('There are no stored API keys.'));
      return;
    }
    const placeHolder = l10n.t('Choose an API key to delete');
    const picked = await window.showQuickPick(this.buildItems(stored), { placeHolder, matchOnDescription: true });
    if (picked === undefined) return;
    const scopes = picked.scope === undefined ? stored.map(({ scope }) => scope) : [picked.scope];
    if (picked.scope === undefined && !(await confirmDeleteAll(scopes.length))) return;
    for (const scope of scopes) {
      await this.services.keys.delete(scope);
      this.services.log.info('key', { kind: 'key.deleted', scope });
    }
    void window.showInformationMessage(
      picked.scope === undefined
        ? l10n.t('Deleted all API keys.')
        : l10n.t('Deleted the API key for {0}.', picked.scope),
    );
  }

  private buildItems(stored: readonly StoredKey[]): KeyItem[] {
    const endpoints = this.listEndpoints();
    const items: KeyItem[] = stored.map(({ scope, persistence }) => {
      const [origin] = scope.split(' ');
      const labels = endpoints.filter(({ baseUrl }) => keyScope(baseUrl) === origin).map(({ label }) => label);
      const label = labels.length === 0 ? l10n.t('not used by any provider') : labels.join(', ');
      const description = persistence === 'session' ? l10n.t('{0} (until you close this window)', label) : label;
      return { label: scope, description, scope };
    });
    return [
      ...items,
      { label: '', kind: QuickPickItemKind.Separator },
      { label: l10n.t('All keys ({0})', String(stored.length)) },
    ];
  }

  // An argument may select a configured provider, but never provide an address or a key.
  private async chooseEndpoint(argument: unknown, placeHolder: string): Promise<Endpoint | undefined> {
    const settings = this.services.settings.read();
    const ids = knownProviderIds(settings);
    const named =
      typeof argument === 'string' && ids.includes(argument) ? resolveEndpoint(settings, argument) : undefined;
    if (named !== undefined && named.api !== 'vscode') return named;
    const current = settings.model?.providerId;
    const items: (QuickPickItem & { endpoint: Endpoint })[] = this.listEndpoints()
      .sort((left, right) => Number(right.providerId === current) - Number(left.providerId === current))
      .map((endpoint) => ({ label: endpoint.label, description: keyScope(endpoint.baseUrl), endpoint }));
    return (await window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.endpoint;
  }

  private listEndpoints(): Endpoint[] {
    const settings = this.services.settings.read();
    return (
      knownProviderIds(settings)
        .map((id) => findEndpoint(settings, id))
        .filter((endpoint) => endpoint !== undefined)
        // VS Code's own models need no key.
        .filter(({ api }) => api !== 'vscode')
    );
  }
}

// Without a scope: all keys.
interface KeyItem extends QuickPickItem {
  readonly scope?: string;
}

async function confirmDeleteAll(count: number): Promise<boolean> {
  const button = l10n.t('Delete All');
  const question = l10n.t('Delete all API keys stored by Quillet ({0})?', String(count));
  return (await window.showWarningMessage(question, { modal: true }, button)) === button;
}
