import { l10n, type QuickPickItem, window } from 'vscode';
import type { HeaderSecrets } from '../auth/headerSecrets';
import { type Endpoint, formatModelRef, parseModelRef } from '../core/chat';
import { QuilletError } from '../core/errors';
import type { CommandTable } from '../platform/commands';
import { findEndpoint, knownProviderIds, type ResolvedModel, resolveEndpoint } from '../providers/endpoint';
import { findPreset } from '../providers/presets';
import { modelIds, type Settings } from '../settings/common/settings';
import { keyScope } from '../util/origin';
import { withoutUndefined } from '../util/withoutUndefined';
import { type ConnectionTestServices, testConnection } from './connectionTest';
import { pickModels } from './multiModelPicker';
import { type ChosenModel, ProviderSetup, type ProviderSetupServices } from './providerSetup';

export interface ModelSetupServices
  extends Omit<ProviderSetupServices, 'requireKey' | 'chooseProvider'>,
    Pick<ConnectionTestServices, 'tryModel'> {
  readonly headerSecrets: HeaderSecrets;
  /** Called before a command uses the settings. Not awaited. */
  readonly onWillUseSettings: () => void;
}

export class ModelSetup {
  private readonly usedModels = new Set<string>();
  private readonly setup: ProviderSetup;

  constructor(private readonly services: ModelSetupServices) {
    this.setup = new ProviderSetup({
      ...services,
      requireKey: (endpoint) => this.requireKey(endpoint),
      chooseProvider: () => this.chooseModel(),
    });
  }

  commands(): CommandTable<'quillet.selectModel' | 'quillet.addProvider' | 'quillet.testConnection'> {
    return {
      'quillet.selectModel': async () => void (await this.choose('quillet.selectModel')),
      'quillet.addProvider': async () => void (await this.choose('quillet.addProvider')),
      'quillet.testConnection': () => this.testConnection(),
    };
  }

  /** Returns whether a model was selected. */
  async choose(command: 'quillet.selectModel' | 'quillet.addProvider'): Promise<boolean> {
    this.services.onWillUseSettings();
    const chosen = await (command === 'quillet.addProvider' ? this.setup.addProvider() : this.selectModel());
    return chosen !== undefined;
  }

  /** Resolves the given or selected model, and asks for one if none is selected. Undefined if dismissed. */
  async resolveModel(modelRef?: string): Promise<ResolvedModel | undefined> {
    this.services.onWillUseSettings();
    const ref = modelRef === undefined ? this.services.settings.read().model : parseModelRef(modelRef);
    if (ref === undefined) {
      if (modelRef !== undefined) throw new QuilletError('cfg.model', { subject: modelRef });
      return this.selectModel();
    }
    const endpoint = resolveEndpoint(this.services.settings.read(), ref.providerId);
    await this.requireKey(endpoint);
    this.usedModels.add(formatModelRef(ref));
    void this.warnOfShutdown(endpoint, ref.model);
    return this.toResolvedModel(endpoint, ref.model);
  }

  private async warnOfShutdown(endpoint: Endpoint, model: string): Promise<void> {
    const { shutdownDates, notifier } = this.services;
    if (!(await shutdownDates.isWarningDue(endpoint, model))) return;
    const date = shutdownDates.find(endpoint, model) ?? '';
    notifier.warn(l10n.t('{0} shuts down {1} on {2}. Select another model before then.', endpoint.label, model, date), {
      label: l10n.t('Select Model'),
      run: async () => void (await this.choose('quillet.selectModel')),
    });
  }

  prefetchSelectedKey(): void {
    const settings = this.services.settings.read();
    const endpoint = settings.model && findEndpoint(settings, settings.model.providerId);
    if (endpoint !== undefined) this.services.keyCommands.prefetchKey(endpoint);
  }

  /** Returns the selected, used and configured models, without asking a server. */
  listKnownModels(): readonly string[] {
    const { model: selected, providers } = this.services.settings.read();
    const configured = Object.entries(providers).flatMap(([providerId, provider]) =>
      modelIds(provider).map((model) => formatModelRef({ providerId, model })),
    );
    return [
      ...new Set([...(selected === undefined ? [] : [formatModelRef(selected)]), ...this.usedModels, ...configured]),
    ];
  }

