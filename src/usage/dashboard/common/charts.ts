import { daysOf } from '../../common/period';
import { addTotals, emptyTotals, toDayKey, type UsageTotals } from '../../common/usageReport';
import { createColumns } from './tables';
import type { DashboardContext } from './viewContext';
import type { ChartView, Measure, SeriesView } from './viewModel';

/** Days that are shown of a period counted in months. */
const MAX_DAYS = 30;
const MAX_MONTHS = 24;

interface ChartBar {
  readonly label: string;
  readonly fullLabel: string;
  readonly totals: UsageTotals;
}

/** By day, and by month if the period is counted in months. */
export function createCharts(context: DashboardContext): ChartView[] {
  const { l10n, period } = context;
  const days = daysOf(period);
  const dayChart = createChart(context, l10n.t('By day'), l10n.t('Day'), createDayBars(context, days ?? MAX_DAYS));
  if (days !== undefined) return [dayChart];
  return [dayChart, createChart(context, l10n.t('By month'), l10n.t('Month'), createMonthBars(context))];
}

function createDayBars({ report, language, now }: DashboardContext, count: number): ChartBar[] {
  const short = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' });
  const long = new Intl.DateTimeFormat(language, { dateStyle: 'long' });
  return Array.from({ length: count }, (_, index) => {
    const date = new Date(now.getFullYear(), now.getMonth(), now.getDate() - count + 1 + index);
    return {
      label: short.format(date),
      fullLabel: long.format(date),
      totals: report.days.get(toDayKey(date)) ?? emptyTotals(),
    };
  });
}

/** All months with runs, and the months between them unless these are too many. */
function createMonthBars({ report, language }: DashboardContext): ChartBar[] {
  const days = Map.groupBy(report.days, ([day]) => day.slice(0, 7));
  return fillMonths([...days.keys()].sort()).map((month) => {
    const date = new Date(Number(month.slice(0, 4)), Number(month.slice(5, 7)) - 1, 1);
    return {
      label: date.toLocaleDateString(language, { month: 'short', year: '2-digit' }),
      fullLabel: date.toLocaleDateString(language, { month: 'long', year: 'numeric' }),
      totals: addTotals((days.get(month) ?? []).map(([, totals]) => totals)),
    };
  });
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

function createChart(context: DashboardContext, heading: string, column: string, bars: readonly ChartBar[]): ChartView {
  const { l10n, formatter } = context;
  const cells = ({ totals }: ChartBar) =>
    [formatter.formatCount(totals.runs), formatter.formatTokens(totals), formatter.formatCost(totals)] as const;
  const values = (select: (totals: UsageTotals) => number) => bars.map(({ totals }) => select(totals));
  const drawing = (measure: Measure, title: string, series: readonly SeriesView[]) => ({
    summary: summarize(context, `${heading}: ${title}`, measure, bars),
    series,
  });
  return {
    heading,
    barLabels: bars.map(({ label }) => label),
    barDescriptions: bars.map((bar) =>
      bar.totals.runs === 0
        ? `${bar.fullLabel}: ${l10n.t('no requests')}`
        : l10n.t('{0} · requests: {1} · tokens: {2} · cost: {3}', bar.fullLabel, ...cells(bar)),
    ),
    drawings: {
      cost: drawing('cost', l10n.t('cost'), [
        { label: l10n.t('Cost'), color: 'blue', values: values(({ usd }) => usd) },
      ]),
      tokens: drawing('tokens', l10n.t('tokens'), [
        { label: l10n.t('Input'), color: 'blue', values: values(({ input }) => input) },
        { label: l10n.t('Output'), color: 'orange', values: values(({ output }) => output) },
      ]),
      runs: drawing('runs', l10n.t('requests'), [
        { label: l10n.t('succeeded'), color: 'green', values: values(({ runsOk }) => runsOk) },
        { label: l10n.t('failed'), color: 'red', values: values(({ runs, runsOk }) => runs - runsOk) },
      ]),
    },
    table: {
      caption: heading,
      columns: createColumns([column], [l10n.t('Requests'), l10n.t('Tokens'), l10n.t('Cost')]),
      rows: bars
        .filter(({ totals }) => totals.runs > 0)
        .map((bar) => ({ cells: [bar.fullLabel, ...cells(bar)] }))
        .toReversed(),
    },
  };
}

function summarize(
  { l10n, formatter }: DashboardContext,
  title: string,
  measure: Measure,
  bars: readonly ChartBar[],
): string {
  const format = (totals: UsageTotals) =>
    ({
      cost: () => formatter.formatCost(totals),
      tokens: () => formatter.formatTokens(totals),
      runs: () => formatter.formatCount(totals.runs),
    })[measure]();
  const measureOf = ({ usd, input, output, runs }: UsageTotals) =>
    ({ cost: usd, tokens: input + output, runs })[measure];
  const used = bars.filter(({ totals }) => totals.runs > 0);
  if (used.length === 0) return l10n.t('{0}. No requests.', title);
  const total = addTotals(used.map(({ totals }) => totals));
  const peak = used.reduce((left, right) => (measureOf(right.totals) > measureOf(left.totals) ? right : left));
  return l10n.t('{0}. Total: {1}. Maximum: {3} ({2}).', title, format(total), peak.fullLabel, format(peak.totals));
}
