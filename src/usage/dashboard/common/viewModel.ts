import type { UsagePeriod } from '../../common/period';

/** Everything the page shows, localized and formatted. The page renders it as text. */
export interface DashboardView {
  /** BCP 47 tag. */
  readonly language: string;
  readonly labels: DashboardLabels;
  readonly periods: readonly { readonly value: UsagePeriod; readonly label: string }[];
  readonly period: UsagePeriod;
  /** Shown instead of everything else if there are no runs. */
  readonly empty?: string;
  readonly cards: readonly CardView[];
  readonly notes: readonly string[];
  readonly charts: readonly ChartView[];
  readonly tables: readonly TableView[];
  readonly runs: RunsView;
}

export interface DashboardLabels {
  readonly title: string;
  readonly period: string;
  readonly measure: string;
  readonly measures: Readonly<Record<Measure, string>>;
  readonly exportCsv: string;
  readonly exportJson: string;
  readonly deleteAll: string;
  readonly asTable: string;
  /** Newest, newer, older, oldest. */
  readonly pages: readonly string[];
}

export type Measure = 'cost' | 'tokens' | 'runs';

export const MEASURES: readonly Measure[] = ['cost', 'tokens', 'runs'];

export interface CardView {
  readonly label: string;
  readonly value: string;
  readonly detail: string;
}

export interface ChartView {
  readonly heading: string;
  readonly barLabels: readonly string[];
  /** Shown when the pointer is over a bar. */
  readonly barDescriptions: readonly string[];
  readonly drawings: Readonly<Record<Measure, DrawingView>>;
  /** The same numbers for screen readers. */
  readonly table: TableView;
}

/** One measure of a chart, as stacked series. */
export interface DrawingView {
  readonly summary: string;
  readonly series: readonly SeriesView[];
}

export interface SeriesView {
  readonly label: string;
  readonly color: 'blue' | 'orange' | 'green' | 'red';
  readonly values: readonly number[];
}

export interface TableView {
  readonly caption: string;
  readonly columns: readonly { readonly label: string; readonly isNumber: boolean }[];
  readonly rows: readonly RowView[];
}

/** The first cell is the row header. */
export interface RowView {
  readonly cells: readonly string[];
  readonly fraction?: number;
  readonly isFailure?: boolean;
}

export interface RunsView {
  readonly table: TableView;
  readonly page: number;
  readonly pageCount: number;
  readonly range: string;
}
