import { l10n, type QuickPickItem, window } from 'vscode';
import type { Endpoint } from '../core/chat';
import { knownProviderIds, resolveEndpoint } from '../core/endpoint';
import { QuilletError } from '../core/errors';
import { keyScope } from '../core/origin';
import type { Redactor } from '../core/redact';
import type { CommandTable } from '../host/commands';
import { environmentVariable } from '../host/environment';
import type { ErrorPresenter } from '../host/errorPresenter';
import { promptForKey } from '../host/keyPrompt';
import type { KeyStore } from '../host/keyStore';
import type { SettingsReader } from '../host/settingsReader';

export interface KeyCommandsParts {
  readonly keys: KeyStore;
  readonly settings: SettingsReader;
  readonly presenter: ErrorPresenter;
  readonly redactor: Redactor;
}

/** Sets and deletes keys, and finds the one a request may carry. A key never leaves through a command. */
export class KeyCommands {
  constructor(private readonly parts: KeyCommandsParts) {}

  commands(): CommandTable<'quillet.setKey' | 'quillet.deleteKey'> {
    return {
      'quillet.setKey': (argument) => this.setKey(argument),
      'quillet.deleteKey': (argument) => this.deleteKey(argument),
    };
  }

  /** The key for an endpoint: from the variable the user named for it, else from the secret storage. */
  async keyFor(endpoint: Endpoint): Promise<string | undefined> {
    if (endpoint.apiKeyEnv === undefined) return this.parts.keys.get(endpoint.baseUrl);
    const value = environmentVariable(endpoint.apiKeyEnv)?.trim();
    if (value !== undefined) this.parts.redactor.remember(value);
    return value;
  }

  /** Asks for a key where one is needed and missing. False when there is still none. */
  async ensureKey(endpoint: Endpoint): Promise<boolean> {
    if (!endpoint.needsKey || (await this.keyFor(endpoint)) !== undefined) return true;
    return endpoint.apiKeyEnv === undefined && this.askAndStore(endpoint);
  }

  private async setKey(argument: unknown): Promise<void> {
    const endpoint = await this.chooseEndpoint(argument, l10n.t('Set the API key of which provider?'));
    if (endpoint === undefined) return;
    if (await this.askAndStore(endpoint)) {
      void window.showInformationMessage(l10n.t('The API key for {0} is set.', keyScope(endpoint.baseUrl)));
    }
  }

  private async askAndStore(endpoint: Endpoint): Promise<boolean> {
    const key = await promptForKey(endpoint);
    if (key === undefined) return false;
    const persistence = await this.parts.keys.set(endpoint.baseUrl, key);
    if (persistence === 'session') this.parts.presenter.show(new QuilletError('key.store', { subject: 'session' }));
    return true;
  }

  private async deleteKey(argument: unknown): Promise<void> {
    const endpoint = await this.chooseEndpoint(argument, l10n.t('Delete the API key of which provider?'));
    if (endpoint === undefined) return;
    await this.parts.keys.delete(endpoint.baseUrl);
    void window.showInformationMessage(l10n.t('The API key for {0} is deleted.', keyScope(endpoint.baseUrl)));
  }

  /** An argument can only name a provider the user already has; it can neither bring an address nor a key. */
  private async chooseEndpoint(argument: unknown, placeHolder: string): Promise<Endpoint | undefined> {
    const settings = this.parts.settings.read();
    const ids = knownProviderIds(settings);
    if (typeof argument === 'string' && ids.includes(argument)) return resolveEndpoint(settings, argument);
    const current = settings.model?.providerId;
    const items: (QuickPickItem & { endpoint: Endpoint })[] = ids
      .map((id) => resolveOrSkip(() => resolveEndpoint(settings, id)))
      .filter((endpoint) => endpoint !== undefined)
      .sort((left, right) => Number(right.providerId === current) - Number(left.providerId === current))
      .map((endpoint) => ({ label: endpoint.label, description: keyScope(endpoint.baseUrl), endpoint }));
    return (await window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.endpoint;
  }
}

/** A provider whose address cannot be used has no place to keep a key for. */
function resolveOrSkip(resolve: () => Endpoint): Endpoint | undefined {
  try {
    return resolve();
  } catch {
    return undefined;
  }
}
