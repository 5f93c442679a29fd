import { l10n, window } from 'vscode';
import type { KeyStore } from '../auth/keyStore';
import { findEndpoint } from '../providers/endpoint';
import { findPreset } from '../providers/presets';
import type { Configuration } from '../settings/configuration';
import { keyScope } from '../util/origin';

export interface RemoveProviderServices {
  readonly settings: Configuration;
  readonly keys: KeyStore;
}

/** Removes a provider from the settings, and its API key unless another provider uses the same one. */
export async function removeProvider({ settings, keys }: RemoveProviderServices): Promise<void> {
  const current = settings.read();
  const items = Object.entries(current.providers).map(([id, { label }]) => {
    const endpoint = findEndpoint(current, id);
    const scope = endpoint && keyScope(endpoint.baseUrl);
    return { label: label ?? findPreset(id)?.label ?? id, description: scope ?? '', id, scope };
  });
  if (items.length === 0) {
    void window.showInformationMessage(l10n.t('There are no providers to remove.'));
    return;
  }
  const placeHolder = l10n.t('Choose a provider to remove');
  const picked = await window.showQuickPick(items, { placeHolder, matchOnDescription: true });
  if (picked === undefined) return;
  const { id, label, scope } = picked;
  const isShared = items.some((item) => item.id !== id && item.scope === scope);
  const keyToDelete = isShared ? undefined : (await keys.list()).find((stored) => stored.scope === scope)?.scope;
  const button = l10n.t('Remove');
  const detail = keyToDelete === undefined ? '' : l10n.t('This also deletes the API key for {0}.', keyToDelete);
  const question = l10n.t('Remove "{0}" from your settings?', label);
  if ((await window.showWarningMessage(question, { modal: true, detail }, button)) !== button) return;
  await settings.removeProvider(id);
  if (keyToDelete !== undefined) await keys.delete(keyToDelete);
  void window.showInformationMessage(l10n.t('Removed "{0}".', label));
}
