import { l10n, type QuickPickItem, window } from 'vscode';
import type { EndpointConsent } from '../auth/endpointConsent';
import { type Endpoint, formatModelRef, parseModelRef } from '../core/chat';
import { QuilletError, toQuilletError } from '../core/errors';
import type { ListedModel } from '../llm/listedModel';
import type { Notifier } from '../notifications/notifier';
import type { CommandTable } from '../platform/commands';
import { knownProviderIds, type ResolvedModel, resolveEndpoint } from '../providers/endpoint';
import { type DetectedServer, findPreset, type ProviderPreset } from '../providers/presets';
import type { ProviderSetting, Settings } from '../settings/common/settings';
import type { Configuration } from '../settings/configuration';
import { isLoopback, keyScope } from '../util/origin';
import { withoutUndefined } from '../util/withoutUndefined';
import { pickModel } from './modelPicker';
import { pickModels } from './multiModelPicker';
import { pickProvider, promptForBaseUrl, promptForProviderId } from './providerPicker';

export interface ModelSetupServices {
  readonly settings: Configuration;
  readonly notifier: Notifier;
  /** Asks for a missing key. Returns false if there is none. */
  readonly ensureKey: (endpoint: Endpoint) => Promise<boolean>;
  /** Never shows UI. */
  readonly prefetchKey: (endpoint: Endpoint) => void;
  readonly consent: EndpointConsent;
  /** Called before a command uses the settings. Not awaited. */
  readonly onWillUseSettings: () => void;
  readonly listModels: (endpoint: Endpoint) => Promise<readonly ListedModel[]>;
  /** Sends a short prompt and stops at the first text. Throws if the model cannot be used. */
  readonly tryModel: (model: Omit<ResolvedModel, 'contextWindow'>) => Promise<void>;
  readonly findLocalServers: () => Promise<readonly DetectedServer[]>;
}

/** Selects providers and models, and sets up both on first use. */
export class ModelSetup {
  // By base URL, so that the picker opens immediately the next time.
  private readonly modelLists = new Map<string, readonly ListedModel[]>();

  private readonly usedModels = new Set<string>();

  constructor(private readonly services: ModelSetupServices) {}

  commands(): CommandTable<'quillet.selectModel' | 'quillet.addProvider' | 'quillet.testConnection'> {
    return {
      'quillet.selectModel': async () => {
        this.services.onWillUseSettings();
        await this.selectModel();
      },
      'quillet.addProvider': async () => void (await this.addProvider()),
      'quillet.testConnection': () => this.testConnection(),
    };
  }

