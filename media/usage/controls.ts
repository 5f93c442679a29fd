import type { UsagePeriod } from '../../src/usage/common/period';
import { type DashboardView, MEASURES, type Measure } from '../../src/usage/dashboard/common/viewModel';
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
  private readonly period: HTMLSelectElement;
  private readonly actions: readonly HTMLButtonElement[];
  private readonly inputs: readonly HTMLInputElement[];
  private readonly pageButtons: readonly HTMLButtonElement[];
  private readonly range = createElement('span', { role: 'status' });
  private targetPages: readonly number[] = [];

  constructor({ labels, periods, runs }: DashboardView, listeners: ControlListeners) {
    const options = periods.map(({ value, label }) => createElement('option', { value }, label));
    this.period = createElement('select', { id: 'period' }, ...options);
    this.period.addEventListener('change', () => listeners.onPeriod(this.period.value as UsagePeriod));
    this.actions = [
      createButton(labels.exportCsv, () => listeners.onExport('csv')),
      createButton(labels.exportJson, () => listeners.onExport('json')),
      createButton(labels.deleteAll, () => listeners.onDelete()),
    ];
    this.header = createElement(
      'header',
      {},
      createElement('h1', {}, labels.title),
      createElement('label', {}, labels.period, this.period),
      createElement('div', { class: 'actions' }, ...this.actions),
    );
    this.inputs = MEASURES.map((measure) => {
      const input = createElement('input', { type: 'radio', name: 'measure', value: measure });
      input.addEventListener('change', () => listeners.onMeasure(measure));
      return input;
    });
    const choices = this.inputs.map((input, index) =>
      createElement('label', {}, input, labels.measures[MEASURES[index] ?? 'cost']),
    );
    this.measures = createElement('fieldset', { class: 'measures' }, createElement('legend', {}, labels.measure));
    this.measures.append(...choices);
    this.pageButtons = labels.pages.map((label, index) =>
      createButton(label, (button) => {
        if (button.ariaDisabled !== 'true') listeners.onPage(this.targetPages[index] ?? 0);
      }),
    );
    this.pager = createElement('nav', { class: 'pager', 'aria-label': runs.table.caption }, ...this.pageButtons);
    this.pageButtons[1]?.after(this.range);
  }

  show({ period, runs: { page, pageCount, range }, empty }: DashboardView, measure: Measure): void {
    this.period.value = period;
    for (const control of [this.period, ...this.actions]) control.disabled = empty !== undefined;
    for (const input of this.inputs) input.checked = input.value === measure;
    const last = pageCount - 1;
    this.targetPages = [0, Math.max(0, page - 1), Math.min(last, page + 1), last];
    for (const [index, button] of this.pageButtons.entries()) {
      // `disabled` would take the focus away from a button that was just pressed.
      button.ariaDisabled = String(this.targetPages[index] === page);
    }
    this.pager.hidden = pageCount < 2;
    setText(this.range, range);
  }
}

function createButton(label: string, onClick: (button: HTMLButtonElement) => void): HTMLButtonElement {
  const button = createElement('button', { type: 'button' }, label);
  button.addEventListener('click', () => onClick(button));
  return button;
}
