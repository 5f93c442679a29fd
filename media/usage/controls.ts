import type { UsagePeriod } from '../../src/usage/common/period';
import {
  type DashboardLabels,
  type DashboardView,
  MEASURES,
  type Measure,
} from '../../src/usage/dashboard/common/viewModel';
import { createElement, setText } from './dom';

interface ControlListeners {
  onPeriod(period: UsagePeriod): void;
  onMeasure(measure: Measure): void;
  onExport(format: 'csv' | 'json'): void;
  onDelete(): void;
  /** From 0. */
  onPage(page: number): void;
}

/** All interactive elements. Created once so that updates do not move the focus. */
export class Controls {
  readonly header: HTMLElement;
  readonly measures: HTMLElement;
  readonly pager: HTMLElement;
  private readonly title = createElement('h1');
  private readonly period = createElement('select', { id: 'period' });
  private readonly periodLabel = createElement('label', { for: 'period' });
  private readonly legend = createElement('legend');
  private readonly measureInputs: readonly { measure: Measure; input: HTMLInputElement; label: HTMLElement }[];
  private readonly actions: readonly { button: HTMLButtonElement; label: 'exportCsv' | 'exportJson' | 'deleteAll' }[];
  private readonly pageButtons: readonly HTMLButtonElement[];
  private readonly range = createElement('span', { role: 'status' });
  private targetPages: readonly number[] = [];

  constructor(listeners: ControlListeners) {
    this.actions = [
      { label: 'exportCsv', button: createButton(() => listeners.onExport('csv')) },
      { label: 'exportJson', button: createButton(() => listeners.onExport('json')) },
      { label: 'deleteAll', button: createButton(() => listeners.onDelete()) },
    ];
    this.period.addEventListener('change', () => listeners.onPeriod(this.period.value as UsagePeriod));
    this.measureInputs = MEASURES.map((measure) => {
      const input = createElement('input', { type: 'radio', name: 'measure', id: `measure-${measure}` });
      input.addEventListener('change', () => listeners.onMeasure(measure));
      return { measure, input, label: createElement('label', { for: input.id }) };
    });
    this.pageButtons = [0, 1, 2, 3].map((index) =>
      createButton((button) => {
        if (button.ariaDisabled !== 'true') listeners.onPage(this.targetPages[index] ?? 0);
      }),
    );
    const buttons = this.actions.map(({ button }) => button);
    const inputs = this.measureInputs.map(({ input, label }) => createElement('span', {}, input, label));
    this.header = createElement(
      'header',
      {},
      this.title,
      createElement('div', { class: 'period' }, this.periodLabel, this.period),
      createElement('div', { class: 'actions' }, ...buttons),
    );
    this.measures = createElement('fieldset', { class: 'measures' }, this.legend, ...inputs);
    const [newest, newer, older, oldest] = this.pageButtons;
    this.pager = createElement('nav', { class: 'pager' });
    this.pager.append(...[newest, newer, this.range, older, oldest].filter((part) => part !== undefined));
  }

  show({ labels, periods, period, runs, empty }: DashboardView, measure: Measure): void {
    setText(this.title, labels.title);
    setText(this.periodLabel, labels.period);
    if (this.period.options.length === 0) {
      this.period.append(...periods.map(({ value, label }) => createElement('option', { value }, label)));
    }
    this.period.value = period;
    this.showMeasures(labels, measure);
    for (const { button, label } of this.actions) {
      setText(button, labels[label]);
      button.disabled = empty !== undefined;
    }
    this.period.disabled = empty !== undefined;
    this.showPages(labels, runs);
  }

  private showMeasures(labels: DashboardLabels, shown: Measure): void {
    setText(this.legend, labels.measure);
    for (const { measure, input, label } of this.measureInputs) {
      setText(label, labels.measures[measure]);
      input.checked = measure === shown;
    }
  }

  private showPages(labels: DashboardLabels, { page, pageCount, range, table }: DashboardView['runs']): void {
    const last = pageCount - 1;
    this.targetPages = [0, Math.max(0, page - 1), Math.min(last, page + 1), last];
    for (const [index, button] of this.pageButtons.entries()) {
      setText(button, labels.pages[index] ?? '');
      // `disabled` would take the focus away from a button that was just pressed.
      button.ariaDisabled = String(this.targetPages[index] === page);
    }
    this.pager.hidden = pageCount < 2;
    this.pager.ariaLabel = table.caption;
    setText(this.range, range);
  }
}

function createButton(onClick: (button: HTMLButtonElement) => void): HTMLButtonElement {
  const button = createElement('button', { type: 'button' });
  button.addEventListener('click', () => onClick(button));
  return button;
}
