import { l10n } from 'vscode';
import type { EndpointConsent } from '../auth/endpointConsent';
import type { KeyCommands } from '../auth/keyCommands';
import type { Endpoint } from '../core/chat';
import { toQuilletError } from '../core/errors';
import type { Notifier } from '../notifications/notifier';
import { openSetting } from '../platform/commands';
import { type ResolvedModel, resolveEndpoint } from '../providers/endpoint';
import { CUSTOM_PRESET, type DetectedServer, findPreset, type ProviderPreset } from '../providers/presets';
import type { Redactor } from '../sanitize/redactor';
import { modelIds, type ProviderSetting, type Settings } from '../settings/common/settings';
import type { Configuration } from '../settings/configuration';
import { asksForKey, type ListProblem, NoModelsError, toEmptyListProblem, toListProblem } from './listProblem';
import type { ModelLists } from './modelLists';
import { pickModel } from './modelPicker';
import { type Address, pickProvider, promptForBaseUrl } from './providerPicker';
import type { ShutdownDates } from './shutdownDates';

export interface ProviderSetupServices {
  readonly settings: Configuration;
  readonly notifier: Notifier;
  readonly redactor: Redactor;
  readonly consent: EndpointConsent;
  readonly modelLists: ModelLists;
  readonly shutdownDates: ShutdownDates;
  /** Asks for a missing key if the provider is known to need one. Throws if there is none. */
  readonly requireKey: (endpoint: Endpoint) => Promise<void>;
  readonly keyCommands: KeyCommands;
  readonly chooseProvider: () => Promise<ChosenModel | undefined>;
  readonly findLocalServers: () => Promise<readonly DetectedServer[]>;
}

export type ChosenModel = Omit<ResolvedModel, 'contextWindow'>;

/** A provider, and its setting if that is to be saved with the model. */
interface ProviderDraft {
  readonly id: string;
  readonly setting?: ProviderSetting;
  readonly isNew?: boolean;
}

export class ProviderSetup {
  constructor(private readonly services: ProviderSetupServices) {}

  selectModelOf(id: string): Promise<ChosenModel | undefined> {
    return this.chooseModelFrom({ id });
  }

  async addProvider(): Promise<ChosenModel | undefined> {
    const picked = await pickProvider(this.services.findLocalServers(), this.isSecret);
    if (picked === undefined) return undefined;
    const { preset } = picked;
    const address = picked.address ?? (preset.baseUrl === '' ? await promptForBaseUrl(preset, '', this.isSecret) : {});
    return address === undefined ? undefined : this.chooseModelFrom(this.createDraft(preset, address));
  }

  // Keeps an existing provider for the same server: it may have more settings.
  private createDraft(preset: ProviderPreset, address: Partial<Address>): ProviderDraft {
    const { providers } = this.services.settings.read();
    const baseUrl = address.baseUrl ?? preset.baseUrl;
    const sameServer = Object.entries(providers).find(([id, provider]) => {
      const { baseUrl: fallback, api: presetApi } = findPreset(provider.preset ?? id) ?? {};
      const api = provider.api ?? presetApi;
      const isSameApi = address.api === undefined ? api !== 'http' : api === address.api;
      return isSameApi && (provider.baseUrl ?? fallback) === baseUrl;
    });
    if (sameServer !== undefined) return { id: sameServer[0] };
    const name = preset.id === 'custom' ? suggestProviderId(baseUrl) : preset.id;
    return { id: findUnusedId(name, providers), setting: { preset: preset.id, ...address }, isNew: true };
  }

  private async chooseModelFrom(draft: ProviderDraft): Promise<ChosenModel | undefined> {
    const endpoint = this.resolveDraft(draft);
    // The user chose the address of a draft with a setting, and saw it in full.
    if (draft.setting === undefined) await this.services.consent.grantUnlessMoved(endpoint);
    else await this.services.consent.grant(endpoint);
    return this.chooseModel(draft);
  }

