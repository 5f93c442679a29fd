import { l10n, MarkdownString } from 'vscode';
import { formatLimitUsage } from '../notifications/budgetMessages';
import type { CommandId } from '../platform/commands';
import type { Budget } from '../settings/common/spendingSettings';
import { periodRange, type Spending } from './common/budget';
import { formatTotals } from './common/formatTotals';
import { addTotals, groupByModel, type UsageTotals } from './common/usageReport';
import type { UsageRow } from './common/usageRow';

export interface RecentTotals {
  readonly today: UsageTotals;
  readonly month: UsageTotals;
  readonly models: readonly (readonly [name: string, totals: UsageTotals])[];
  readonly spending: Readonly<Record<keyof Budget, Spending>> | undefined;
}

export type TooltipLink = readonly [label: string, command: CommandId];

const MAX_LISTED_MODELS = 5;

export function computeRecentTotals(
  rows: readonly UsageRow[],
  isLocal: (model: string) => boolean,
): Omit<RecentTotals, 'spending'> {
  const totalsByModel = (of: readonly UsageRow[]) =>
    [...groupByModel(of)].map(([name, totals]) => [name, isLocal(name) ? forgiveGaps(totals) : totals] as const);
  const sum = (models: RecentTotals['models']) => addTotals(models.map(([, totals]) => totals));
  const midnight = new Date(periodRange('daily', Date.now()).from).toISOString();
  const models = totalsByModel(rows).sort(([, left], [, right]) => right.runs - left.runs);
  return { today: sum(totalsByModel(rows.filter(({ time }) => time >= midnight))), month: sum(models), models };
}

/** Numbers that a local server never reports don't count as missing. */
function forgiveGaps(totals: UsageTotals): UsageTotals {
  return {
    ...totals,
    runsWithoutTokens: hasTokens(totals) ? totals.runsWithoutTokens : 0,
    runsWithoutPrice: totals.usd > 0 ? totals.runsWithoutPrice : 0,
  };
}

/** Whether a local server never reports this model's tokens. */
export function isUnreported(recent: RecentTotals | undefined, model: string): boolean {
  const totals = recent?.models.find(([name]) => name === model)?.[1];
  return totals !== undefined && !hasTokens(totals) && totals.runsWithoutTokens === 0;
}

function hasTokens({ input, output }: UsageTotals): boolean {
  return input + output > 0;
}

/** The tooltip is trusted to run commands, so text from servers and settings must not become markup. */
export function createUsageTooltip(
  { model, lines }: { model: string; lines: readonly string[] },
  recent: RecentTotals | undefined,
  { budget, links }: { budget: Budget; links: readonly TooltipLink[] },
): MarkdownString {
  const tooltip = new MarkdownString();
  for (const line of [sanitizeName(model), ...lines]) appendLine(tooltip, line);
  if (recent !== undefined) appendRecent(tooltip, recent, budget);
  tooltip.isTrusted = { enabledCommands: links.map(([, command]) => command) };
  tooltip.appendMarkdown('\n\n---\n\n');
  tooltip.appendMarkdown(links.map(([label, command]) => `[${label}](command:${command})`).join(' · '));
  return tooltip;
}

function appendRecent(tooltip: MarkdownString, { today, month, models, spending }: RecentTotals, budget: Budget): void {
  tooltip.appendMarkdown('\n\n---\n\n');
  appendLine(tooltip, l10n.t('Today: {0}', formatTotals(today, l10n)));
  appendLine(tooltip, l10n.t('This month: {0}', formatTotals(month, l10n)));
  const listed = models.length > 1 ? models.slice(0, MAX_LISTED_MODELS) : [];
  for (const [name, totals] of listed) {
    appendLine(tooltip, l10n.t('… {0}: {1}', sanitizeName(name), formatTotals(totals, l10n)));
  }
  const others = models.length - listed.length;
  if (listed.length > 0 && others > 0) appendLine(tooltip, l10n.t('… and {0} more models', String(others)));
  if (spending === undefined) return;
  tooltip.appendMarkdown('\n\n---\n\n');
  for (const line of budgetLines(budget, spending)) appendLine(tooltip, line);
}

function budgetLines(budget: Budget, spending: NonNullable<RecentTotals['spending']>): string[] {
  return (['daily', 'monthly'] as const).flatMap((period) => {
    const { soft, hard } = budget[period] ?? {};
    return (['usd', 'tokens', 'runs'] as const).flatMap((unit) => {
      const limit = hard?.[unit] ?? soft?.[unit];
      if (limit === undefined) return [];
      const { [unit]: used, isEstimate } = spending[period];
      const line = formatLimitUsage({ unit, used, limit, isEstimate: isEstimate && unit !== 'runs' });
      return [period === 'daily' ? l10n.t("Today's budget: {0}", line) : l10n.t("This month's budget: {0}", line)];
    });
  });
}

/** `appendText` alone would start a new paragraph for each line. */
function appendLine(tooltip: MarkdownString, line: string): void {
  tooltip.appendText(line);
  tooltip.appendMarkdown('  \n');
}

function sanitizeName(name: string): string {
  return name
    .replace(/[^\p{L}\p{N}\p{M} .,:/@+-]/gu, '?')
    .replace(/:(?=\/)|(?<=\w)@/g, '?')
    .replace(/(?<=www)\./gi, '?');
}
