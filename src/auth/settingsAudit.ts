import { l10n, type Memento, window } from 'vscode';
import type { Endpoint } from '../core/chat';
import { QuilletError } from '../core/errors';
import type { Notifier } from '../notifications/notifier';
import { openSetting } from '../platform/commands';
import type { Log } from '../platform/log';
import { resolveEndpoint } from '../providers/endpoint';
import type { Redactor } from '../sanitize/redactor';
import { findPlainCredentials, findSecretsInSettings, type SettingsSecret } from '../settings/common/secretsInSettings';
import type { Configuration } from '../settings/configuration';
import { findIgnoredSettings } from '../settings/workspaceSettings';
import { keyScope } from '../util/origin';
import { throttled } from '../util/throttler';
import type { KeyStore } from './keyStore';

// Setting paths of keys that the user was already warned about, never the keys.
const OFFERED_KEY = 'quillet.offeredMoves';

export interface SettingsAuditServices {
  readonly settings: Configuration;
  readonly keys: KeyStore;
  readonly notifier: Notifier;
  readonly redactor: Redactor;
  readonly log: Log;
  readonly memento: Pick<Memento, 'get' | 'update'>;
}

/** Warns about ignored workspace settings, and about API keys in settings, which other extensions can read. */
export class SettingsAudit {
  private readonly reportedNames = new Set<string>();
  private readonly checkThrottled = throttled(async () => {
    try {
      await this.warnOfIgnored();
      await this.offerToMoveKeys();
      await this.pointOutCredentials();
    } catch (failure) {
      this.services.log.error('settings', failure);
    }
  });

  constructor(private readonly services: SettingsAuditServices) {}

  /** Runs in the background: the result does not affect what is sent. */
  check(): void {
    void this.checkThrottled();
  }

  private async warnOfIgnored(): Promise<void> {
    for (const { file, names } of await findIgnoredSettings()) {
      const fresh = names.filter((name) => !this.reportedNames.has(name));
      if (fresh.length === 0) continue;
      for (const name of fresh) this.reportedNames.add(name);
      const list = fresh.join(', ');
      this.services.log.warn('settings', { kind: 'cfg.workspace', ignored: list });
      const message = l10n.t('Ignoring workspace settings that Quillet reads only from your user settings: {0}.', list);
      this.services.notifier.warn(message, {
        label: l10n.t('Open Settings File'),
        run: async () => void (await window.showTextDocument(file)),
      });
    }
  }

  private async offerToMoveKeys(): Promise<void> {
    const found = findSecretsInSettings(this.services.settings.readUserValues());
    if (found.length === 0) return;
    for (const { key } of found) this.services.redactor.addSecret(key);
    const offered = this.services.memento.get<readonly string[]>(OFFERED_KEY, []);
    const fresh = found.filter((secret) => !offered.includes(settingPath(secret)));
    if (fresh.length === 0) return;
    await this.services.memento.update(OFFERED_KEY, [...offered, ...fresh.map(settingPath)]);
    const names = fresh.map(settingPath).join(', ');
    this.services.log.warn('settings', { kind: 'cfg.secret', found: names });
    const message = l10n.t(
      "Your settings contain an API key ({0}) that extensions and Settings Sync can read. Quillet doesn't use it from there. Move it to secure storage?",
      names,
    );
    this.services.notifier.warn(
      message,
      { label: l10n.t('Move'), run: () => this.moveKeys(fresh) },
      { label: l10n.t('Open Settings'), run: () => openSetting('quillet.providers') },
    );
  }

  private async pointOutCredentials(): Promise<void> {
    const { settings, memento, log, notifier } = this.services;
    const offered = memento.get<readonly string[]>(OFFERED_KEY, []);
    const fresh = findPlainCredentials(settings.readUserValues()).filter((path) => !offered.includes(path));
    if (fresh.length === 0) return;
    await memento.update(OFFERED_KEY, [...offered, ...fresh]);
    const names = fresh.join(', ');
    log.warn('settings', { kind: 'cfg.secret', found: names });
    const message = l10n.t(
      'A header in your settings looks like a credential ({0}), which extensions and Settings Sync can read. Write {1} instead, and Quillet will ask for it.',
      names,
      '${secret:name}',
    );
    notifier.warn(message, { label: l10n.t('Open Settings'), run: () => openSetting('quillet.providers') });
  }

  private async moveKeys(secrets: readonly SettingsSecret[]): Promise<void> {
    for (const secret of secrets) await this.moveKey(secret);
  }

  // Removes the key from the settings only after it was stored.
  private async moveKey(secret: SettingsSecret): Promise<void> {
    const { keys, settings, notifier } = this.services;
    const endpoint = this.findEndpointOf(secret);
    if (endpoint === undefined) {
      const place = settingPath(secret);
      notifier.warn(
        l10n.t("{0} doesn't say which server the API key is for. Delete it there, and run Set API Key….", place),
        { label: l10n.t('Open Settings'), run: () => openSetting('quillet.providers') },
      );
      return;
    }
    const stored = await keys.get(endpoint.baseUrl);
    const isDifferent = stored !== undefined && stored !== secret.key;
    if (isDifferent && !(await confirmReplace(endpoint))) return;
    if ((await keys.set(endpoint.baseUrl, secret.key)) === 'session') {
      notifier.showError(new QuilletError('key.store', { subject: 'session' }));
      return;
    }
    await settings.removeSecret(secret);
    void window.showInformationMessage(
      l10n.t('API key moved to secure storage. It is sent only to {0}.', keyScope(endpoint.baseUrl)),
    );
  }

  // A key in the headers for all providers is assigned to the selected provider, if that is a server.
  private findEndpointOf({ providerId }: SettingsSecret): Endpoint | undefined {
    const settings = this.services.settings.read();
    const id = providerId ?? settings.model?.providerId;
    const endpoint = id === undefined ? undefined : resolveEndpoint(settings, id);
    return endpoint?.api === 'vscode' ? undefined : endpoint;
  }
}

function settingPath({ setting, path }: SettingsSecret): string {
  return ['quillet', setting, ...path].join('.');
}

async function confirmReplace(endpoint: Endpoint): Promise<boolean> {
  const button = l10n.t('Replace');
  const question = l10n.t('A different API key is already stored for {0}. Replace it?', keyScope(endpoint.baseUrl));
  return (await window.showWarningMessage(question, { modal: true }, button)) === button;
}
