import { type ExtensionContext, l10n } from 'vscode';
import { BudgetGuard } from '../usage/budgetGuard';
import { monthOf } from '../usage/common/aggregate';
import { UsageBook } from '../usage/usageRecorder';
import { recentSums } from '../usage/usageTooltip';
import type { Register, Services } from './services';

/** What is remembered of the runs, and what the user wants to spend on them. */
export function createUsage(
  context: ExtensionContext,
  register: Register,
  { settings, redactor, log, notifier }: Services,
) {
  const onTrouble = () =>
    notifier.warn(
      l10n.t('What was used cannot be written down: it is kept until this window is closed, and tried again.'),
      { label: l10n.t('Show Log'), run: async () => log.show() },
    );
  const book = register(new UsageBook({ context, settings, redactor, log, onTrouble }));
  const budget = new BudgetGuard({ settings, usage: book, notifier, memento: context.globalState });
  register(book.onDidEnter(() => void budget.warn().catch((failure: unknown) => log.error('budget', failure))));
  const recent = async () => {
    const now = Date.now();
    return recentSums(await book.readRecent(monthOf(now)), await budget.spent(), now);
  };
  return { book, budget, recent };
}

export type UsageServices = ReturnType<typeof createUsage>;
