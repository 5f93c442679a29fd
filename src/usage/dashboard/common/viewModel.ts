import type { UsagePeriod } from '../../common/period';
import type { DashboardLabels, Measure } from './labels';

/** Everything the page shows, localized and formatted. The page renders it as text. */
export interface DashboardView {
  readonly labels: DashboardLabels;
  readonly period: UsagePeriod;
  readonly empty?: string;
  readonly cards: readonly CardView[];
  readonly notes: readonly string[];
  readonly charts: readonly ChartView[];
  readonly tables: readonly TableView[];
  readonly runs: RunsView;
}

export interface CardView {
  readonly label: string;
  readonly value: string;
  readonly detail: string;
}

export interface ChartView {
  readonly heading: string;
  /** Most labels are empty, so that they don't overlap. */
  readonly bars: readonly { readonly label: string; readonly description: string }[];
  readonly drawings: Readonly<Record<Measure, DrawingView>>;
  readonly table: TableView;
}

export interface DrawingView {
  readonly summary: string;
  /** Labels of the axis from `max` down to 0. */
  readonly ticks: readonly string[];
  readonly max: number;
  readonly series: readonly SeriesView[];
}

export interface SeriesView {
  readonly label: string;
  readonly color: 'blue' | 'orange' | 'green' | 'red';
  readonly values: readonly number[];
}

export interface TableView {
  readonly caption: string;
  readonly columns: readonly string[];
  /** The other columns are numbers. Default: 1. */
  readonly textColumns?: number;
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
