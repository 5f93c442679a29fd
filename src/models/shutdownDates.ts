import { env } from 'vscode';
import type { Endpoint } from '../core/chat';
import type { ListedModel } from '../llm/modelList';
import type { MementoLike } from '../platform/mementoLike';

/** By base URL and model ID. */
const DATES_KEY = 'quillet.shutdownDates';
const WARNINGS_KEY = 'quillet.shutdownWarnings';
const DAY_MS = 86_400_000;
const WARNING_DAYS = 31;

type Dates = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Dates from each service's latest model list. Stored, because users select a model long before its date is known. */
export class ShutdownDates {
  constructor(private readonly memento: MementoLike) {}

  async store({ baseUrl }: Endpoint, models: readonly ListedModel[]): Promise<void> {
    const { [baseUrl]: known = {}, ...others } = this.memento.get<Dates>(DATES_KEY, {});
    const dates = Object.fromEntries(
      models.flatMap(({ id, shutdownDate }) => (shutdownDate === undefined ? [] : [[id, shutdownDate]])),
    );
    if (JSON.stringify(dates) === JSON.stringify(known)) return;
    await this.memento.update(DATES_KEY, { ...others, ...(Object.keys(dates).length > 0 && { [baseUrl]: dates }) });
  }

  /** The date in the user's language. */
  find({ baseUrl }: Endpoint, model: string): string | undefined {
    const date = this.memento.get<Dates>(DATES_KEY, {})[baseUrl]?.[model];
    if (date === undefined) return undefined;
    return new Date(date).toLocaleDateString(env.language, { dateStyle: 'long', timeZone: 'UTC' });
  }

  /** Returns true once for each model, in the month before its shutdown. */
  async isWarningDue({ baseUrl }: Endpoint, model: string): Promise<boolean> {
    const date = this.memento.get<Dates>(DATES_KEY, {})[baseUrl]?.[model];
    if (date === undefined) return false;
    const days = (Date.parse(date) - Date.now()) / DAY_MS;
    const warnings = this.memento.get<readonly string[]>(WARNINGS_KEY, []);
    const warning = `${baseUrl} ${model} ${date}`;
    if (days < 0 || days > WARNING_DAYS || warnings.includes(warning)) return false;
    await this.memento.update(WARNINGS_KEY, [...warnings, warning]);
    return true;
  }
}
