import type { Memento } from 'vscode';
import { type BudgetStatus, QuilletError } from '../core/errors';
import { budgetWarningMessage } from '../notifications/budgetMessages';
import type { Notifier } from '../notifications/notifier';
import type { Configuration } from '../settings/configuration';
import { type BudgetPeriod, currentSpending, exceededLimits, hasBudget, type Spending } from './common/budget';
import { type BudgetGate, reserve } from './common/runRow';
import type { UsageRecorder } from './usageRecorder';

const WARNED_LIMITS_KEY = 'quillet.budgetWarned';

export interface BudgetGuardServices {
  readonly settings: Configuration;
  readonly usage: Pick<UsageRecorder, 'readMonth' | 'pendingRows'>;
  readonly notifier: Notifier;
  readonly memento: Pick<Memento, 'get' | 'update'>;
}

/** Enforces the user's budget across all windows. Without a budget it reads nothing. */
export class BudgetGuard {
  constructor(private readonly services: BudgetGuardServices) {}

  /** Nothing is awaited between the check and the reservation, so concurrent runs can't exceed the budget together. */
  readonly admit: BudgetGate = async (run, recordReservation) => {
    const { settings, usage } = this.services;
    const { budget, prices } = settings.read();
    if (!hasBudget(budget)) {
      recordReservation(undefined);
      return undefined;
    }
    const reserved = await reserve(run, prices).catch(() => undefined);
    const { rows, running } = await usage.readMonth();
    const latest = new Map([...rows, ...running].map((row) => [row.id, row]));
    for (const row of usage.pendingRows) if (row.outcome !== 'started' || !latest.has(row.id)) latest.set(row.id, row);
    const spending = currentSpending([...latest.values()], Date.now());
    const [reached] = exceededLimits(budget, 'hard', spending, Date.now());
    if (reached === undefined) recordReservation(reserved);
    return reached && new QuilletError('budget.hard', { budget: reached });
  };

  /** Reads the usage of other windows while the user is still typing. */
  prefetch(): void {
    void this.readSpending().catch(() => undefined);
  }

  async warnAboutSoftLimits(): Promise<void> {
    const spending = await this.readSpending();
    if (spending === undefined) return;
    const reached = exceededLimits(this.services.settings.read().budget, 'soft', spending, Date.now());
    for (const facts of reached) await this.warnOnce(facts);
  }

  async readSpending(): Promise<Readonly<Record<BudgetPeriod, Spending>> | undefined> {
    if (!hasBudget(this.services.settings.read().budget)) return undefined;
    return currentSpending((await this.services.usage.readMonth()).rows, Date.now());
  }

  private async warnOnce(facts: BudgetStatus): Promise<void> {
    const { memento, notifier } = this.services;
    const warned = memento.get<readonly string[]>(WARNED_LIMITS_KEY) ?? [];
    const key = `${facts.period} ${facts.unit} ${facts.limit} ${facts.endsAt}`;
    if (warned.includes(key)) return;
    const current = warned.filter((warnedKey) => Number(warnedKey.split(' ').at(-1)) > Date.now());
    await memento.update(WARNED_LIMITS_KEY, [...current, key]);
    notifier.warn(budgetWarningMessage(facts));
  }
}