  /**
   * Resolves the given or selected model, and asks for one if none is selected. Returns undefined if dismissed.
   * @throws QuilletError `cfg.*` for invalid settings, `key.missing` for an environment variable that is not set,
   * `cancelled` if no key was entered
   */
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
    return this.toResolvedModel(endpoint, ref.model);
  }

  /** Starts reading the key of the selected model before the command needs it. */
  prefetchSelectedKey(): void {
    const { model } = this.services.settings.read();
    if (model === undefined) return;
    try {
      this.services.prefetchKey(resolveEndpoint(this.services.settings.read(), model.providerId));
    } catch {
      // Invalid settings are reported when a command uses them.
    }
  }

  /** Returns the selected, used and configured models, without asking a server. */
  listKnownModels(): readonly string[] {
    const { model: selected, providers } = this.services.settings.read();
    const configured = Object.entries(providers).flatMap(([providerId, { models = [] }]) =>
      models.map((model) => formatModelRef({ providerId, model })),
    );
    return [
      ...new Set([...(selected === undefined ? [] : [formatModelRef(selected)]), ...this.usedModels, ...configured]),
    ];
  }

  async chooseModels(): Promise<readonly string[]> {
    const settings = this.services.settings.read();
    const current = settings.model === undefined ? undefined : formatModelRef(settings.model);
    const chosen = await pickModels(this.listKnownModels(), current);
    const providerIds = knownProviderIds(settings);
    return chosen.map((text) => {
      const isRef = providerIds.includes(parseModelRef(text)?.providerId ?? '');
      // A bare ID belongs to the selected provider, even if it contains a slash.
      return isRef || settings.model === undefined ? text : formatModelRef({ ...settings.model, model: text });
    });
  }

  private async requireKey(endpoint: Endpoint): Promise<void> {
    if (await this.services.ensureKey(endpoint)) return;
    const { providerId, label: providerLabel, baseUrl, apiKeyEnv } = endpoint;
    // Dismissing the key prompt cancels the command.
    if (apiKeyEnv === undefined) throw new QuilletError('cancelled');
    throw new QuilletError('key.missing', { providerId, providerLabel, baseUrl, subject: apiKeyEnv });
  }

  private async selectModel(): Promise<ResolvedModel | undefined> {
    const settings = this.services.settings.read();
    const ids = [
      ...new Set([...Object.keys(settings.providers), ...(settings.model ? [settings.model.providerId] : [])]),
    ];
    if (ids.length === 0) return this.addProvider();
    const id = await pickConfiguredProvider(ids, settings);
    if (id === undefined) return undefined;
    if (id === '') return this.addProvider();
    await this.services.consent.grantUnlessMoved(resolveEndpoint(this.services.settings.read(), id));
    return this.chooseModel(id);
  }

  private async addProvider(): Promise<ResolvedModel | undefined> {
    const preset = await pickProvider(this.services.findLocalServers());
    if (preset === undefined) return undefined;
    const address = preset.baseUrl === '' ? await promptForBaseUrl(preset) : {};
    if (address === undefined) return undefined;
    const setting: ProviderSetting = { preset: preset.id, ...address };
    const id = await this.chooseProviderId(preset, setting);
    if (id === undefined) return undefined;
    // Keep an existing provider for the same server: it may have more settings.
    const isKnown = Object.hasOwn(this.services.settings.read().providers, id);
    if (!isKnown) await this.services.settings.saveProvider(id, setting);
    const endpoint = resolveEndpoint(this.services.settings.read(), id);
    if (isKnown) await this.services.consent.grantUnlessMoved(endpoint);
    else await this.services.consent.grant(endpoint);
    return this.chooseModel(id);
  }

  // Reuses the ID of a provider with the same address.
  private async chooseProviderId(
    preset: ProviderPreset,
    { baseUrl, api }: ProviderSetting,
  ): Promise<string | undefined> {
    const { providers } = this.services.settings.read();
    const wanted = baseUrl ?? preset.baseUrl;
    const sameServer = Object.entries(providers).find(([id, provider]) => {
      const { baseUrl: fallback } = findPreset(provider.preset ?? id) ?? {};
      const isSameApi = api === undefined ? provider.api !== 'http' : provider.api === api;
      return isSameApi && (provider.baseUrl ?? fallback) === wanted;
    });
    if (sameServer !== undefined) return sameServer[0];
    const name = preset.id === 'custom' ? suggestProviderId(wanted) : preset.id;
    const taken = new Set(Object.keys(providers));
    return taken.has(name) ? promptForProviderId(`${name}-2`, taken) : name;
  }

  private async chooseModel(providerId: string): Promise<ResolvedModel | undefined> {
    const settings = this.services.settings.read();
    const endpoint = resolveEndpoint(settings, providerId);
    await this.requireKey(endpoint);
    const configured = settings.providers[providerId]?.models ?? [];
    const model = await pickModel({
      title: l10n.t('Choose a model from {0}', endpoint.label),
      known: [...new Set([...configured, ...(this.modelLists.get(endpoint.baseUrl) ?? []).map(({ id }) => id)])],
      live: endpoint.api === 'http' ? Promise.resolve([]) : this.listModels(endpoint),
      current: settings.model?.providerId === providerId ? settings.model.model : undefined,
      describeError: (thrown) => this.services.notifier.formatError(toQuilletError(thrown)),
    });
    if (model === undefined) return undefined;
    await this.services.settings.saveModel({ providerId, model });
    return this.toResolvedModel(endpoint, model);
  }

  // The configured context window takes precedence over the one in the model list, which is not requested here.
  private toResolvedModel(endpoint: Endpoint, model: string): ResolvedModel {
    const listed = this.modelLists.get(endpoint.baseUrl)?.find(({ id }) => id === model);
    const contextWindow = endpoint.contextWindow ?? listed?.contextWindow;
    return { endpoint, model, ...withoutUndefined({ contextWindow }) };
  }

  private async listModels(endpoint: Endpoint): Promise<readonly string[]> {
    const models = await this.services.listModels(endpoint);
    this.modelLists.set(endpoint.baseUrl, models);
    return models.map(({ id }) => id);
  }

  // Listing models verifies the address, the network and the key at no cost.
  private async testConnection(): Promise<void> {
    this.services.onWillUseSettings();
    const { model } = this.services.settings.read();
    if (model === undefined) {
      await this.addProvider();
      return;
    }
    await this.testEndpoint(resolveEndpoint(this.services.settings.read(), model.providerId));
  }

  async testEndpoint(endpoint: Endpoint): Promise<void> {
    await this.requireKey(endpoint);
    if (endpoint.api === 'http') {
      // The only known request of such a server costs tokens.
      const message = l10n.t('{0} uses your own request definition. Run a prompt to test it.', endpoint.label);
      void window.showInformationMessage(message);
      return;
    }
    const { model } = this.services.settings.read();
    const isCurrent = model?.providerId === endpoint.providerId;
    const server = l10n.t('{0} at {1}', endpoint.label, endpoint.baseUrl);
    let models: readonly string[];
    try {
      models = await this.listModels(endpoint);
    } catch (thrown) {
      if (!isCurrent || !concernsListOnly(toQuilletError(thrown))) throw thrown;
      await this.services.tryModel({ endpoint, model: model.model });
      void window.showInformationMessage(
        l10n.t('Connected to {0}. {1} responded, but the list of models is unavailable.', server, model.model),
      );
      return;
    }
    const count = models.length === 1 ? l10n.t('1 model') : l10n.t('{0} models', String(models.length));
    const isListed = !isCurrent || models.length === 0 || models.includes(model.model);
    void window.showInformationMessage(
      isListed
        ? l10n.t('Connected to {0}. It lists {1}.', server, count)
        : l10n.t('Connected to {0}. It lists {1}, but not {2}.', server, count, model.model),
    );
  }
}

