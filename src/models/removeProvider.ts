import { l10n, window } from 'vscode';
import type { KeyStore } from '../auth/keyStore';
import { hostOf } from '../core/chat';
import { findEndpoint } from '../providers/endpoint';
import { findPreset } from '../providers/presets';
import type { Configuration } from '../settings/configuration';
import { keyScope } from '../util/origin';

export interface RemoveProviderServices {
  readonly settings: Configuration;
  readonly keys: KeyStore;
}

/** Removes a provider from the settings, and its API key and secrets unless another provider uses the same ones. */
export async function removeProvider({ settings, keys }: RemoveProviderServices): Promise<void> {
  const current = settings.read();
  const items = Object.entries(current.providers).map(([id, { label }]) => {
    const endpoint = findEndpoint(current, id);
    const scope = endpoint && keyScope(endpoint.baseUrl);
    const description = endpoint?.api === 'vscode' ? hostOf(endpoint) : (scope ?? '');
    return { label: label ?? findPreset(id)?.label ?? id, description, id, scope };
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
  const stored = isShared ? [] : (await keys.list()).map((key) => key.scope);
  // The name of a secret follows the scope.
  const toDelete = stored.filter((name) => name.split(' ', 1)[0] === scope);
  const button = l10n.t('Remove');
  const detail = describeDeletion(toDelete, scope);
  const question = l10n.t('Remove "{0}" from your settings?', label);
  if ((await window.showWarningMessage(question, { modal: true, detail }, button)) !== button) return;
  await settings.removeProvider(id);
  for (const name of toDelete) await keys.delete(name);
  void window.showInformationMessage(l10n.t('Removed "{0}".', label));
}

function describeDeletion(names: readonly string[], scope = ''): string {
  if (names.length === 0) return '';
  if (!names.includes(scope)) return l10n.t('This also deletes the secrets for {0}.', scope);
  return names.length === 1
    ? l10n.t('This also deletes the API key for {0}.', scope)
    : l10n.t('This also deletes the API key and the secrets for {0}.', scope);
}
