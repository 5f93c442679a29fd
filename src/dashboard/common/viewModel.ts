/**
 * What the dashboard shows, ready to be drawn: the texts are written and translated, the numbers are formatted. The page
 * only puts them where they belong, as text.
 */
export interface DashboardView {
  /** The language of numbers and names, as a BCP 47 tag. */
  readonly language: string;
  readonly labels: DashboardLabels;
  readonly periods: readonly { readonly value: string; readonly label: string }[];
  readonly period: string;
  /** What is said instead of everything else while there is no run. */
  readonly empty?: string;
  /** There while older files are still being read: how much of them is read, from 0 to 1. */
  readonly progress?: { readonly text: string; readonly fraction: number };
  readonly cards: readonly CardView[];
  /** What the sums leave out, in sentences. */
  readonly notes: readonly string[];
  readonly charts: readonly ChartView[];
  readonly tables: readonly TableView[];
  readonly runs: RunsView;
}

/** What stands on the controls of the page. */
export interface DashboardLabels {
  readonly title: string;
  readonly period: string;
  readonly measure: string;
  readonly measures: Readonly<Record<Measure, string>>;
  readonly exportCsv: string;
  readonly exportJson: string;
  readonly deleteAll: string;
  readonly asTable: string;
  readonly newest: string;
  readonly newer: string;
  readonly older: string;
  readonly oldest: string;
}

/** What a chart can show. */
export type Measure = 'cost' | 'tokens' | 'runs';

export const MEASURES: readonly Measure[] = ['cost', 'tokens', 'runs'];

/** A number with its name. */
export interface CardView {
  readonly label: string;
  readonly value: string;
  /** What the number leaves out or consists of. */
  readonly detail: string;
}

/** One chart, with a drawing for each measure. */
export interface ChartView {
  readonly id: string;
  readonly heading: string;
  /** Under each bar. */
  readonly barLabels: readonly string[];
  /** For each place what is known of it, in words. */
  readonly barDescriptions: readonly string[];
  readonly drawings: Readonly<Record<Measure, DrawingView>>;
  /** The same numbers, for whoever does not see the chart. */
  readonly table: TableView;
}

/** What a chart shows of one measure. The values of several series stand on each other. */
export interface DrawingView {
  /** The chart in a sentence. */
  readonly summary: string;
  readonly series: readonly SeriesView[];
}

export interface SeriesView {
  readonly label: string;
  readonly color: 'blue' | 'orange' | 'green' | 'red';
  readonly values: readonly number[];
}

export interface TableView {
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly { readonly label: string; readonly isNumber: boolean }[];
  readonly rows: readonly RowView[];
}

/** The first cell is the heading of its row. */
export interface RowView {
  readonly cells: readonly string[];
  /** The part of the whole that the row stands for, from 0 to 1, drawn behind its heading. */
  readonly fraction?: number;
  /** Set for runs that did not end well. */
  readonly isFailure?: boolean;
}

/** One page of the list of runs, the newest first. */
export interface RunsView {
  readonly table: TableView;
  /** From 0. */
  readonly page: number;
  readonly pageCount: number;
  /** Which runs these are of how many. */
  readonly range: string;
}