  private async chooseModel(draft: ProviderDraft): Promise<ChosenModel | undefined> {
    const endpoint = this.resolveDraft(draft);
    await this.services.requireKey(endpoint);
    let problem: ListProblem | undefined;
    let typed = '';
    // After a key was saved or dismissed, the list shows the problem instead of asking again.
    for (let mayAskForKey = true; ; ) {
      const choice = await pickModel({ ...this.describePicker(draft, endpoint, problem), value: typed });
      if (choice === undefined) return undefined;
      if ('model' in choice) return this.saveChoice(draft, endpoint, choice.model);
      if ('failure' in choice) {
        problem = this.describeProblem(choice.failure, endpoint);
        ({ typed } = choice);
        if (!mayAskForKey || typed !== '' || !asksForKey(problem, endpoint)) continue;
        mayAskForKey = false;
        if (await this.requestKey(endpoint, problem)) problem = undefined;
      } else if (choice.action === 'changeAddress') {
        const changed = await this.changeAddress(draft, endpoint);
        if (changed !== undefined) return this.chooseModelFrom(changed);
      } else if (choice.action === 'openSettings') {
        await openSetting('quillet.providers');
        return undefined;
      } else if (choice.action === 'chooseProvider') {
        return this.services.chooseProvider();
      } else if (choice.action === 'retry' || (await this.requestKey(endpoint, problem))) problem = undefined;
    }
  }

  private async saveChoice({ id, setting }: ProviderDraft, endpoint: Endpoint, model: string): Promise<ChosenModel> {
    const { settings } = this.services;
    if (setting !== undefined) await settings.saveProvider(id, setting);
    await settings.saveModel({ providerId: id, model });
    return { endpoint, model };
  }

  // A key that was not sent needs no explanation.
  private requestKey(endpoint: Endpoint, problem: ListProblem | undefined): Promise<boolean> {
    const isRejected = problem?.error !== undefined && problem.error.details.isKeyMissing !== true;
    return this.services.keyCommands.requestKey(endpoint, isRejected ? problem.detail : undefined);
  }

  private describePicker({ id }: ProviderDraft, endpoint: Endpoint, problem: ListProblem | undefined) {
    const { model, providers } = this.services.settings.read();
    const configured = modelIds(providers[id] ?? {});
    return {
      title: l10n.t('Choose a model from {0}', endpoint.label),
      known: [...new Set([...configured, ...this.services.modelLists.getKnown(endpoint)])],
      live: problem ?? (endpoint.api === 'http' ? undefined : this.listModels(endpoint, configured)),
      current: model?.providerId === id ? model.model : undefined,
      describe: (listed: string) => {
        const date = this.services.shutdownDates.find(endpoint, listed);
        return date && l10n.t('shuts down on {0}', date);
      },
      validate: (text: string) =>
        this.isSecret(text) ? l10n.t('This looks like an API key, not a model ID.') : undefined,
    };
  }

  private async listModels(endpoint: Endpoint, configured: readonly string[]): Promise<readonly string[]> {
    const models = await this.services.modelLists.load(endpoint);
    if (models.length === 0 && configured.length === 0) throw new NoModelsError();
    return models;
  }

  private describeProblem(failure: unknown, endpoint: Endpoint): ListProblem {
    if (failure instanceof NoModelsError) return toEmptyListProblem(endpoint);
    const error = toQuilletError(failure);
    return toListProblem(error, endpoint, this.services.notifier.formatError(error));
  }

  private async changeAddress({ id, isNew }: ProviderDraft, endpoint: Endpoint): Promise<ProviderDraft | undefined> {
    const setting = this.services.settings.read().providers[id];
    const preset = findPreset(setting?.preset ?? id) ?? CUSTOM_PRESET;
    const address = await promptForBaseUrl(preset, setting?.baseUrl ?? endpoint.baseUrl, this.isSecret);
    if (address === undefined) return undefined;
    return isNew === true
      ? this.createDraft(preset, address)
      : { id, setting: { preset: preset.id, ...setting, ...address } };
  }

  private resolveDraft({ id, setting }: ProviderDraft): Endpoint {
    const settings = this.services.settings.read();
    const providers = setting === undefined ? settings.providers : { ...settings.providers, [id]: setting };
    return resolveEndpoint({ ...settings, providers }, id);
  }

  // Also finds the keys that were entered in this window.
  private readonly isSecret = (text: string): boolean => this.services.redactor.redact(text) !== text;
}

function suggestProviderId(baseUrl: string): string {
  return new URL(baseUrl).hostname.replace(/[^A-Za-z0-9._-]/g, '-');
}

function findUnusedId(name: string, providers: Settings['providers']): string {
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? name : `${name}-${count}`;
    if (!Object.hasOwn(providers, id)) return id;
  }
}
