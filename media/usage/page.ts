import './browserLanguage';
import './page.css';
import type { DashboardRequest } from '../../src/dashboard/common/messages';
import type { DashboardView, Measure } from '../../src/dashboard/common/viewModel';
import { Chart } from './chart';
import { Controls } from './controls';
import { createElement, setText } from './dom';
import { Table } from './table';

/** Kept by VS Code while the page is hidden, since hidden pages are destroyed. */
interface PageState {
  readonly period: string;
  readonly page: number;
  /** Undefined until the user has chosen one. */
  readonly measure?: Measure;
  /** IDs of the charts whose table is open. */
  readonly open: readonly string[];
  readonly scroll: number;
}

declare function acquireVsCodeApi(): {
  postMessage(message: DashboardRequest): void;
  getState(): Partial<PageState> | undefined;
  setState(state: PageState): void;
};

const vscode = acquireVsCodeApi();
const savedState = vscode.getState();
let state: PageState = { period: 'all', page: 0, open: [], scroll: 0, ...savedState };
let view: DashboardView | undefined;

const controls = new Controls({
  onPeriod: (period) => requestView({ period, page: 0 }),
  onMeasure: (measure) => {
    updateState({ measure });
    drawCharts();
  },
  onExport: (format) => vscode.postMessage({ kind: 'export', format }),
  onDelete: () => vscode.postMessage({ kind: 'deleteAll' }),
  onPage: (page) => requestView({ page }),
});
const progress = createElement('progress', { max: '1' });
const progressText = createElement('span');
const progressArea = createElement('div', { class: 'progress' }, progress, progressText);
const empty = createElement('p', { class: 'empty' });
const cards = createElement('dl', { class: 'cards' });
const notes = createElement('ul', { class: 'notes' });
const chartArea = createElement('div', { class: 'charts' });
const tableArea = createElement('div', { class: 'tables' });
const runs = new Table('runs');
const content = createElement('div', {}, notes, controls.measures, chartArea, tableArea, runs.node, controls.pager);
document.body.append(createElement('main', {}, controls.header, progressArea, empty, cards, content));

const charts = new Map<string, Chart>();
const tables = new Map<string, Table>();

function updateState(changes: Partial<PageState>): void {
  state = { ...state, ...changes };
  vscode.setState(state);
}

/** Asks the extension host for other data; the current view stays until it arrives. */
function requestView(changes: { readonly period?: string; readonly page?: number }): void {
  updateState(changes);
  vscode.postMessage({ kind: 'show', period: state.period, page: state.page });
}

function show(next: DashboardView): void {
  const isFirst = view === undefined;
  view = next;
  updateState({ period: next.period, page: next.runs.page });
  document.title = next.labels.title;
  controls.show(next, chooseMeasure(next));
  progressArea.hidden = next.progress === undefined;
  progress.value = next.progress?.fraction ?? 0;
  progress.setAttribute('aria-label', next.progress?.text ?? '');
  setText(progressText, next.progress?.text ?? '');
  empty.hidden = next.empty === undefined;
  setText(empty, next.empty ?? '');
  cards.hidden = content.hidden = next.empty !== undefined;
  drawCards(next);
  notes.replaceChildren(...next.notes.map((note) => createElement('li', {}, note)));
  drawTables(next);
  drawCharts();
  runs.show(next.runs.table);
  // Restore the scroll position once the content is there.
  if (isFirst) window.scrollTo(0, state.scroll);
}

/** Cost by default, unless no price is known. */
function chooseMeasure({ charts }: DashboardView): Measure {
  const hasCost = charts.some(({ drawings }) =>
    drawings.cost.series.some(({ values }) => values.some((usd) => usd > 0)),
  );
  return state.measure ?? (hasCost ? 'cost' : 'tokens');
}

function drawCards(next: DashboardView): void {
  const nodes = next.cards.map(({ label, value, detail }) =>
    createElement(
      'div',
      {},
      createElement('dt', {}, label),
      createElement('dd', { class: 'value' }, value),
      createElement('dd', { class: 'detail' }, detail),
    ),
  );
  cards.replaceChildren(...nodes);
}

function drawCharts(): void {
  if (view === undefined) return;
  for (const chart of view.charts) {
    let rendered = charts.get(chart.id);
    if (rendered === undefined) {
      rendered = new Chart(chart.id, state.open.includes(chart.id), () =>
        updateState({ open: [...charts].flatMap(([id, { isOpen }]) => (isOpen ? [id] : [])) }),
      );
      charts.set(chart.id, rendered);
      chartArea.append(rendered.node);
    }
    rendered.show(chart, chooseMeasure(view), { asTable: view.labels.asTable, language: view.language });
  }
}

function drawTables(next: DashboardView): void {
  for (const table of next.tables) {
    let rendered = tables.get(table.id);
    if (rendered === undefined) {
      rendered = new Table();
      tables.set(table.id, rendered);
      tableArea.append(createElement('section', {}, rendered.node));
    }
    rendered.show(table);
  }
}

/** VS Code changes the body's class and the root's CSS variables with the theme. */
const themeObserver = new MutationObserver(() => {
  for (const chart of charts.values()) chart.draw();
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
