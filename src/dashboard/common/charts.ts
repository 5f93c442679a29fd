import { toDayKey } from '../../usage/common/aggregate';
import { ALL_TIME, emptyReportTotals, mergeTotals, type ReportTotals } from '../../usage/common/usageReport';
import { interpolate } from './numberFormatter';
import { createColumns } from './tables';
import type { DashboardContext } from './viewContext';
import type { ChartView, DrawingView, Measure, SeriesView } from './viewModel';

const DAY_COUNT = 30;
const MAX_MONTHS = 24;

interface ChartBar {
  readonly label: string;
  readonly fullLabel: string;
  readonly totals: ReportTotals;
}

export function createDayChart(context: DashboardContext): ChartView {
  const { report, strings, language, now } = context;
  const dates = report.period === ALL_TIME ? listLastDays(now) : listDays(report.period);
  const bars = dates.map((date) => ({
    label: date.toLocaleDateString(language, { day: 'numeric', month: 'short' }),
    fullLabel: date.toLocaleDateString(language, { dateStyle: 'long' }),
    totals: report.days.get(toDayKey(date.getTime())) ?? emptyReportTotals(),
  }));
  return createChart(context, { id: 'days', heading: strings.byDay, column: strings.day, bars });
}

/** All months with runs, and the months between them unless these are too many. */
export function createMonthChart(context: DashboardContext): ChartView {
  const { report, strings, language } = context;
  const totalsByMonth = new Map<string, ReportTotals>();
  for (const [day, dayTotals] of report.days) {
    const month = day.slice(0, 7);
    totalsByMonth.set(month, mergeTotals(totalsByMonth.get(month) ?? emptyReportTotals(), dayTotals));
  }
  const bars = fillMonths([...totalsByMonth.keys()].sort()).map((month) => {
    const date = new Date(Number(month.slice(0, 4)), Number(month.slice(5, 7)) - 1, 1);
    return {
      label: date.toLocaleDateString(language, { month: 'short', year: '2-digit' }),
      fullLabel: date.toLocaleDateString(language, { month: 'long', year: 'numeric' }),
      totals: totalsByMonth.get(month) ?? emptyReportTotals(),
    };
  });
  return createChart(context, { id: 'months', heading: strings.byMonth, column: strings.month, bars });
}

function listLastDays(now: Date): Date[] {
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  return Array.from({ length: DAY_COUNT }, (_, index) => new Date(year, month, day - DAY_COUNT + 1 + index));
}

function listDays(month: string): Date[] {
  const [year, index] = [Number(month.slice(0, 4)), Number(month.slice(5, 7)) - 1];
  const count = new Date(year, index + 1, 0).getDate();
  return Array.from({ length: count }, (_, day) => new Date(year, index, day + 1));
}

function fillMonths(months: readonly string[]): readonly string[] {
  const shown = months.slice(-MAX_MONTHS);
  const [first, last] = [shown[0], shown.at(-1)];
  if (first === undefined || last === undefined) return [];
  const toIndex = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
  const length = toIndex(last) - toIndex(first) + 1;
  // A clock that was wrong once must not produce a chart of a century.
  if (length > MAX_MONTHS) return shown;
  return Array.from({ length }, (_, index) => {
    const month = toIndex(first) + index;
    return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;
  });
}

interface ChartInput {
  readonly id: string;
  readonly heading: string;
  readonly column: string;
  readonly bars: readonly ChartBar[];
}

function createChart(context: DashboardContext, { id, heading, column, bars }: ChartInput): ChartView {
  const { strings, formatter } = context;
  const cells = ({ totals }: ChartBar) =>
    [formatter.formatCount(totals.runs), formatter.formatTokens(totals), formatter.formatCost(totals)] as const;
  const drawing = (measure: Measure, series: readonly SeriesView[]): DrawingView => ({
    summary: summarize(context, { title: `${heading}: ${strings.labels.measures[measure]}`, measure, bars }),
    series,
  });
  const values = (select: (totals: ReportTotals) => number) => bars.map(({ totals }) => select(totals));
  return {
    id,
    heading,
    barLabels: bars.map(({ label }) => label),
    barDescriptions: bars.map((bar) =>
      bar.totals.runs === 0
        ? `${bar.fullLabel}: ${strings.noRuns}`
        : interpolate(strings.barDescription, bar.fullLabel, ...cells(bar)),
    ),
    drawings: {
      cost: drawing('cost', [{ label: strings.cost, color: 'blue', values: values(({ usd }) => usd) }]),
      tokens: drawing('tokens', [
        { label: strings.input, color: 'blue', values: values(({ input }) => input) },
        { label: strings.output, color: 'orange', values: values(({ output }) => output) },
      ]),
      runs: drawing('runs', [
        { label: strings.succeeded, color: 'green', values: values(({ runsOk }) => runsOk) },
        { label: strings.failed, color: 'red', values: values(({ runs, runsOk }) => runs - runsOk) },
      ]),
    },
    table: {
      id: `${id}-table`,
      caption: heading,
      columns: createColumns([column], [strings.runs, strings.tokens, strings.cost]),
      rows: bars
        .filter(({ totals }) => totals.runs > 0)
        .map((bar) => ({ cells: [bar.fullLabel, ...cells(bar)] }))
        .toReversed(),
    },
  };
}

interface SummaryInput {
  readonly title: string;
  readonly measure: Measure;
  readonly bars: readonly ChartBar[];
}

function summarize({ strings, formatter }: DashboardContext, { title, measure, bars }: SummaryInput): string {
  const format = (totals: ReportTotals) =>
    measure === 'cost'
      ? formatter.formatCost(totals)
      : measure === 'tokens'
        ? formatter.formatTokens(totals)
        : formatter.formatCount(totals.runs);
  const measureOf = ({ usd, input, output, runs }: ReportTotals) =>
    measure === 'cost' ? usd : measure === 'tokens' ? input + output : runs;
  const used = bars.filter(({ totals }) => totals.runs > 0);
  if (used.length === 0) return interpolate(strings.emptySummary, title);
  const total = used.reduce((merged, { totals }) => mergeTotals(merged, totals), emptyReportTotals());
  const peak = used.reduce((left, right) => (measureOf(right.totals) > measureOf(left.totals) ? right : left));
  return interpolate(strings.summary, title, format(total), peak.fullLabel, format(peak.totals));
}
