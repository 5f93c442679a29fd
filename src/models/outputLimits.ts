import type { Endpoint } from '../core/chat';
import type { ListedModel } from '../llm/modelList';
import type { MementoLike } from '../platform/mementoLike';

/** By base URL and model ID. */
const LIMITS_KEY = 'quillet.outputLimits';

type Limits = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Maximum output tokens from each server's latest model list. Every request of the Messages API needs a limit. */
export class OutputLimits {
  constructor(private readonly memento: MementoLike) {}

  async store({ api, baseUrl }: Endpoint, models: readonly ListedModel[]): Promise<void> {
    if (api !== 'messages') return;
    const known = this.memento.get<Limits>(LIMITS_KEY, {});
    const limits = Object.fromEntries(
      models.flatMap(({ id, outputLimit }) => (outputLimit === undefined ? [] : [[id, outputLimit]])),
    );
    if (JSON.stringify(limits) === JSON.stringify(known[baseUrl] ?? {})) return;
    await this.memento.update(LIMITS_KEY, { ...known, [baseUrl]: limits });
  }

  find({ baseUrl }: Endpoint, model: string): number | undefined {
    return this.memento.get<Limits>(LIMITS_KEY, {})[baseUrl]?.[model];
  }
}
