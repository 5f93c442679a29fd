import { type DashboardView, MEASURES, type Measure } from '../../src/dashboard/common/viewModel';
import { createElement, setText } from './dom';

interface ControlListeners {
  onPeriod(period: string): void;
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
  private readonly periodLabel = createElement('label', { for: 'period' });
  private readonly period = createElement('select', { id: 'period' });
  private readonly legend = createElement('legend');
  private readonly measureInputs = new Map<
    Measure,
    { readonly input: HTMLInputElement; readonly label: HTMLElement }
  >();
  private readonly exportCsvButton = createButton();
  private readonly exportJsonButton = createButton();
  private readonly deleteButton = createButton();
  private readonly pageButtons: readonly HTMLButtonElement[] = [
    createButton(),
    createButton(),
    createButton(),
    createButton(),
  ];
  private readonly range = createElement('span', { role: 'status' });
  private page = 0;
  private pageCount = 1;

  constructor(listeners: ControlListeners) {
    const choose = createElement('div', { class: 'period' }, this.periodLabel, this.period);
    const actions = createElement(
      'div',
      { class: 'actions' },
      this.exportCsvButton,
      this.exportJsonButton,
      this.deleteButton,
    );
    this.header = createElement('header', {}, this.title, choose, actions);
    this.measures = createElement('fieldset', { class: 'measures' }, this.legend);
    for (const measure of MEASURES) this.measures.append(this.createMeasureInput(measure, listeners.onMeasure));
    const [newest, newer, older, oldest] = this.pageButtons;
    this.pager = createElement('nav', { class: 'pager' });
    for (const part of [newest, newer, this.range, older, oldest]) if (part !== undefined) this.pager.append(part);
    this.period.addEventListener('change', () => listeners.onPeriod(this.period.value));
    this.exportCsvButton.addEventListener('click', () => listeners.onExport('csv'));
    this.exportJsonButton.addEventListener('click', () => listeners.onExport('json'));
    this.deleteButton.addEventListener('click', () => listeners.onDelete());
    for (const [index, pageButton] of this.pageButtons.entries()) {
      pageButton.addEventListener('click', () => {
        if (pageButton.getAttribute('aria-disabled') !== 'true') listeners.onPage(this.getTargetPage(index));
      });
    }
  }

  show({ labels, periods, period, runs, empty }: DashboardView, measure: Measure): void {
    setText(this.title, labels.title);
    setText(this.periodLabel, labels.period);
    this.showPeriods(periods, period);
    setText(this.legend, labels.measure);
    for (const [name, { input, label }] of this.measureInputs) {
      setText(label, labels.measures[name]);
      input.checked = name === measure;
    }
    setText(this.exportCsvButton, labels.exportCsv);
    setText(this.exportJsonButton, labels.exportJson);
    setText(this.deleteButton, labels.deleteAll);
    for (const control of [this.exportCsvButton, this.exportJsonButton, this.deleteButton, this.period])
      control.disabled = empty !== undefined;
    this.page = runs.page;
    this.pageCount = runs.pageCount;
    const names = [labels.newest, labels.newer, labels.older, labels.oldest];
    for (const [index, pageButton] of this.pageButtons.entries()) {
      setText(pageButton, names[index] ?? '');
      // `disabled` would take the focus away from a button that was just pressed.
      pageButton.setAttribute('aria-disabled', String(this.getTargetPage(index) === this.page));
    }
    this.pager.hidden = runs.pageCount < 2;
    this.pager.setAttribute('aria-label', runs.table.caption);
    setText(this.range, runs.range);
  }

  private showPeriods(periods: DashboardView['periods'], selected: string): void {
    const serialized = periods.map(({ value, label }) => `${value} ${label}`).join('\n');
    if (this.period.dataset['shown'] !== serialized) {
      this.period.dataset['shown'] = serialized;
      this.period.replaceChildren(...periods.map(({ value, label }) => createElement('option', { value }, label)));
    }
    if (this.period.value !== selected) this.period.value = selected;
  }

  private createMeasureInput(measure: Measure, onMeasure: (measure: Measure) => void): HTMLElement {
    const input = createElement('input', { type: 'radio', name: 'measure', id: `measure-${measure}`, value: measure });
    const label = createElement('label', { for: input.id });
    input.addEventListener('change', () => onMeasure(measure));
    this.measureInputs.set(measure, { input, label });
    return createElement('span', {}, input, label);
  }

  private getTargetPage(index: number): number {
    const last = this.pageCount - 1;
    return [0, Math.max(0, this.page - 1), Math.min(last, this.page + 1), last][index] ?? 0;
  }
}

function createButton(): HTMLButtonElement {
  return createElement('button', { type: 'button' });
}
