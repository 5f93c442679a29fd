import type { Measure } from '../../src/usage/dashboard/common/labels';
import type { DashboardRequest } from '../../src/usage/dashboard/common/messages';
import type { DashboardView } from '../../src/usage/dashboard/common/viewModel';
import { Chart } from './chart';
import { Select } from './select';
import { Table } from './table';

/** Kept by VS Code while the page is hidden, since hidden pages are destroyed. */
export interface PageState {
  readonly period: DashboardView['period'];
  /** From 0. */
  readonly page: number;
  /** Undefined until the user has chosen one. */
  readonly measure?: Measure;
  /** Headings of the charts whose table is open. */
  readonly open: readonly string[];
  readonly scroll: number;
}

interface DashboardProps {
  readonly view: DashboardView;
  readonly state: PageState;
  onChange(changes: Partial<PageState>): void;
  /** Shows another period or page. */
  onShow(changes: Partial<PageState>): void;
  onCommand(request: DashboardRequest): void;
}

export function Dashboard(props: DashboardProps) {
  const { view, state, onChange, onShow, onCommand } = props;
  const { labels, empty } = view;
  const actions = [
    [labels.exportCsv, { kind: 'export', format: 'csv' }],
    [labels.exportJson, { kind: 'export', format: 'json' }],
    [labels.deleteAll, { kind: 'deleteAll' }],
  ] as const;
  return (
    <>
      <header>
        <h1>{labels.title}</h1>
        <Select
          label={labels.period}
          value={state.period}
          options={labels.periods}
          onChange={(period) => onShow({ period, page: 0 })}
        />
        <Select
          label={labels.measure}
          value={chooseMeasure(props)}
          options={labels.measures}
          onChange={(measure) => onChange({ measure })}
        />
        {actions.map(([label, request]) => (
          <button type="button" disabled={empty !== undefined} onClick={() => onCommand(request)}>
            {label}
          </button>
        ))}
      </header>
      {empty === undefined ? <Usage {...props} /> : <p class="quiet">{empty}</p>}
    </>
  );
}

/** Cost by default, unless no price is known. */
function chooseMeasure({ view: { charts }, state }: DashboardProps): Measure {
  const hasCost = charts.some(({ drawings }) => drawings.cost.series[0]?.values.some((usd) => usd > 0));
  return state.measure ?? (hasCost ? 'cost' : 'tokens');
}

function Usage(props: DashboardProps) {
  const { view, state, onChange } = props;
  const { labels, cards, notes, charts, tables, runs } = view;
  return (
    <>
      <dl class="grid">
        {cards.map(({ label, value, detail }) => (
          <div>
            <dt class="quiet">{label}</dt>
            <dd class="value">{value}</dd>
            <dd class="quiet">{detail}</dd>
          </div>
        ))}
      </dl>
      {notes.map((note) => (
        <p class="quiet">{note}</p>
      ))}
      <div class="grid">
        {charts.map((chart) => (
          <Chart
            chart={chart}
            drawing={chart.drawings[chooseMeasure(props)]}
            tableLabel={labels.asTable}
            isOpen={state.open.includes(chart.heading)}
            onToggle={(isOpen) => {
              const others = state.open.filter((heading) => heading !== chart.heading);
              onChange({ open: isOpen ? [...others, chart.heading] : others });
            }}
          />
        ))}
      </div>
      <div class="grid">
        {tables.map((table) => (
          <section>
            <h2>{table.caption}</h2>
            <Table table={table} />
          </section>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: for scrolling with the keyboard */}
      <section class="runs" aria-label={runs.table.caption} tabIndex={0}>
        <h2>{runs.table.caption}</h2>
        <Table table={runs.table} />
      </section>
      {runs.pageCount > 1 && <Pager {...props} />}
    </>
  );
}

function Pager({ view: { labels, runs }, onShow }: DashboardProps) {
  const { page, pageCount, range, table } = runs;
  const last = pageCount - 1;
  const targets = [0, Math.max(0, page - 1), Math.min(last, page + 1), last];
  const buttons = targets.map((target, index) => (
    // `disabled` would take the focus away from a button that was just pressed.
    <button type="button" aria-disabled={target === page} onClick={() => target !== page && onShow({ page: target })}>
      {labels.pages[index]}
    </button>
  ));
  return (
    <nav aria-label={table.caption}>
      {buttons.slice(0, 2)}
      <span role="status">{range}</span>
      {buttons.slice(2)}
    </nav>
  );
}
