import { toDayKey } from '../../usage/common/aggregate';
import type { ReportTotals, UsageReport } from '../../usage/common/usageReport';
import { ALL_TIME } from '../../usage/common/usageReport';
import { withoutUndefined } from '../../util/withoutUndefined';
import { createDayChart, createMonthChart } from './charts';
import { interpolate, NumberFormatter } from './numberFormatter';
import type { DashboardStrings } from './strings';
import { createGroupTable, createLatencyTable, createRunsTable } from './tables';
import type { DashboardContext, DashboardInput } from './viewContext';
import type { CardView, DashboardView } from './viewModel';

export const RUNS_PER_PAGE = 50;

/** Builds the view model from what has been read so far. */
export function createDashboardView(input: DashboardInput): DashboardView {
  const { report, page, strings, language, progress } = input;
  const formatter = new NumberFormatter(language, strings.numbers);
  const isReading = progress < 1;
  const isEmpty = report.days.size === 0 && !isReading;
  const context = { ...input, formatter };
  return {
    language,
    labels: strings.labels,
    periods: listPeriods(report, language, strings),
    period: report.period,
    ...withoutUndefined({
      empty: isEmpty ? strings.empty : undefined,
      progress: isReading
        ? { text: interpolate(strings.loading, formatPercent(progress, language)), fraction: progress }
        : undefined,
    }),
    cards: createCards(context),
    notes: createNotes(context),
    charts: [createDayChart(context), createMonthChart(context)],
    tables: [
      createGroupTable(context, {
        id: 'models',
        group: report.models,
        caption: strings.byModel,
        heading: strings.model,
      }),
      createGroupTable(context, {
        id: 'prompts',
        group: report.prompts,
        caption: strings.byPrompt,
        heading: strings.prompt,
      }),
      createGroupTable(context, {
        id: 'outcomes',
        group: new Map([...report.outcomes].map(([name, totals]) => [toOutcomeName(name, strings), totals])),
        caption: strings.byOutcome,
        heading: strings.outcome,
      }),
      createLatencyTable(context),
    ],
    runs: {
      table: createRunsTable(context, input.rows),
      page,
      pageCount: countPages(report),
      range: formatRange({ page, total: report.total.runs, formatter, strings }),
    },
  };
}

export function clampPage(report: UsageReport, requested: number): number {
  return Math.min(requested, countPages(report) - 1);
}

function countPages({ total }: UsageReport): number {
  return Math.max(1, Math.ceil(total.runs / RUNS_PER_PAGE));
}

function toOutcomeName(name: string, strings: DashboardStrings): string {
  return (strings.outcomes as Readonly<Record<string, string>>)[name] ?? name;
}

function createCards(context: DashboardContext): CardView[] {
  const { report, strings, formatter } = context;
  const { total, timeToFirstToken } = report;
  const counts = (runs: number) => [formatter.formatCount(runs), formatter.formatCount(total.runs)] as const;
  const median = timeToFirstToken.percentile(0.5);
  return [
    {
      label: strings.cost,
      value: formatKnownCost(total, context),
      detail:
        total.runsWithoutPrice === 0
          ? strings.allPriced
          : interpolate(strings.unpriced, ...counts(total.runsWithoutPrice)),
    },
    {
      label: strings.tokens,
      value:
        total.runsWithoutTokens > 0 && !hasTokens(total)
          ? strings.numbers.unknown
          : formatter.formatCount(total.input + total.output),
      detail:
        total.runsWithoutTokens === 0
          ? interpolate(strings.tokenDetail, formatter.formatCount(total.input), formatter.formatCount(total.output))
          : interpolate(strings.unreported, ...counts(total.runsWithoutTokens)),
    },
    {
      label: strings.runs,
      value: formatter.formatCount(total.runs),
      detail: interpolate(
        strings.runDetail,
        formatter.formatCount(total.runsOk),
        formatter.formatCount(total.runs - total.runsOk),
      ),
    },
    createTodayCard(context),
    {
      label: strings.timeToFirstToken,
      value: formatter.formatDuration(median),
      detail:
        median === undefined
          ? ''
          : interpolate(strings.timeToFirstTokenDetail, formatter.formatDuration(timeToFirstToken.percentile(0.95))),
    },
  ];
}

function createTodayCard(context: DashboardContext): CardView {
  const { report, strings, formatter, now } = context;
  const today = report.days.get(toDayKey(now.getTime()));
  if (today === undefined) return { label: strings.today, value: strings.noRuns, detail: '' };
  const details = [interpolate(strings.todayDetail, formatter.formatCount(today.runs), formatter.formatTokens(today))];
  if (today.runsWithoutPrice > 0) {
    details.push(
      interpolate(strings.unpriced, formatter.formatCount(today.runsWithoutPrice), formatter.formatCount(today.runs)),
    );
  }
  return { label: strings.today, value: formatKnownCost(today, context), detail: details.join(' · ') };
}

function formatKnownCost(totals: ReportTotals, { strings, formatter }: DashboardContext): string {
  const isUnknown = totals.usd === 0 && totals.runsWithoutPrice > 0;
  return isUnknown ? strings.numbers.unknown : formatter.formatMoney(totals.usd, totals.runsEstimated > 0);
}

function hasTokens({ input, output }: ReportTotals): boolean {
  return input + output > 0;
}

/** Explains what the numbers leave out. */
function createNotes({ report, skipped, unreadFiles, strings, formatter }: DashboardContext): string[] {
  return [
    ...(skipped > 0 ? [interpolate(strings.skipped, formatter.formatCount(skipped))] : []),
    ...(unreadFiles > 0 ? [interpolate(strings.unreadFiles, formatter.formatCount(unreadFiles))] : []),
    ...(report.total.runsEstimated > 0 ? [strings.estimates] : []),
  ];
}

function listPeriods({ days, period }: UsageReport, language: string, { allTime }: DashboardStrings) {
  const months = new Set([...days.keys()].map((day) => day.slice(0, 7)));
  if (period !== ALL_TIME) months.add(period);
  const sorted = [...months].sort().toReversed();
  return [
    { value: ALL_TIME, label: allTime },
    ...sorted.map((month) => ({ value: month, label: formatMonth(month, language) })),
  ];
}

function formatMonth(month: string, language: string): string {
  const date = new Date(Number(month.slice(0, 4)), Number(month.slice(5, 7)) - 1, 1);
  return date.toLocaleDateString(language, { month: 'long', year: 'numeric' });
}

interface RangeInput {
  readonly page: number;
  readonly total: number;
  readonly formatter: NumberFormatter;
  readonly strings: DashboardStrings;
}

function formatRange({ page, total, formatter, strings }: RangeInput): string {
  const first = page * RUNS_PER_PAGE + 1;
  const last = Math.min(total, first + RUNS_PER_PAGE - 1);
  return interpolate(
    strings.range,
    formatter.formatCount(first),
    formatter.formatCount(last),
    formatter.formatCount(total),
  );
}

function formatPercent(fraction: number, language: string): string {
  return fraction.toLocaleString(language, { style: 'percent', maximumFractionDigits: 0 });
}
