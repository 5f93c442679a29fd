import { daysOf } from '../../common/period';
import { addTotals, emptyTotals, toDayKey, type UsageTotals } from '../../common/usageReport';
import type { Localizer } from './numberFormatter';
import { createColumns } from './tables';
import type { DashboardContext } from './viewContext';
import type { ChartView, DrawingView, SeriesView } from './viewModel';

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

/** The last months, from the first with runs. */
function createMonthBars({ report, language, now }: DashboardContext): ChartBar[] {
  const days = Map.groupBy(report.days, ([day]) => day.slice(0, 7));
  const short = new Intl.DateTimeFormat(language, { month: 'short', year: '2-digit' });
  const long = new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric' });
  const bars = Array.from({ length: MAX_MONTHS }, (_, index) => {
    const date = new Date(now.getFullYear(), now.getMonth() - MAX_MONTHS + 1 + index, 1);
    const totals = addTotals((days.get(toDayKey(date).slice(0, 7)) ?? []).map(([, dayTotals]) => dayTotals));
    return { label: short.format(date), fullLabel: long.format(date), totals };
  });
  return bars.slice(bars.findIndex(({ totals }, index) => totals.runs > 0 || index === MAX_MONTHS - 1));
}

function createChart(context: DashboardContext, heading: string, column: string, bars: readonly ChartBar[]): ChartView {
  const { l10n, formatter } = context;
  const formatCount = ({ runs }: UsageTotals) => formatter.formatCount(runs);
  const formatTokens = (totals: UsageTotals) => formatter.formatTokens(totals);
  const formatCost = (totals: UsageTotals) => formatter.formatCost(totals);
  const cells = ({ totals }: ChartBar) => [formatCount, formatTokens, formatCost].map((format) => format(totals));
  const draw = (measure: string, format: (totals: UsageTotals) => string, ...stack: readonly Series[]) =>
    createDrawing(`${heading}: ${measure}`, bars, stack, { l10n, format });
  return {
    heading,
    barLabels: bars.map(({ label }) => label),
    barDescriptions: bars.map((bar) =>
      bar.totals.runs === 0
        ? `${bar.fullLabel}: ${l10n.t('no requests')}`
        : l10n.t('{0} · requests: {1} · tokens: {2} · cost: {3}', bar.fullLabel, ...cells(bar)),
    ),
    drawings: {
      cost: draw(l10n.t('cost'), formatCost, [l10n.t('Cost'), 'blue', ({ usd }) => usd]),
      tokens: draw(
        l10n.t('tokens'),
        formatTokens,
        [l10n.t('Input'), 'blue', ({ input }) => input],
        [l10n.t('Output'), 'orange', ({ output }) => output],
      ),
      runs: draw(
        l10n.t('requests'),
        formatCount,
        [l10n.t('succeeded'), 'green', ({ runsOk }) => runsOk],
        [l10n.t('failed'), 'red', ({ runs, runsOk }) => runs - runsOk],
      ),
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

type Series = readonly [label: string, color: SeriesView['color'], select: (totals: UsageTotals) => number];

function createDrawing(
  title: string,
  bars: readonly ChartBar[],
  stack: readonly Series[],
  { l10n, format }: { readonly l10n: Localizer; readonly format: (totals: UsageTotals) => string },
): DrawingView {
  const series = stack.map(([label, color, select]) => ({
    label,
    color,
    values: bars.map(({ totals }) => select(totals)),
  }));
  const heightOf = ({ totals }: ChartBar) => stack.reduce((sum, [, , select]) => sum + select(totals), 0);
  const used = bars.filter(({ totals }) => totals.runs > 0);
  const peak = used.toSorted((left, right) => heightOf(right) - heightOf(left))[0];
  if (peak === undefined) return { series, summary: l10n.t('{0}. No requests.', title) };
  const total = format(addTotals(used.map(({ totals }) => totals)));
  const maximum = format(peak.totals);
  return { series, summary: l10n.t('{0}. Total: {1}. Maximum: {3} ({2}).', title, total, peak.fullLabel, maximum) };
}
