import uPlot from 'uplot';
import type { ChartView, DashboardView, DrawingView, Measure } from '../../src/usage/dashboard/common/viewModel';
import { createElement, setText, themeColor } from './dom';
import { Table } from './table';

const CHART_HEIGHT = 200;

/** A stacked bar chart with legend, description of the bar under the pointer, and a data table. */
export class Chart {
  readonly node: HTMLElement;
  private readonly heading = createElement('h2');
  private readonly legend = createElement('div', { class: 'legend', 'aria-hidden': 'true' });
  private readonly plotContainer = createElement('div', { class: 'plot', role: 'img' });
  private readonly hoverText = createElement('p', { class: 'reading', 'aria-hidden': 'true' });
  private readonly summary = createElement('summary');
  private readonly table = new Table('plain');
  private readonly details = createElement('details', {}, this.summary, this.table.node);
  private plot: uPlot | undefined;
  private current: PlotInput | undefined;

  constructor(isOpen: boolean, onToggle: () => void) {
    this.details.open = isOpen;
    this.details.addEventListener('toggle', onToggle);
    const body = [this.heading, this.legend, this.plotContainer, this.hoverText, this.details];
    this.node = createElement('section', {}, ...body);
    new ResizeObserver(() => this.resize()).observe(this.plotContainer);
  }

  get isOpen(): boolean {
    return this.details.open;
  }

  show(view: ChartView, measure: Measure, { labels, language }: Pick<DashboardView, 'labels' | 'language'>): void {
    const drawing = view.drawings[measure];
    setText(this.heading, view.heading);
    setText(this.summary, labels.asTable);
    this.plotContainer.ariaLabel = drawing.summary;
    this.table.show(view.table);
    const next = { ...view, drawing, measure, language };
    // Keep the description under the pointer if nothing has changed.
    if (JSON.stringify(next) === JSON.stringify(this.current)) return;
    this.current = next;
    this.draw();
  }

  /** Redraws with the current theme colors, which a canvas does not pick up by itself. */
  draw(): void {
    this.plot?.destroy();
    this.plot = undefined;
    const { current } = this;
    const width = this.plotContainer.clientWidth;
    if (current === undefined || width === 0) return;
    this.legend.replaceChildren(
      ...current.drawing.series.map(({ label, color }) => {
        const swatch = createElement('span', { class: 'swatch' });
        swatch.style.background = `var(--vscode-charts-${color})`;
        return createElement('span', {}, swatch, label);
      }),
    );
    const onHover = (index: number | null | undefined) =>
      setText(this.hoverText, current.barDescriptions[index ?? -1] ?? '');
    onHover(undefined);
    this.plot = new uPlot(createPlotOptions(current, width, onHover), toStackedData(current), this.plotContainer);
  }

  private resize(): void {
    const width = this.plotContainer.clientWidth;
    if (this.plot === undefined) this.draw();
    else if (width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: CHART_HEIGHT });
  }
}

interface PlotInput extends ChartView {
  readonly drawing: DrawingView;
  readonly measure: Measure;
  readonly language: string;
}

function createPlotOptions(
  { drawing, measure, language, barLabels }: PlotInput,
  width: number,
  onHover: (index: number | null | undefined) => void,
): uPlot.Options {
  const { fontFamily } = getComputedStyle(document.body);
  const axis = { stroke: themeColor('foreground'), font: `12px ${fontFamily}`, ticks: { show: false } };
  const numbers = new Intl.NumberFormat(language, {
    ...(measure === 'cost'
      ? { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', maximumFractionDigits: 4 }
      : { notation: 'compact' }),
  });
  const bars = uPlot.paths.bars?.({ size: [0.7, 48] });
  return {
    width,
    height: CHART_HEIGHT,
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false, setScale: false } },
    scales: {
      x: { time: false, range: [-0.6, barLabels.length - 0.4] },
      // An empty chart still has an axis starting at 0.
      y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.05 : 1] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        grid: { show: false },
        splits: (plot) => visibleLabels(barLabels, plot.width),
        values: (_plot, splits) => splits.map((index) => barLabels[index] ?? ''),
      },
      {
        ...axis,
        size: 60,
        grid: { stroke: themeColor('charts-lines'), width: 0.5 },
        ...(measure === 'cost' ? {} : { incrs: integerSteps() }),
        values: (_plot, splits) => splits.map((value) => numbers.format(value)),
      },
    ],
    series: [
      {},
      ...drawing.series.toReversed().map(({ label, color }) => ({
        label,
        fill: themeColor(`charts-${color}`),
        stroke: themeColor(`charts-${color}`),
        width: 0,
        ...(bars === undefined ? {} : { paths: bars }),
        points: { show: false },
      })),
    ],
    hooks: { setCursor: [(plot) => onHover(plot.cursor.idx)] },
  };
}

/** The tallest bars are drawn first so that each series stays visible in front of the one above it. */
function toStackedData({ drawing: { series }, barLabels }: PlotInput): uPlot.AlignedData {
  const indices = [...barLabels.keys()];
  const heights = series.map((_, top) =>
    indices.map((index) => series.slice(0, top + 1).reduce((sum, { values }) => sum + (values[index] ?? 0), 0)),
  );
  return [indices, ...heights.toReversed()];
}

/** Skips labels that would overlap. */
function visibleLabels(labels: readonly string[], width: number): number[] {
  const maxLength = Math.max(1, ...labels.map((label) => label.length));
  const maxLabels = Math.max(1, Math.floor((width - 60) / (maxLength * 7 + 14)));
  const step = Math.max(1, Math.ceil(labels.length / maxLabels));
  return labels.map((_, index) => index).filter((index) => index % step === 0);
}

/** Runs and tokens are integers. */
function integerSteps(): number[] {
  return Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
}
