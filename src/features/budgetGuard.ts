import type { Memento } from 'vscode';
import { hasBudget, overruns, periodRange, type Spent, spentIn } from '../core/budget';
import { type BudgetFacts, QuilletError } from '../core/errors';
import type { ErrorPresenter } from '../host/errorPresenter';
import type { SettingsReader } from '../host/settingsReader';
import type { UsageBook } from '../host/usageBook';
import { budgetWarning } from '../host/usageTexts';

/** The periods whose soft limit the user was told of, as the times when they end. */
const WARNED = 'quillet.budgetWarned';

export interface BudgetGuardParts {
  readonly settings: SettingsReader;
  readonly usage: Pick<UsageBook, 'readRecent'>;
  readonly presenter: ErrorPresenter;
  readonly memory: Pick<Memento, 'get' | 'update'>;
}

/** Holds the user's budget against what all windows used. Where there is no budget, it reads nothing. */
export class BudgetGuard {
  constructor(private readonly parts: BudgetGuardParts) {}

  /** Why nothing may be sent now; undefined where the budget leaves room, or there is none. */
  async refusal(): Promise<QuilletError | undefined> {
    const spent = await this.spent();
    if (spent === undefined) return undefined;
    const { budget } = this.parts.settings.read();
    const [reached] = overruns(budget, 'hard', spent, Date.now());
    return reached === undefined ? undefined : new QuilletError('budget.hard', { budget: reached });
  }

  /** Reads what other windows used while the user is still asked and the key is read, so that the refusal has less to do. */
  prepare(): void {
    void this.spent().catch(() => undefined);
  }

  /** Tells the user of soft limits that are reached, of each once in its period. */
  async warn(): Promise<void> {
    const spent = await this.spent();
    if (spent === undefined) return;
    const reached = overruns(this.parts.settings.read().budget, 'soft', spent, Date.now());
    for (const facts of reached) await this.warnOnce(facts);
  }

  /** What was used today and this month; undefined where there is no budget. */
  async spent(): Promise<Readonly<Record<'daily' | 'monthly', Spent>> | undefined> {
    if (!hasBudget(this.parts.settings.read().budget)) return undefined;
    const now = Date.now();
    const month = periodRange('monthly', now);
    const tables = await this.parts.usage.readRecent(month);
    return { daily: spentIn(tables, periodRange('daily', now)), monthly: spentIn(tables, month) };
  }

  private async warnOnce(facts: BudgetFacts): Promise<void> {
    const { memory, presenter } = this.parts;
    const told = memory.get<readonly string[]>(WARNED) ?? [];
    const key = `${facts.period} ${facts.unit} ${facts.limit} ${facts.endsAt}`;
    if (told.includes(key)) return;
    const current = told.filter((one) => Number(one.split(' ').at(-1)) > Date.now());
    await memory.update(WARNED, [...current, key]);
    presenter.warn(budgetWarning(facts));
  }
}
