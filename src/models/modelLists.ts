import type { Endpoint } from '../core/chat';
import { toQuilletError } from '../core/errors';
import type { ListedModel } from '../llm/modelList';
import { isListMissing } from './listProblem';

export interface EnteredKey {
  readonly key: string;
  readonly signal: AbortSignal;
}

/** Keeps facts about the models of a list for later windows. */
interface ListStore {
  store(endpoint: Endpoint, models: readonly ListedModel[]): Promise<void>;
}

export type ListModels = (endpoint: Endpoint, entered?: EnteredKey) => Promise<readonly ListedModel[]>;

export class ModelLists {
  // By base URL, so that the picker opens immediately the next time.
  private readonly lists = new Map<string, readonly ListedModel[]>();

  constructor(
    private readonly listModels: ListModels,
    private readonly stores: readonly ListStore[],
  ) {}

  getKnown({ baseUrl }: Endpoint): readonly string[] {
    return (this.lists.get(baseUrl) ?? []).map(({ id }) => id);
  }

  find({ baseUrl }: Endpoint, model: string): ListedModel | undefined {
    return this.lists.get(baseUrl)?.find(({ id }) => id === model);
  }

  async load(endpoint: Endpoint): Promise<readonly string[]> {
    await this.store(endpoint, await this.listModels(endpoint));
    return this.getKnown(endpoint);
  }

  /** Checks a key at no cost. A server without a list accepts every key. */
  async checkKey(endpoint: Endpoint, key: string, signal: AbortSignal): Promise<void> {
    if (endpoint.api === 'http') return;
    try {
      await this.store(endpoint, await this.listModels(endpoint, { key, signal }));
    } catch (thrown) {
      if (!isListMissing(toQuilletError(thrown))) throw thrown;
    }
  }

  private async store(endpoint: Endpoint, models: readonly ListedModel[]): Promise<void> {
    this.lists.set(endpoint.baseUrl, models);
    for (const store of this.stores) await store.store(endpoint, models);
  }
}
