import { l10n, type Memento, window } from 'vscode';
import type { Endpoint } from '../core/chat';
import { QuilletError } from '../core/errors';
import type { Notifier } from '../notifications/notifier';
import { openSetting } from '../platform/commands';
import type { Log } from '../platform/log';
import { resolveEndpoint } from '../providers/endpoint';
import type { Redactor } from '../sanitize/redactor';
import { findSecretsInSettings, type SettingsSecret } from '../settings/common/secretsInSettings';
import type { Configuration } from '../settings/configuration';
import { WorkspaceSettings } from '../settings/workspaceSettings';
import { keyScope } from '../util/origin';
import { throttled } from '../util/throttler';
import type { KeyStore } from './keyStore';

/** Places of keys in the settings that the user was told of once; never the keys. */
const OFFERED_KEY = 'quillet.offeredMoves';

export interface SettingsAuditServices {
  readonly settings: Configuration;
  readonly keys: KeyStore;
  readonly notifier: Notifier;
  readonly redactor: Redactor;
  readonly log: Log;
  readonly memento: Pick<Memento, 'get' | 'update'>;
}

/**
 * Tells users of settings that do not do what somebody thinks: those of a workspace that only the user may set, and keys
 * that stand where settings sync and every extension can read them. Looks only while a command runs.
 */
export class SettingsAudit {
  private readonly workspaceSettings = new WorkspaceSettings();
  private readonly reportedNames = new Set<string>();
  /** A file that changed during one look is read by the next. Many runs can begin while a window that draws answers none. */
  private readonly checkThrottled = throttled(async () => {
    try {
      await this.warnOfIgnored();
      await this.offerToMoveKeys();
    } catch (failure) {
      this.services.log.error('settings', failure);
    }
  });

  constructor(private readonly services: SettingsAuditServices) {}

  /** Looks once more. Nobody waits for it: whatever it finds has no effect on what is sent. */
  check(): void {
    void this.checkThrottled();
  }

  private async warnOfIgnored(): Promise<void> {
    for (const { file, names } of await this.workspaceSettings.findIgnored()) {
      const fresh = names.filter((name) => !this.reportedNames.has(name));
      if (fresh.length === 0) continue;
      for (const name of fresh) this.reportedNames.add(name);
      const list = fresh.join(', ');
      this.services.log.warn('settings', { class: 'cfg.workspace', ignored: list });
      const message = l10n.t('Ignoring workspace settings that only your user settings can change: {0}.', list);
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
    this.services.log.warn('settings', { class: 'cfg.secret', found: names });
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

  private async moveKeys(secrets: readonly SettingsSecret[]): Promise<void> {
    for (const secret of secrets) await this.moveKey(secret);
  }

  /** The setting is emptied only when the key is safe where it belongs. */
  private async moveKey(secret: SettingsSecret): Promise<void> {
    const { keys, settings, notifier } = this.services;
    const endpoint = this.resolveSecretEndpoint(secret);
    const stored = await keys.get(endpoint.baseUrl);
    const isDifferent = stored !== undefined && stored !== secret.key;
    if (isDifferent && !(await confirmReplace(endpoint))) return;
    if ((await keys.set(endpoint.baseUrl, secret.key)) === 'session') {
      notifier.showError(new QuilletError('key.store', { subject: 'session' }));
      return;
    }
    await settings.removeSecret(secret);
    void window.showInformationMessage(
      l10n.t('API key moved to secure storage, for {0} only.', keyScope(endpoint.baseUrl)),
    );
  }

  /** Headers that were meant for every server are taken as those of the one that is used. */
  private resolveSecretEndpoint({ providerId }: SettingsSecret): Endpoint {
    const settings = this.services.settings.read();
    const id = providerId ?? settings.model?.providerId;
    if (id === undefined) throw new QuilletError('cfg.model', { subject: '' });
    return resolveEndpoint(settings, id);
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
