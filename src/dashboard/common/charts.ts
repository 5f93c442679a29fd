import { toDayKey } from '../../usage/common/aggregate';
import { ALL_TIME, emptyReportTotals, mergeTotals, type ReportTotals } from '../../usage/common/usageReport';
import { fill } from './formatNumbers';
import { columns } from './tables';
import type { DashboardContext } from './viewContext';
import type { ChartView, DrawingView, Measure, SeriesView } from './viewModel';

/** How many days are shown when no month is chosen, and how many months at most. */
const DAYS = 30;
const MONTHS = 24;

interface Place {
  /** Under the bar. */
  readonly name: string;
  /** In a sentence and in the table. */
  readonly fullName: string;
  readonly sums: ReportTotals;
}

/** The days of the month that is shown, or the last thirty. */
export function dayChart(context: DashboardContext): ChartView {
  const { report, texts, language, now } = context;
  const dates = report.period === ALL_TIME ? lastDays(now) : daysOf(report.period);
  const places = dates.map((date) => ({
    name: date.toLocaleDateString(language, { day: 'numeric', month: 'short' }),
    fullName: date.toLocaleDateString(language, { dateStyle: 'long' }),
    sums: report.days.get(toDayKey(date.getTime())) ?? emptyReportTotals(),
  }));
  return chart(context, { id: 'days', heading: texts.byDay, column: texts.day, places });
}

/** The months with runs and, where they lie near each other, those between them. */
export function monthChart(context: DashboardContext): ChartView {
  const { report, texts, language } = context;
  const sums = new Map<string, ReportTotals>();
  for (const [day, one] of report.days) {
    const month = day.slice(0, 7);
    sums.set(month, mergeTotals(sums.get(month) ?? emptyReportTotals(), one));
  }
  const places = monthsBetween([...sums.keys()].sort()).map((month) => {
    const date = new Date(Number(month.slice(0, 4)), Number(month.slice(5, 7)) - 1, 1);
    return {
      name: date.toLocaleDateString(language, { month: 'short', year: '2-digit' }),
      fullName: date.toLocaleDateString(language, { month: 'long', year: 'numeric' }),
      sums: sums.get(month) ?? emptyReportTotals(),
    };
  });
  return chart(context, { id: 'months', heading: texts.byMonth, column: texts.month, places });
}

function lastDays(now: Date): Date[] {
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  return Array.from({ length: DAYS }, (_, index) => new Date(year, month, day - DAYS + 1 + index));
}

function daysOf(month: string): Date[] {
  const [year, index] = [Number(month.slice(0, 4)), Number(month.slice(5, 7)) - 1];
  const count = new Date(year, index + 1, 0).getDate();
  return Array.from({ length: count }, (_, day) => new Date(year, index, day + 1));
}

/** @param months sorted, as `2026-11`. */
function monthsBetween(months: readonly string[]): readonly string[] {
  const shown = months.slice(-MONTHS);
  const [first, last] = [shown[0], shown.at(-1)];
  if (first === undefined || last === undefined) return [];
  const number = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
  const length = number(last) - number(first) + 1;
  // A clock that was wrong once must not make a chart of a century.
  if (length > MONTHS) return shown;
  return Array.from({ length }, (_, index) => {
    const month = number(first) + index;
    return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;
  });
}

interface ChartInput {
  readonly id: string;
  readonly heading: string;
  readonly column: string;
  readonly places: readonly Place[];
}

function chart(context: DashboardContext, { id, heading, column, places }: ChartInput): ChartView {
  const { texts, numbers } = context;
  const facts = ({ sums }: Place) => [numbers.count(sums.runs), numbers.tokens(sums), numbers.cost(sums)] as const;
  const drawing = (measure: Measure, series: readonly SeriesView[]): DrawingView => ({
    summary: summaryOf(context, { title: `${heading}: ${texts.labels.measures[measure]}`, measure, places }),
    series,
  });
  const values = (of: (sums: ReportTotals) => number) => places.map(({ sums }) => of(sums));
  return {
    id,
    heading,
    places: places.map(({ name }) => name),
    readings: places.map((place) =>
      place.sums.runs === 0
        ? `${place.fullName}: ${texts.noRuns}`
        : fill(texts.readingOf, place.fullName, ...facts(place)),
    ),
    drawings: {
      cost: drawing('cost', [{ label: texts.cost, color: 'blue', values: values(({ usd }) => usd) }]),
      tokens: drawing('tokens', [
        { label: texts.input, color: 'blue', values: values(({ input }) => input) },
        { label: texts.output, color: 'orange', values: values(({ output }) => output) },
      ]),
      runs: drawing('runs', [
        { label: texts.ok, color: 'green', values: values(({ runsOk }) => runsOk) },
        { label: texts.notOk, color: 'red', values: values(({ runs, runsOk }) => runs - runsOk) },
      ]),
    },
    table: {
      id: `${id}-table`,
      caption: heading,
      columns: columns([column], [texts.runs, texts.tokens, texts.cost]),
      rows: places
        .filter(({ sums }) => sums.runs > 0)
        .map((place) => ({ cells: [place.fullName, ...facts(place)] }))
        .toReversed(),
    },
  };
}

interface SummaryInput {
  readonly title: string;
  readonly measure: Measure;
  readonly places: readonly Place[];
}

function summaryOf({ texts, numbers }: DashboardContext, { title, measure, places }: SummaryInput): string {
  const show = (sums: ReportTotals) =>
    measure === 'cost' ? numbers.cost(sums) : measure === 'tokens' ? numbers.tokens(sums) : numbers.count(sums.runs);
  const size = ({ usd, input, output, runs }: ReportTotals) =>
    measure === 'cost' ? usd : measure === 'tokens' ? input + output : runs;
  const used = places.filter(({ sums }) => sums.runs > 0);
  if (used.length === 0) return fill(texts.summaryOfNothing, title);
  const whole = used.reduce((all, { sums }) => mergeTotals(all, sums), emptyReportTotals());
  const most = used.reduce((one, other) => (size(other.sums) > size(one.sums) ? other : one));
  return fill(texts.summary, title, show(whole), most.fullName, show(most.sums));
}
