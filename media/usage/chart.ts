import uPlot from 'uplot';
import type { ChartView, DrawingView, Measure } from '../../src/dashboard/common/viewModel';
import { element, setText, themeColor } from './dom';
import { Table } from './table';

const HEIGHT = 200;

/** A bar chart with its heading, its legend, the reading under the mouse, and the same numbers as a table. */
export class Chart {
  readonly node: HTMLElement;
  private readonly heading: HTMLElement;
  private readonly legend = element('div', { class: 'legend', 'aria-hidden': 'true' });
  private readonly plotted = element('div', { class: 'plot', role: 'img' });
  private readonly reading = element('p', { class: 'reading', 'aria-hidden': 'true' });
  private readonly summary = element('summary');
  private readonly details: HTMLDetailsElement;
  private readonly table = new Table('plain');
  private plot: uPlot | undefined;
  private shown = '';
  private current: { readonly view: ChartView; readonly measure: Measure; readonly language: string } | undefined;

  constructor(
    readonly id: string,
    isOpen: boolean,
    onToggle: () => void,
  ) {
    this.heading = element('h2', { id: `chart-${id}` });
    this.details = element('details', {}, this.summary, this.table.node);
    this.details.open = isOpen;
    this.details.addEventListener('toggle', onToggle);
    const body = [this.heading, this.legend, this.plotted, this.reading, this.details];
    this.node = element('section', { class: 'chart', 'aria-labelledby': `chart-${id}` }, ...body);
    new ResizeObserver(() => this.fit()).observe(this.plotted);
  }

  get isOpen(): boolean {
    return this.details.open;
  }

  show(view: ChartView, measure: Measure, labels: { readonly asTable: string; readonly language: string }): void {
    const drawing = view.drawings[measure];
    setText(this.heading, view.heading);
    setText(this.summary, labels.asTable);
    this.plotted.setAttribute('aria-label', drawing.summary);
    this.table.show(view.table);
    this.current = { view, measure, language: labels.language };
    const text = JSON.stringify([view.places, drawing.series]);
    if (text === this.shown) return;
    this.shown = text;
    this.draw();
  }

  /** Draws with the colours of the theme as it is now. A canvas does not follow them by itself. */
  draw(): void {
    this.plot?.destroy();
    this.plot = undefined;
    const { current } = this;
    if (current === undefined || this.plotted.clientWidth === 0) return;
    const drawing = current.view.drawings[current.measure];
    this.legend.replaceChildren(
      ...drawing.series.map(({ label, color }) =>
        element('span', {}, element('span', { class: `swatch ${color}` }), label),
      ),
    );
    setText(this.reading, '');
    const options = plotOptions(drawing, {
      ...current,
      width: this.plotted.clientWidth,
      onPlace: (index) => this.read(index),
    });
    this.plot = new uPlot(options, stacked(drawing, current.view.places.length), this.plotted);
  }

  private fit(): void {
    const width = this.plotted.clientWidth;
    if (this.plot === undefined) this.draw();
    else if (width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: HEIGHT });
  }

  private read(index: number | null | undefined): void {
    setText(this.reading, this.current?.view.readings[index ?? -1] ?? '');
  }
}

interface PlotContext {
  readonly view: ChartView;
  readonly measure: Measure;
  readonly language: string;
  readonly width: number;
  readonly onPlace: (index: number | null | undefined) => void;
}

function plotOptions(drawing: DrawingView, context: PlotContext): uPlot.Options {
  const { view, measure, language, width, onPlace } = context;
  const text = themeColor('foreground');
  const lines = themeColor('charts-lines');
  const { fontFamily } = getComputedStyle(document.body);
  const axis = { stroke: text, font: `12px ${fontFamily}`, ticks: { show: false } };
  const numbers = new Intl.NumberFormat(language, {
    ...(measure === 'cost'
      ? { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', maximumFractionDigits: 4 }
      : { notation: 'compact' }),
  });
  const bars = uPlot.paths.bars?.({ size: [0.7, 48] });
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false, setScale: false } },
    scales: {
      x: { time: false, range: [-0.6, view.places.length - 0.4] },
      // A chart of nothing still has an axis that begins at nothing.
      y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.05 : 1] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        grid: { show: false },
        splits: (plot) => placesWithRoom(view.places, plot.width),
        values: (_plot, splits) => splits.map((index) => view.places[index] ?? ''),
      },
      {
        ...axis,
        size: 60,
        grid: { stroke: lines, width: 0.5 },
        ...(measure === 'cost' ? {} : { incrs: wholeSteps() }),
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
    hooks: { setCursor: [(plot) => onPlace(plot.cursor.idx)] },
  };
}

/** The highest bar is drawn first and the lower ones before it, so that each series shows above the one below it. */
function stacked({ series }: DrawingView, count: number): uPlot.AlignedData {
  const places = Array.from({ length: count }, (_, index) => index);
  const heights = series.map((_, top) =>
    places.map((place) => series.slice(0, top + 1).reduce((sum, { values }) => sum + (values[place] ?? 0), 0)),
  );
  return [places, ...heights.toReversed()];
}

/** Every place, or every second, third, … where their names would run into each other. */
function placesWithRoom(places: readonly string[], width: number): number[] {
  const longest = Math.max(1, ...places.map((place) => place.length));
  const room = Math.max(1, Math.floor((width - 60) / (longest * 7 + 14)));
  const step = Math.max(1, Math.ceil(places.length / room));
  return places.map((_, index) => index).filter((index) => index % step === 0);
}

/** Runs and tokens come in ones. */
function wholeSteps(): number[] {
  return Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
}
