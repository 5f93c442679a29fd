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
  /** Makes sure a key is there where one is needed; asks for it. False when the user gave none. */
  readonly ensureKey: (endpoint: Endpoint) => Promise<boolean>;
  /** Asks for the stored key ahead of time; never asks the user. */
  readonly prefetchKey: (endpoint: Endpoint) => void;
  readonly consent: EndpointConsent;
  /** Told that a command is about to use the settings, before it does. Not waited for. */
  readonly onWillUseSettings: () => void;
  readonly listModels: (endpoint: Endpoint) => Promise<readonly ListedModel[]>;
  readonly findLocalServers: () => Promise<readonly DetectedServer[]>;
}

/** Chooses providers and models, and takes a user through all of it when the first command finds nothing set up. */
export class ModelSetup {
  /** Model lists by base URL, so that the picker opens at once the next time. */
  private readonly modelLists = new Map<string, readonly ListedModel[]>();

  /** Model refs that were asked since the window was opened. */
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
   * The model a command is to use: the one of the settings, or the one the user chooses now. Undefined when the user
   * went away from the choice.
   * @throws QuilletError `cfg.*` for settings that cannot be used, `key.missing` for an environment variable without a key,
   * `cancelled` when no key was given.
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
    return this.toReadyModel(endpoint, ref.model);
  }

  /** Begins what takes long about the selected model, before it is known whether it is the one that is meant. */
  prefetchSelectedKey(): void {
    const { model } = this.services.settings.read();
    if (model === undefined) return;
    try {
      this.services.prefetchKey(resolveEndpoint(this.services.settings.read(), model.providerId));
    } catch {
      // Settings that cannot be used are told of when they are needed.
    }
  }

  /** The models that can be named without asking a server: the selected one, those that were used, those of the settings. */
  listKnownModels(): readonly string[] {
    const { model: selected, providers } = this.services.settings.read();
    const configured = Object.entries(providers).flatMap(([providerId, { models = [] }]) =>
      models.map((model) => formatModelRef({ providerId, model })),
    );
    return [
      ...new Set([...(selected === undefined ? [] : [formatModelRef(selected)]), ...this.usedModels, ...configured]),
    ];
  }

  /** Lets the user choose further models for a question; none when the user went away. */
  async chooseModels(): Promise<readonly string[]> {
    const settings = this.services.settings.read();
    const current = settings.model === undefined ? undefined : formatModelRef(settings.model);
    const chosen = await pickModels(this.listKnownModels(), current);
    const providerIds = knownProviderIds(settings);
    return chosen.map((text) => {
      const isRef = providerIds.includes(parseModelRef(text)?.providerId ?? '');
      // A bare id is one of the provider that is in use, even with a slash in it.
      return isRef || settings.model === undefined ? text : formatModelRef({ ...settings.model, model: text });
    });
  }

  private async requireKey(endpoint: Endpoint): Promise<void> {
    if (await this.services.ensureKey(endpoint)) return;
    const { providerId, label: providerLabel, baseUrl, apiKeyEnv } = endpoint;
    // Who was asked for a key and gave none went away from the command, and needs not be told so.
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

  /** Where prompts should go, the key for it, and the model: each step only where it is not known yet. */
  private async addProvider(): Promise<ResolvedModel | undefined> {
    const preset = await pickProvider(this.services.findLocalServers());
    if (preset === undefined) return undefined;
    const baseUrl = preset.baseUrl === '' ? await promptForBaseUrl(preset) : undefined;
    if (preset.baseUrl === '' && baseUrl === undefined) return undefined;
    const id = await this.chooseProviderId(preset, baseUrl);
    if (id === undefined) return undefined;
    const setting: ProviderSetting = { preset: preset.id, ...withoutUndefined({ baseUrl }) };
    // One that is there already leads to the same server, and may hold more than was asked for here.
    const isKnown = Object.hasOwn(this.services.settings.read().providers, id);
    if (!isKnown) await this.services.settings.saveProvider(id, setting);
    const endpoint = resolveEndpoint(this.services.settings.read(), id);
    if (isKnown) await this.services.consent.grantUnlessMoved(endpoint);
    else await this.services.consent.grant(endpoint);
    return this.chooseModel(id);
  }

  /** A preset is kept under its own name; a server of the user's own under a name that tells it apart. */
  private async chooseProviderId(preset: ProviderPreset, baseUrl: string | undefined): Promise<string | undefined> {
    const { providers } = this.services.settings.read();
    const wanted = baseUrl ?? preset.baseUrl;
    const sameServer = Object.entries(providers).find(([id, provider]) => {
      const { baseUrl: fallback } = findPreset(provider.preset ?? id) ?? {};
      return provider.api !== 'http' && (provider.baseUrl ?? fallback) === wanted;
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
    return this.toReadyModel(endpoint, model);
  }

  /** What the user says of the window counts; else it is known once the server's list was seen, which is not asked for by itself. */
  private toReadyModel(endpoint: Endpoint, model: string): ResolvedModel {
    const listed = this.modelLists.get(endpoint.baseUrl)?.find(({ id }) => id === model);
    const contextWindow = endpoint.contextWindow ?? listed?.contextWindow;
    return { endpoint, model, ...withoutUndefined({ contextWindow }) };
  }

  private async listModels(endpoint: Endpoint): Promise<readonly string[]> {
    const models = await this.services.listModels(endpoint);
    this.modelLists.set(endpoint.baseUrl, models);
    return models.map(({ id }) => id);
  }

  /** Asks the server for its models, which needs the address, the network and the key to be right, and costs nothing. */
  private async testConnection(): Promise<void> {
    this.services.onWillUseSettings();
    const { model } = this.services.settings.read();
    if (model === undefined) {
      await this.addProvider();
      return;
    }
    await this.testEndpoint(resolveEndpoint(this.services.settings.read(), model.providerId));
  }

  /** Asks one server. Throws what keeps it from answering. */
  async testEndpoint(endpoint: Endpoint): Promise<void> {
    await this.requireKey(endpoint);
    if (endpoint.api === 'http') {
      // Nothing is known of such a server but the one request that costs something.
      const message = l10n.t('{0} uses your own request definition. Run a prompt to test it.', endpoint.label);
      void window.showInformationMessage(message);
      return;
    }
    const models = await this.listModels(endpoint);
    const server = l10n.t('{0} at {1}', endpoint.label, endpoint.baseUrl);
    const count = models.length === 1 ? l10n.t('1 model') : l10n.t('{0} models', String(models.length));
    const { model } = this.services.settings.read();
    const isCurrent = model?.providerId === endpoint.providerId;
    const isListed = !isCurrent || models.length === 0 || models.includes(model.model);
    void window.showInformationMessage(
      isListed
        ? l10n.t('Connected to {0}. It lists {1}.', server, count)
        : l10n.t('Connected to {0}. It lists {1}, but not {2}.', server, count, model.model),
    );
  }
}

/** The name users would give a server of their own. */
function suggestProviderId(baseUrl: string): string {
  return isLoopback(baseUrl) ? 'local' : new URL(baseUrl).hostname.replace(/[^A-Za-z0-9._-]/g, '-');
}

interface ProviderItem extends QuickPickItem {
  readonly id: string;
}

/** One of the providers in the settings; the empty id stands for a new one. */
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

/** Shown beside the label, which is only a word: who picks a provider is to see where prompts go. */
function formatOrigin(id: string, settings: Settings): string {
  try {
    return keyScope(resolveEndpoint(settings, id).baseUrl);
  } catch {
    return '';
  }
}