// Many servers have no list, or one that needs other rights than a run.
function concernsListOnly({ kind }: QuilletError): boolean {
  return /^http\.4(?:00|01|03|04|22|xx)$|^body\./.test(kind);
}

function suggestProviderId(baseUrl: string): string {
  return isLoopback(baseUrl) ? 'local' : new URL(baseUrl).hostname.replace(/[^A-Za-z0-9._-]/g, '-');
}

interface ProviderItem extends QuickPickItem {
  readonly id: string;
}

// An empty ID stands for a new provider.
async function pickConfiguredProvider(ids: readonly string[], settings: Settings): Promise<string | undefined> {
  const { model: current, providers } = settings;
  const items: ProviderItem[] = ids.map((id) => ({
    id,
    label: providers[id]?.label ?? findPreset(id)?.label ?? id,
    description: [
      formatOrigin(id, settings),
      ...(id === current?.providerId ? [l10n.t('current: {0}', current.model)] : []),
    ]
      .filter((text) => text !== '')
      .join(' · '),
  }));
  items.push({ id: '', label: l10n.t('$(add) Add Provider…') });
  const picked = await window.showQuickPick(items, {
    title: l10n.t('Provider'),
    placeHolder: l10n.t('Choose a provider'),
  });
  return picked?.id;
}

// Shown next to the label, so that users see where prompts go.
function formatOrigin(id: string, settings: Settings): string {
  try {
    return keyScope(resolveEndpoint(settings, id).baseUrl);
  } catch {
    return '';
  }
}
