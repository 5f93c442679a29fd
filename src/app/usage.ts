import { type ExtensionContext, l10n } from 'vscode';
import { BudgetGuard } from '../usage/budgetGuard';
import { monthRange } from '../usage/common/aggregate';
import { UsageRecorder } from '../usage/usageRecorder';
import { computeRecentTotals } from '../usage/usageTooltip';
import type { Register, Services } from './services';

/** What is remembered of the runs, and what the user wants to spend on them. */
export function createUsage(
  context: ExtensionContext,
  register: Register,
  { settings, redactor, log, notifier }: Services,
) {
  const onTrouble = () =>
    notifier.warn(
      l10n.t("Couldn't save usage data. It stays in memory until you close this window, and Quillet will try again."),
      { label: l10n.t('Show Log'), run: async () => log.show() },
    );
  const book = register(new UsageRecorder({ context, settings, redactor, log, onWriteFailure: onTrouble }));
  const budget = new BudgetGuard({ settings, usage: book, notifier, memento: context.globalState });
  register(
    book.onDidRecordRun(
      () => void budget.warnAboutSoftLimits().catch((failure: unknown) => log.error('budget', failure)),
    ),
  );
  const recent = async () => {
    const now = Date.now();
    return computeRecentTotals(await book.readRecent(monthRange(now)), await budget.readSpending(), now);
  };
  return { book, budget, recent };
}

export type UsageServices = ReturnType<typeof createUsage>;
