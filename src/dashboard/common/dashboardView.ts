import { toDayKey } from '../../usage/common/aggregate';
import type { ReportTotals, UsageReport } from '../../usage/common/usageReport';
import { ALL_TIME } from '../../usage/common/usageReport';
import { dayChart, monthChart } from './charts';
import { fill, UsageNumbers } from './formatNumbers';
import type { DashboardTexts } from './strings';
import { groupTable, latencyTable, runsTable } from './tables';
import type { DashboardContext, DashboardInput } from './viewContext';
import type { CardView, DashboardView } from './viewModel';

/** Runs on one page of the list. */
export const PAGE_RUNS = 50;

/** Everything the dashboard shows, from what is read of the ledger so far. */
export function dashboardView(input: DashboardInput): DashboardView {
  const { report, page, texts, language, share } = input;
  const numbers = new UsageNumbers(language, texts.numbers);
  const isReading = share < 1;
  const isEmpty = report.days.size === 0 && !isReading;
  const context = { ...input, numbers };
  return {
    language,
    labels: texts.labels,
    periods: periodsOf(report, language, texts),
    period: report.period,
    ...(isEmpty ? { empty: texts.empty } : {}),
    ...(isReading ? { progress: { text: fill(texts.reading, percent(share, language)), share } } : {}),
    cards: cardsOf(context),
    notes: notesOf(context),
    charts: [dayChart(context), monthChart(context)],
    tables: [
      groupTable(context, { id: 'models', group: report.models, caption: texts.byModel, heading: texts.model }),
      groupTable(context, { id: 'prompts', group: report.prompts, caption: texts.byPrompt, heading: texts.prompt }),
      groupTable(context, {
        id: 'outcomes',
        group: new Map([...report.outcomes].map(([name, sums]) => [outcomeName(name, texts), sums])),
        caption: texts.byOutcome,
        heading: texts.outcome,
      }),
      latencyTable(context),
    ],
    runs: {
      table: runsTable(context, input.rows),
      page,
      pages: pagesOf(report),
      range: rangeOf({ page, total: report.total.runs, numbers, texts }),
    },
  };
}

/** The page of the list of runs that was asked for, or the last one where there are not so many any more. */
export function pageThere(report: UsageReport, wanted: number): number {
  return Math.min(wanted, pagesOf(report) - 1);
}

function pagesOf({ total }: UsageReport): number {
  return Math.max(1, Math.ceil(total.runs / PAGE_RUNS));
}

function outcomeName(name: string, texts: DashboardTexts): string {
  return (texts.outcomes as Readonly<Record<string, string>>)[name] ?? name;
}

function cardsOf(context: DashboardContext): CardView[] {
  const { report, texts, numbers } = context;
  const { total, timeToFirstToken } = report;
  const counts = (runs: number) => [numbers.count(runs), numbers.count(total.runs)] as const;
  const median = timeToFirstToken.percentile(0.5);
  return [
    {
      label: texts.cost,
      value: knownCost(total, context),
      detail: total.runsWithoutPrice === 0 ? texts.allPriced : fill(texts.unpriced, ...counts(total.runsWithoutPrice)),
    },
    {
      label: texts.tokens,
      value:
        total.runsWithoutTokens > 0 && !hasTokens(total)
          ? texts.numbers.unknown
          : numbers.count(total.input + total.output),
      detail:
        total.runsWithoutTokens === 0
          ? fill(texts.tokenParts, numbers.count(total.input), numbers.count(total.output))
          : fill(texts.unreported, ...counts(total.runsWithoutTokens)),
    },
    {
      label: texts.runs,
      value: numbers.count(total.runs),
      detail: fill(texts.runParts, numbers.count(total.runsOk), numbers.count(total.runs - total.runsOk)),
    },
    todayCard(context),
    {
      label: texts.firstText,
      value: numbers.duration(median),
      detail:
        median === undefined ? '' : fill(texts.firstTextParts, numbers.duration(timeToFirstToken.percentile(0.95))),
    },
  ];
}

/** What the day has cost so far; what it leaves out stands under it. */
function todayCard(context: DashboardContext): CardView {
  const { report, texts, numbers, now } = context;
  const today = report.days.get(toDayKey(now.getTime()));
  if (today === undefined) return { label: texts.today, value: texts.noRuns, detail: '' };
  const facts = [fill(texts.todayParts, numbers.count(today.runs), numbers.tokens(today))];
  if (today.runsWithoutPrice > 0) {
    facts.push(fill(texts.unpriced, numbers.count(today.runsWithoutPrice), numbers.count(today.runs)));
  }
  return { label: texts.today, value: knownCost(today, context), detail: facts.join(' · ') };
}

function knownCost(sum: ReportTotals, { texts, numbers }: DashboardContext): string {
  const isUnknown = sum.usd === 0 && sum.runsWithoutPrice > 0;
  return isUnknown ? texts.numbers.unknown : numbers.money(sum.usd, sum.runsEstimated > 0);
}

function hasTokens({ input, output }: ReportTotals): boolean {
  return input + output > 0;
}

/** What users have to know to read the numbers right. */
function notesOf({ report, skipped, unreadFiles, texts, numbers }: DashboardContext): string[] {
  return [
    ...(skipped > 0 ? [fill(texts.skipped, numbers.count(skipped))] : []),
    ...(unreadFiles > 0 ? [fill(texts.unreadFiles, numbers.count(unreadFiles))] : []),
    ...(report.total.runsEstimated > 0 ? [texts.estimates] : []),
  ];
}

/** Everything, and each month with runs, the newest first. */
function periodsOf({ days, period }: UsageReport, language: string, { everything }: DashboardTexts) {
  const months = new Set([...days.keys()].map((day) => day.slice(0, 7)));
  if (period !== ALL_TIME) months.add(period);
  const named = [...months].sort().toReversed();
  return [
    { value: ALL_TIME, label: everything },
    ...named.map((month) => ({ value: month, label: monthName(month, language) })),
  ];
}

/** @param month as `2026-11`. */
function monthName(month: string, language: string): string {
  const date = new Date(Number(month.slice(0, 4)), Number(month.slice(5, 7)) - 1, 1);
  return date.toLocaleDateString(language, { month: 'long', year: 'numeric' });
}

interface RangeInput {
  readonly page: number;
  readonly total: number;
  readonly numbers: UsageNumbers;
  readonly texts: DashboardTexts;
}

function rangeOf({ page, total, numbers, texts }: RangeInput): string {
  const first = page * PAGE_RUNS + 1;
  const last = Math.min(total, first + PAGE_RUNS - 1);
  return fill(texts.range, numbers.count(first), numbers.count(last), numbers.count(total));
}

function percent(share: number, language: string): string {
  return share.toLocaleString(language, { style: 'percent', maximumFractionDigits: 0 });
}
