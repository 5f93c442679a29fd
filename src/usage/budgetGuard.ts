import type { Memento } from 'vscode';
import { type BudgetStatus, QuilletError } from '../core/errors';
import { LedgerTable } from '../ledger/common/ledgerTable';
import { budgetWarningMessage } from '../notifications/budgetMessages';
import type { Notifier } from '../notifications/notifier';
import type { SettingsReader } from '../settings/configuration';
import { type BudgetPeriod, hasBudget, overruns, periodRange, type Spent, spentIn } from './common/budget';
import { type AdmitRun, heldFor } from './common/runRow';
import type { UsageBook } from './usageRecorder';

/** The periods whose soft limit the user was told of, as the times when they end. */
const WARNED = 'quillet.budgetWarned';

export interface BudgetGuardParts {
  readonly settings: SettingsReader;
  readonly usage: Pick<UsageBook, 'readRecent' | 'openElsewhere' | 'pending'>;
  readonly notifier: Notifier;
  readonly memento: Pick<Memento, 'get' | 'update'>;
}

/** Holds the user's budget against what all windows used. Where there is no budget, it reads nothing. */
export class BudgetGuard {
  constructor(private readonly parts: BudgetGuardParts) {}

  /**
   * Calls `send` and returns undefined where the budget leaves room, or there is none; else returns why nothing may be sent.
   * What is held back for runs under way counts as used, so that many that begin together cannot pass the budget together:
   * between the look at them and `send`, which holds something back for this one, nothing else happens.
   */
  readonly admit: AdmitRun = async (run, send) => {
    const { settings, usage } = this.parts;
    const { budget, prices } = settings.read();
    if (!hasBudget(budget)) {
      send(undefined);
      return undefined;
    }
    const month = periodRange('monthly', Date.now());
    const held = await heldFor(run, prices).catch(() => undefined);
    const elsewhere = await usage.openElsewhere();
    const tables = await usage.readRecent(month);
    const underWay = new LedgerTable();
    for (const row of [...elsewhere, ...usage.pending]) {
      if (![...tables, underWay].some((table) => table.has(row.id))) underWay.add(row);
    }
    const [reached] = overruns(budget, 'hard', spentOf([...tables, underWay]), Date.now());
    if (reached !== undefined) return new QuilletError('budget.hard', { budget: reached });
    send(held);
    return undefined;
  };

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
  async spent(): Promise<Readonly<Record<BudgetPeriod, Spent>> | undefined> {
    if (!hasBudget(this.parts.settings.read().budget)) return undefined;
    return spentOf(await this.parts.usage.readRecent(periodRange('monthly', Date.now())));
  }

  private async warnOnce(facts: BudgetStatus): Promise<void> {
    const { memento, notifier } = this.parts;
    const told = memento.get<readonly string[]>(WARNED) ?? [];
    const key = `${facts.period} ${facts.unit} ${facts.limit} ${facts.endsAt}`;
    if (told.includes(key)) return;
    const current = told.filter((one) => Number(one.split(' ').at(-1)) > Date.now());
    await memento.update(WARNED, [...current, key]);
    notifier.warn(budgetWarningMessage(facts));
  }
}

function spentOf(tables: readonly LedgerTable[]): Readonly<Record<BudgetPeriod, Spent>> {
  const now = Date.now();
  return { daily: spentIn(tables, periodRange('daily', now)), monthly: spentIn(tables, periodRange('monthly', now)) };
}
