import type { ChartView, DrawingView, SeriesView } from '../../src/usage/dashboard/common/viewModel';
import { Table } from './table';

interface ChartProps {
  readonly chart: ChartView;
  readonly drawing: DrawingView;
  readonly tableLabel: string;
  readonly isOpen: boolean;
  onToggle(isOpen: boolean): void;
}

/** A stacked bar chart with a legend, and its data as a table. */
export function Chart({ chart, drawing, tableLabel, isOpen, onToggle }: ChartProps) {
  const { summary, ticks, max, series } = drawing;
  return (
    <section>
      <h2>{chart.heading}</h2>
      <div class="quiet" aria-hidden="true">
        {series.map(({ label, color }) => (
          <>
            <span style={{ color: colorOf(color) }}>■</span> {label}{' '}
          </>
        ))}
      </div>
      <div class="plot" role="img" aria-label={summary}>
        <div class="axis">
          {ticks.map((tick) => (
            <span>{tick}</span>
          ))}
        </div>
        <div class="bars">
          {chart.bars.map(({ label, description }, index) => (
            <div title={description}>
              {series.map(({ color, values }) => (
                <div style={{ height: `${(100 * (values[index] ?? 0)) / max}%`, background: colorOf(color) }} />
              ))}
              <small>{label}</small>
            </div>
          ))}
        </div>
      </div>
      <details open={isOpen} onToggle={({ currentTarget }) => onToggle(currentTarget.open)}>
        <summary>{tableLabel}</summary>
        <Table table={chart.table} />
      </details>
    </section>
  );
}

function colorOf(name: SeriesView['color']): string {
  return `var(--vscode-charts-${name})`;
}
