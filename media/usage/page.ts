import './browserLanguage';
import './page.css';
import { DEFAULT_PERIOD, type UsagePeriod } from '../../src/usage/common/period';
import type { DashboardRequest } from '../../src/usage/dashboard/common/messages';
import type { DashboardView, Measure } from '../../src/usage/dashboard/common/viewModel';
import { Chart } from './chart';
import { Controls } from './controls';
import { createElement } from './dom';
import { Table } from './table';

/** Kept by VS Code while the page is hidden, since hidden pages are destroyed. */
interface PageState {
  readonly period: UsagePeriod;
  readonly page: number;
  /** Undefined until the user has chosen one. */
  readonly measure?: Measure;
  /** Indices of the charts whose table is open. */
  readonly open: readonly number[];
  readonly scroll: number;
}

declare function acquireVsCodeApi(): {
  postMessage(message: DashboardRequest): void;
  getState(): Partial<PageState> | undefined;
  setState(state: PageState): void;
};

const MAX_CHARTS = 2;

const vscode = acquireVsCodeApi();
let state: PageState = { period: DEFAULT_PERIOD, page: 0, open: [], scroll: 0, ...vscode.getState() };
let view: DashboardView | undefined;
let controls: Controls | undefined;

const empty = createElement('p', { class: 'empty' });
const cards = createElement('dl', { class: 'cards' });
const notes = createElement('ul', { class: 'notes' });
const charts = Array.from({ length: MAX_CHARTS }, (_, index) => new Chart(state.open.includes(index), saveOpen));
const chartArea = createElement('div', { class: 'charts' }, ...charts.map(({ node }) => node));
const tables: Table[] = [];
const tableArea = createElement('div', { class: 'tables' });
const runs = new Table('runs');
const content = createElement('div', {}, notes, chartArea, tableArea, runs.node);
const main = createElement('main', {}, empty, cards, content);

function updateState(changes: Partial<PageState>): void {
  state = { ...state, ...changes };
  vscode.setState(state);
}

function saveOpen(): void {
  updateState({ open: [...charts.keys()].filter((index) => charts[index]?.isOpen) });
}

/** Asks the extension host for other data; the current view stays until it arrives. */
function requestView(changes: { readonly period?: UsagePeriod; readonly page?: number }): void {
  updateState(changes);
  main.ariaBusy = 'true';
  vscode.postMessage({ kind: 'show', period: state.period, page: state.page });
}

function createControls(first: DashboardView): Controls {
  const created = new Controls(first, {
    onPeriod: (period) => requestView({ period, page: 0 }),
    onMeasure: (measure) => {
      updateState({ measure });
      drawCharts();
    },
    onExport: (format) => vscode.postMessage({ kind: 'export', format }),
    onDelete: () => vscode.postMessage({ kind: 'deleteAll' }),
    onPage: (page) => requestView({ page }),
  });
  main.prepend(created.header);
  chartArea.before(created.measures);
  content.append(created.pager);
  document.title = first.labels.title;
  document.body.replaceChildren(main);
  return created;
}

function show(next: DashboardView): void {
  const isFirst = view === undefined;
  view = next;
  controls ??= createControls(next);
  controls.show(next, chooseMeasure(next));
  main.ariaBusy = 'false';
  updateState({ period: next.period, page: next.runs.page });
  empty.textContent = next.empty ?? '';
  empty.hidden = next.empty === undefined;
  cards.hidden = content.hidden = next.empty !== undefined;
  cards.replaceChildren(
    ...next.cards.map(({ label, value, detail }) =>
      createElement(
        'div',
        {},
        createElement('dt', {}, label),
        createElement('dd', { class: 'value' }, value),
        createElement('dd', { class: 'detail' }, detail),
      ),
    ),
  );
  notes.replaceChildren(...next.notes.map((note) => createElement('li', {}, note)));
  for (const [index, table] of next.tables.entries()) getTable(index).show(table);
  drawCharts();
  runs.show(next.runs.table);
  // Restore the scroll position once the content is there.
  if (isFirst) window.scrollTo(0, state.scroll);
}

/** Cost by default, unless no price is known. */
function chooseMeasure({ charts }: DashboardView): Measure {
  const hasCost = charts.some(({ drawings }) => drawings.cost.series[0]?.values.some((usd) => usd > 0));
  return state.measure ?? (hasCost ? 'cost' : 'tokens');
}

function drawCharts(): void {
  if (view === undefined) return;
  for (const [index, chart] of charts.entries()) {
    const chartView = view.charts[index];
    chart.node.hidden = chartView === undefined;
    if (chartView !== undefined) chart.show(chartView, chooseMeasure(view), view);
  }
}

function getTable(index: number): Table {
  let table = tables[index];
  if (table === undefined) {
    table = new Table();
    tables[index] = table;
    tableArea.append(createElement('section', {}, table.node));
  }
  return table;
}

/** VS Code changes the body's class and the root's CSS variables with the theme. */
const themeObserver = new MutationObserver(() => {
  for (const chart of charts) chart.draw();
});
themeObserver.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
themeObserver.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });

let scrollTimer: ReturnType<typeof setTimeout> | undefined;
window.addEventListener('scroll', () => {
  clearTimeout(scrollTimer);
  scrollTimer = setTimeout(() => updateState({ scroll: window.scrollY }), 200);
});
window.addEventListener(
  'message',
  ({ data }: MessageEvent<{ readonly kind?: unknown; readonly view: DashboardView }>) => {
    if (data.kind === 'view') show(data.view);
  },
);
requestView({});
