import { type ExtensionContext, l10n } from 'vscode';
import { parseModelRef } from '../core/chat';
import { findEndpoint } from '../providers/endpoint';
import { BudgetGuard } from '../usage/budgetGuard';
import { UsageRecorder } from '../usage/usageRecorder';
import { computeRecentTotals } from '../usage/usageTooltip';
import { isLoopback } from '../util/origin';
import type { Register, Services } from './services';

export function createUsage(
  context: ExtensionContext,
  register: Register,
  { settings, redactor, log, notifier }: Services,
) {
  const onWriteFailure = () =>
    notifier.warn(
      l10n.t("Couldn't save usage data. It stays in memory until you close this window, and Quillet will try again."),
      { label: l10n.t('Show Log'), run: async () => log.show() },
    );
  const usageRecorder = register(new UsageRecorder({ context, settings, redactor, log, onWriteFailure }));
  const budget = new BudgetGuard({ settings, usage: usageRecorder, notifier, memento: context.globalState });
  register(
    usageRecorder.onDidRecordRun(
      () => void budget.warnAboutSoftLimits().catch((failure: unknown) => log.error('budget', failure)),
    ),
  );
  const loadRecentUsage = async () => {
    const { rows } = await usageRecorder.readMonth();
    const spending = await budget.readSpending();
    const isLocal = (model: string) =>
      isLoopback(findEndpoint(settings.read(), parseModelRef(model)?.providerId ?? '')?.baseUrl ?? '');
    return { ...computeRecentTotals(rows, isLocal), spending };
  };
  return { usageRecorder, budget, loadRecentUsage };
}

export type UsageServices = ReturnType<typeof createUsage>;
