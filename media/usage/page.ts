import './browserLanguage';
import './page.css';
import type { DashboardRequest } from '../../src/dashboard/common/messages';
import type { DashboardView, Measure } from '../../src/dashboard/common/viewModel';
import { Chart } from './chart';
import { Controls } from './controls';
import { element, setText } from './dom';
import { Table } from './table';

/** What is kept while the page is hidden, since VS Code throws hidden pages away. */
interface PageState {
  readonly period: string;
  readonly page: number;
  /** Absent until somebody chose one. */
  readonly measure?: Measure;
  /** The charts whose table is open. */
  readonly open: readonly string[];
  readonly scroll: number;
}

declare function acquireVsCodeApi(): {
  postMessage(message: DashboardRequest): void;
  getState(): Partial<PageState> | undefined;
  setState(state: PageState): void;
};

const vscode = acquireVsCodeApi();
const kept = vscode.getState();
let state: PageState = { period: 'all', page: 0, open: [], scroll: 0, ...kept };
let view: DashboardView | undefined;

const controls = new Controls({
  onPeriod: (period) => ask({ period, page: 0 }),
  onMeasure: (measure) => {
    keep({ measure });
    drawCharts();
  },
  onExport: (format) => vscode.postMessage({ kind: 'export', format }),
  onDelete: () => vscode.postMessage({ kind: 'deleteAll' }),
  onPage: (page) => ask({ page }),
});
const progress = element('progress', { max: '1' });
const progressText = element('span');
const reading = element('div', { class: 'progress' }, progress, progressText);
const empty = element('p', { class: 'empty' });
const cards = element('dl', { class: 'cards' });
const notes = element('ul', { class: 'notes' });
const chartArea = element('div', { class: 'charts' });
const tableArea = element('div', { class: 'tables' });
const runs = new Table('runs');
const content = element('div', {}, notes, controls.measures, chartArea, tableArea, runs.node, controls.pager);
document.body.append(element('main', {}, controls.head, reading, empty, cards, content));

const charts = new Map<string, Chart>();
const tables = new Map<string, Table>();

function keep(change: Partial<PageState>): void {
  state = { ...state, ...change };
  vscode.setState(state);
}

/** Asks the host for another part of the ledger. What is shown stays until it is there. */
function ask(change: { readonly period?: string; readonly page?: number }): void {
  keep(change);
  vscode.postMessage({ kind: 'show', period: state.period, page: state.page });
}

function show(next: DashboardView): void {
  const isFirst = view === undefined;
  view = next;
  keep({ period: next.period, page: next.runs.page });
  document.title = next.labels.title;
  controls.show(next, measureOf(next));
  reading.hidden = next.progress === undefined;
  progress.value = next.progress?.share ?? 0;
  progress.setAttribute('aria-label', next.progress?.text ?? '');
  setText(progressText, next.progress?.text ?? '');
  empty.hidden = next.empty === undefined;
  setText(empty, next.empty ?? '');
  cards.hidden = content.hidden = next.empty !== undefined;
  drawCards(next);
  notes.replaceChildren(...next.notes.map((note) => element('li', {}, note)));
  drawTables(next);
  drawCharts();
  runs.show(next.runs.table);
  // The place in the page comes back with what stood there, once.
  if (isFirst) window.scrollTo(0, state.scroll);
}

/** The cost, as long as nobody chose something else; where no price is known, a chart of it would be empty. */
function measureOf({ charts: drawn }: DashboardView): Measure {
  const hasCost = drawn.some(({ drawings }) =>
    drawings.cost.series.some(({ values }) => values.some((usd) => usd > 0)),
  );
  return state.measure ?? (hasCost ? 'cost' : 'tokens');
}

function drawCards(next: DashboardView): void {
  const made = next.cards.map(({ label, value, detail }) =>
    element(
      'div',
      {},
      element('dt', {}, label),
      element('dd', { class: 'value' }, value),
      element('dd', { class: 'detail' }, detail),
    ),
  );
  cards.replaceChildren(...made);
}

function drawCharts(): void {
  if (view === undefined) return;
  for (const chart of view.charts) {
    let shown = charts.get(chart.id);
    if (shown === undefined) {
      shown = new Chart(chart.id, state.open.includes(chart.id), () =>
        keep({ open: [...charts].flatMap(([id, { isOpen }]) => (isOpen ? [id] : [])) }),
      );
      charts.set(chart.id, shown);
      chartArea.append(shown.node);
    }
    shown.show(chart, measureOf(view), { asTable: view.labels.asTable, language: view.language });
  }
}

function drawTables(next: DashboardView): void {
  for (const table of next.tables) {
    let shown = tables.get(table.id);
    if (shown === undefined) {
      shown = new Table();
      tables.set(table.id, shown);
      tableArea.append(element('section', {}, shown.node));
    }
    shown.show(table);
  }
}

/** VS Code changes the class of the body and the variables of the root with the theme. */
const onTheme = new MutationObserver(() => {
  for (const chart of charts.values()) chart.draw();
});
onTheme.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
onTheme.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });

let scrolling: ReturnType<typeof setTimeout> | undefined;
window.addEventListener('scroll', () => {
  clearTimeout(scrolling);
  scrolling = setTimeout(() => keep({ scroll: window.scrollY }), 200);
});
window.addEventListener(
  'message',
  ({ data }: MessageEvent<{ readonly kind?: unknown; readonly view: DashboardView }>) => {
    if (data.kind === 'view') show(data.view);
  },
);
ask({});
