import uPlot from 'uplot';
import type { ChartView, DrawingView, Measure } from '../../src/usage/dashboard/common/viewModel';
import { createElement, setText, themeColor } from './dom';
import { Table } from './table';

const CHART_HEIGHT = 200;

/** A stacked bar chart with legend, description of the bar under the pointer, and a data table. */
export class Chart {
  readonly node: HTMLElement;
  private readonly heading: HTMLElement;
  private readonly legend = createElement('div', { class: 'legend', 'aria-hidden': 'true' });
  private readonly plotContainer = createElement('div', { class: 'plot', role: 'img' });
  private readonly hoverText = createElement('p', { class: 'reading', 'aria-hidden': 'true' });
  private readonly summary = createElement('summary');
  private readonly details: HTMLDetailsElement;
  private readonly table = new Table('plain');
  private plot: uPlot | undefined;
  private renderedData = '';
  private current: { readonly view: ChartView; readonly measure: Measure; readonly language: string } | undefined;

  constructor(id: number, isOpen: boolean, onToggle: () => void) {
    this.heading = createElement('h2', { id: `chart-${id}` });
    this.details = createElement('details', {}, this.summary, this.table.node);
    this.details.open = isOpen;
    this.details.addEventListener('toggle', onToggle);
    const body = [this.heading, this.legend, this.plotContainer, this.hoverText, this.details];
    this.node = createElement('section', { class: 'chart', 'aria-labelledby': `chart-${id}` }, ...body);
    new ResizeObserver(() => this.resize()).observe(this.plotContainer);
  }

  get isOpen(): boolean {
    return this.details.open;
  }

  show(view: ChartView, measure: Measure, labels: { readonly asTable: string; readonly language: string }): void {
    const drawing = view.drawings[measure];
    setText(this.heading, view.heading);
    setText(this.summary, labels.asTable);
    this.plotContainer.setAttribute('aria-label', drawing.summary);
    this.table.show(view.table);
    this.current = { view, measure, language: labels.language };
    const text = JSON.stringify([view.barLabels, drawing.series]);
    if (text === this.renderedData) return;
    this.renderedData = text;
    this.draw();
  }

  /** Redraws with the current theme colors, which a canvas does not pick up by itself. */
  draw(): void {
    this.plot?.destroy();
    this.plot = undefined;
    const { current } = this;
    if (current === undefined || this.plotContainer.clientWidth === 0) return;
    const drawing = current.view.drawings[current.measure];
    this.legend.replaceChildren(
      ...drawing.series.map(({ label, color }) =>
        createElement('span', {}, createElement('span', { class: `swatch ${color}` }), label),
      ),
    );
    setText(this.hoverText, '');
    const options = createPlotOptions(drawing, {
      ...current,
      width: this.plotContainer.clientWidth,
      onHover: (index) => this.showBarDescription(index),
    });
    this.plot = new uPlot(options, toStackedData(drawing, current.view.barLabels.length), this.plotContainer);
  }

  private resize(): void {
    const width = this.plotContainer.clientWidth;
    if (this.plot === undefined) this.draw();
    else if (width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: CHART_HEIGHT });
  }

  private showBarDescription(index: number | null | undefined): void {
    setText(this.hoverText, this.current?.view.barDescriptions[index ?? -1] ?? '');
  }
}

interface PlotContext {
  readonly view: ChartView;
  readonly measure: Measure;
  readonly language: string;
  readonly width: number;
  readonly onHover: (index: number | null | undefined) => void;
}

function createPlotOptions(drawing: DrawingView, context: PlotContext): uPlot.Options {
  const { view, measure, language, width, onHover } = context;
  const textColor = themeColor('foreground');
  const lineColor = themeColor('charts-lines');
  const { fontFamily } = getComputedStyle(document.body);
  const axis = { stroke: textColor, font: `12px ${fontFamily}`, ticks: { show: false } };
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
      x: { time: false, range: [-0.6, view.barLabels.length - 0.4] },
      // An empty chart still has an axis starting at 0.
      y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.05 : 1] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        grid: { show: false },
        splits: (plot) => visibleLabels(view.barLabels, plot.width),
        values: (_plot, splits) => splits.map((index) => view.barLabels[index] ?? ''),
      },
      {
        ...axis,
        size: 60,
        grid: { stroke: lineColor, width: 0.5 },
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
function toStackedData({ series }: DrawingView, count: number): uPlot.AlignedData {
  const indices = Array.from({ length: count }, (_, index) => index);
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
