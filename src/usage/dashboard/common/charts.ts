import type { Localizer } from '../../common/formatTotals';
import { daysOf } from '../../common/period';
import { addTotals, emptyTotals, toDayKey, type UsageTotals } from '../../common/usageReport';
import { createTotalsTable } from './tables';
import type { DashboardContext } from './viewContext';
import type { ChartView, DrawingView, SeriesView } from './viewModel';

const MAX_DAYS = 30;
const MAX_MONTHS = 24;
const MAX_LABELS = 6;

interface ChartBar {
  readonly label: string;
  readonly fullLabel: string;
  readonly totals: UsageTotals;
}

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
    const totals = report.days.get(toDayKey(date)) ?? emptyTotals();
    return { label: short.format(date), fullLabel: long.format(date), totals };
  });
}

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
  const draw = (measure: string, format: (totals: UsageTotals) => string, ...stack: readonly Series[]) =>
    createDrawing(l10n, bars, { title: `${heading}: ${measure}`, format, stack });
  const labelStep = Math.ceil(bars.length / MAX_LABELS);
  const used = bars
    .filter(({ totals }) => totals.runs > 0)
    .map(({ fullLabel, totals }) => [fullLabel, totals] as const);
  return {
    heading,
    bars: bars.map(({ label, fullLabel, totals }, index) => ({
      label: index % labelStep === 0 ? label : '',
      description: `${fullLabel} · ${formatter.formatTotals(totals)}`,
    })),
    drawings: {
      cost: draw(l10n.t('cost'), (totals) => formatter.formatCost(totals), [l10n.t('Cost'), 'blue', ({ usd }) => usd]),
      tokens: draw(
        l10n.t('tokens'),
        (totals) => formatter.formatTokens(totals),
        [l10n.t('Input'), 'blue', ({ input }) => input],
        [l10n.t('Output'), 'orange', ({ output }) => output],
      ),
      runs: draw(
        l10n.t('requests'),
        ({ runs }) => formatter.formatCount(runs),
        [l10n.t('succeeded'), 'green', ({ runsOk }) => runsOk],
        [l10n.t('failed or stopped'), 'red', ({ runs, runsOk }) => runs - runsOk],
      ),
    },
    table: createTotalsTable(context, heading, column, used.toReversed()),
  };
}

type Series = readonly [label: string, color: SeriesView['color'], select: (totals: UsageTotals) => number];

interface Measured {
  readonly title: string;
  readonly stack: readonly Series[];
  format(totals: UsageTotals): string;
}

function createDrawing(l10n: Localizer, bars: readonly ChartBar[], { title, stack, format }: Measured): DrawingView {
  const heightOf = ({ totals }: ChartBar) => stack.reduce((sum, [, , select]) => sum + select(totals), 0);
  const [peak] = bars.toSorted((left, right) => heightOf(right) - heightOf(left));
  const max = roundUp(peak === undefined ? 0 : heightOf(peak));
  return {
    max,
    ticks: [max, max / 2, 0].map((value) => format({ ...emptyTotals(), runs: value, input: value, usd: value })),
    series: stack.map(([label, color, select]) => ({ label, color, values: bars.map(({ totals }) => select(totals)) })),
    summary:
      peak === undefined || peak.totals.runs === 0
        ? l10n.t('{0}. No requests.', title)
        : l10n.t(
            '{0}. Total: {1}. Maximum: {3} ({2}).',
            title,
            format(addTotals(bars.map(({ totals }) => totals))),
            peak.fullLabel,
            format(peak.totals),
          ),
  };
}

/** To a number with one digit, whose half is an integer if it is a count. */
function roundUp(value: number): number {
  const unit = value > 0 ? 10 ** Math.floor(Math.log10(value)) : 1;
  return 2 * unit * Math.max(1, Math.ceil(value / unit / 2));
}