  async chooseModels(): Promise<readonly string[]> {
    const settings = this.services.settings.read();
    const current = settings.model === undefined ? undefined : formatModelRef(settings.model);
    const chosen = await pickModels(this.listKnownModels(), current, this.listProviderModels());
    const providerIds = knownProviderIds(settings);
    return chosen.map((text) => {
      const isRef = providerIds.includes(parseModelRef(text)?.providerId ?? '');
      // A bare ID belongs to the selected provider, even if it contains a slash.
      return isRef || settings.model === undefined ? text : formatModelRef({ ...settings.model, model: text });
    });
  }

  private async listProviderModels(): Promise<readonly string[]> {
    const settings = this.services.settings.read();
    if (settings.model === undefined) return [];
    const { providerId } = settings.model;
    try {
      const endpoint = resolveEndpoint(settings, providerId);
      const models = endpoint.api === 'http' ? [] : await this.services.modelLists.load(endpoint);
      return models.map((model) => formatModelRef({ providerId, model }));
    } catch {
      return [];
    }
  }

  private async requireKey(endpoint: Endpoint): Promise<void> {
    const { keyCommands, headerSecrets } = this.services;
    // The check of a key needs the headers.
    if (!(await headerSecrets.ensure(endpoint))) throw new QuilletError('cancelled');
    if (await keyCommands.ensureKey(endpoint)) return;
    const { providerId, label: providerLabel, baseUrl, apiKeyEnv } = endpoint;
    // Dismissing the key prompt cancels the command.
    if (apiKeyEnv === undefined) throw new QuilletError('cancelled');
    throw new QuilletError('key.missing', { providerId, providerLabel, baseUrl, subject: apiKeyEnv });
  }

  private async selectModel(): Promise<ResolvedModel | undefined> {
    const chosen = await this.chooseModel();
    return chosen === undefined ? undefined : this.toResolvedModel(chosen.endpoint, chosen.model);
  }

  private async chooseModel(): Promise<ChosenModel | undefined> {
    const settings = this.services.settings.read();
    const ids = [
      ...new Set([...(settings.model ? [settings.model.providerId] : []), ...Object.keys(settings.providers)]),
    ];
    const id = ids.length === 0 ? '' : await pickConfiguredProvider(ids, settings);
    if (id === undefined) return undefined;
    return id === '' ? this.setup.addProvider() : this.setup.selectModelOf(id);
  }

  // The configured context window takes precedence over the one in the model list, which is not requested here.
  private toResolvedModel(endpoint: Endpoint, model: string): ResolvedModel {
    const contextWindow = endpoint.contextWindow ?? this.services.modelLists.find(endpoint, model)?.contextWindow;
    return { endpoint, model, ...withoutUndefined({ contextWindow }) };
  }

  private async testConnection(): Promise<void> {
    this.services.onWillUseSettings();
    const { model } = this.services.settings.read();
    if (model === undefined) {
      await this.setup.addProvider();
      return;
    }
    const endpoint = resolveEndpoint(this.services.settings.read(), model.providerId);
    await this.requireKey(endpoint);
    await testConnection(endpoint, model.model, this.services);
  }
}

function describeAddress({ api, baseUrl }: Endpoint): string {
  return api === 'vscode' ? l10n.t('requests go through VS Code') : keyScope(baseUrl);
}

interface ProviderItem extends QuickPickItem {
  readonly id: string;
}

// An empty ID means a new provider.
async function pickConfiguredProvider(ids: readonly string[], settings: Settings): Promise<string | undefined> {
  const { model: current, providers } = settings;
  const items: ProviderItem[] = ids.map((id) => {
    const endpoint = findEndpoint(settings, id);
    const facts = [
      ...(endpoint === undefined ? [] : [describeAddress(endpoint)]),
      ...(id === current?.providerId ? [l10n.t('current: {0}', current.model)] : []),
    ];
    return { id, label: providers[id]?.label ?? findPreset(id)?.label ?? id, description: facts.join(' · ') };
  });
  items.push({ id: '', label: l10n.t('$(add) Add Provider…') });
  const picked = await window.showQuickPick(items, {
    title: l10n.t('Provider'),
    placeHolder: l10n.t('Choose a provider'),
  });
  return picked?.id;
}
