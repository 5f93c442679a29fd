import { l10n, MarkdownString } from 'vscode';
import type { LedgerTable } from '../ledger/common/ledgerTable';
import type { CommandId } from '../platform/commands';
import type { Budget } from '../settings/common/spendingSettings';
import { addSums, sumUsage, totalUsage, type UsageSum } from './common/aggregate';
import { periodRange, type Spent } from './common/budget';
import { budgetLine, sumText } from './usageText';

/** What was used lately, for the status bar. */
export interface RecentSums {
  readonly today: UsageSum;
  readonly month: UsageSum;
  /** Of this month, by the models' names, the most used first. */
  readonly models: readonly (readonly [name: string, sum: UsageSum])[];
  /** Undefined where there is no budget. */
  readonly spent: Readonly<Record<keyof Budget, Spent>> | undefined;
}

/** Commands that the links of a tooltip may run. */
export type TooltipLink = readonly [label: string, command: CommandId];

/** As many models as have a line of their own. */
const MOST_MODELS = 5;

export function recentSums(tables: readonly LedgerTable[], spent: RecentSums['spent'], now: number): RecentSums {
  const month = periodRange('monthly', now);
  const day = periodRange('daily', now);
  const byModel = new Map<string, UsageSum[]>();
  for (const table of tables) {
    for (const [name, sum] of sumUsage(table, 'model', month)) byModel.set(name, [...(byModel.get(name) ?? []), sum]);
  }
  const models = [...byModel].map(([name, sums]) => [name, addSums(sums)] as const);
  return {
    today: addSums(tables.map((table) => totalUsage(table, day))),
    month: addSums(tables.map((table) => totalUsage(table, month))),
    models: models.sort(([, one], [, other]) => other.runs - one.runs),
    spent,
  };
}

/**
 * The tooltip: what the last runs were, what was used lately, and what can be done. It can run our own commands, so nothing
 * that others wrote gets into it as it is (R13): of a model's name only letters, digits and the signs of versions and paths
 * are left, which no markup can be made of. The lines are our own sentences and numbers.
 */
export function usageTooltip(
  { model, lines }: { model: string; lines: readonly string[] },
  recent: RecentSums | undefined,
  { budget, links }: { budget: Budget; links: readonly TooltipLink[] },
): MarkdownString {
  const tooltip = new MarkdownString();
  for (const line of [harmless(model), ...lines]) appendLine(tooltip, line);
  if (recent !== undefined) appendRecent(tooltip, recent, budget);
  tooltip.isTrusted = { enabledCommands: links.map(([, command]) => command) };
  tooltip.appendMarkdown('\n\n---\n\n');
  tooltip.appendMarkdown(links.map(([label, command]) => `[${label}](command:${command})`).join(' · '));
  return tooltip;
}

function appendRecent(tooltip: MarkdownString, { today, month, models, spent }: RecentSums, budget: Budget): void {
  tooltip.appendMarkdown('\n\n---\n\n');
  appendLine(tooltip, l10n.t('Today: {0}', sumText(today)));
  appendLine(tooltip, l10n.t('This month: {0}', sumText(month)));
  // One model alone is the month itself.
  const listed = models.length > 1 ? models.slice(0, MOST_MODELS) : [];
  for (const [name, sum] of listed) appendLine(tooltip, l10n.t('… {0}: {1}', harmless(name), sumText(sum)));
  const others = models.length - listed.length;
  if (listed.length > 0 && others > 0) appendLine(tooltip, l10n.t('… and {0} more models', String(others)));
  if (spent === undefined) return;
  tooltip.appendMarkdown('\n\n---\n\n');
  for (const line of budgetLines(budget, spent)) appendLine(tooltip, line);
}

/** Each limit that is set, the hard ones where both are. */
function budgetLines(budget: Budget, spent: NonNullable<RecentSums['spent']>): string[] {
  return (['daily', 'monthly'] as const).flatMap((period) => {
    const { soft, hard } = budget[period] ?? {};
    return (['usd', 'tokens', 'runs'] as const).flatMap((unit) => {
      const limit = hard?.[unit] ?? soft?.[unit];
      if (limit === undefined) return [];
      const line = budgetLine(unit, spent[period], limit);
      return [period === 'daily' ? l10n.t('Budget of today: {0}', line) : l10n.t('Budget of this month: {0}', line)];
    });
  });
}

/** `appendText` alone would make a paragraph of each line. */
function appendLine(tooltip: MarkdownString, line: string): void {
  tooltip.appendText(line);
  tooltip.appendMarkdown('  \n');
}

/** Leaves nothing that markup, or what VS Code takes for an address, could be made of. */
function harmless(name: string): string {
  return name
    .replace(/[^\p{L}\p{N}\p{M} .,:/@+-]/gu, '?')
    .replace(/:(?=\/)|(?<=\w)@/g, '?')
    .replace(/(?<=www)\./gi, '?');
}
