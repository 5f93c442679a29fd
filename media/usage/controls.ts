import { type DashboardView, type Measure, measures } from '../../src/dashboard/common/viewModel';
import { element, setText } from './dom';

/** What the user asks for with the controls. */
interface ControlListeners {
  onPeriod(period: string): void;
  onMeasure(measure: Measure): void;
  onExport(format: 'csv' | 'json'): void;
  onDelete(): void;
  /** The page of the list of runs, from 0. */
  onPage(page: number): void;
}

/** Everything that can be operated. It is made once, so that no update takes the focus away. */
export class Controls {
  readonly head: HTMLElement;
  readonly measures: HTMLElement;
  readonly pager: HTMLElement;
  private readonly title = element('h1');
  private readonly periodLabel = element('label', { for: 'period' });
  private readonly period = element('select', { id: 'period' });
  private readonly legend = element('legend');
  private readonly choices = new Map<Measure, { readonly input: HTMLInputElement; readonly label: HTMLElement }>();
  private readonly csv = button();
  private readonly json = button();
  private readonly remove = button();
  private readonly turns: readonly HTMLButtonElement[] = [button(), button(), button(), button()];
  private readonly range = element('span', { role: 'status' });
  private page = 0;
  private pages = 1;

  constructor(listeners: ControlListeners) {
    const choose = element('div', { class: 'period' }, this.periodLabel, this.period);
    const actions = element('div', { class: 'actions' }, this.csv, this.json, this.remove);
    this.head = element('header', {}, this.title, choose, actions);
    this.measures = element('fieldset', { class: 'measures' }, this.legend);
    for (const measure of measures) this.measures.append(this.choice(measure, listeners.onMeasure));
    const [newest, newer, older, oldest] = this.turns;
    this.pager = element('nav', { class: 'pager' });
    for (const part of [newest, newer, this.range, older, oldest]) if (part !== undefined) this.pager.append(part);
    this.period.addEventListener('change', () => listeners.onPeriod(this.period.value));
    this.csv.addEventListener('click', () => listeners.onExport('csv'));
    this.json.addEventListener('click', () => listeners.onExport('json'));
    this.remove.addEventListener('click', () => listeners.onDelete());
    for (const [index, turn] of this.turns.entries()) {
      turn.addEventListener('click', () => {
        if (turn.getAttribute('aria-disabled') !== 'true') listeners.onPage(this.target(index));
      });
    }
  }

  show({ labels, periods, period, runs, empty }: DashboardView, measure: Measure): void {
    setText(this.title, labels.title);
    setText(this.periodLabel, labels.period);
    this.showPeriods(periods, period);
    setText(this.legend, labels.measure);
    for (const [name, { input, label }] of this.choices) {
      setText(label, labels.measures[name]);
      input.checked = name === measure;
    }
    setText(this.csv, labels.exportCsv);
    setText(this.json, labels.exportJson);
    setText(this.remove, labels.deleteAll);
    for (const control of [this.csv, this.json, this.remove, this.period]) control.disabled = empty !== undefined;
    this.page = runs.page;
    this.pages = runs.pages;
    const names = [labels.newest, labels.newer, labels.older, labels.oldest];
    for (const [index, turn] of this.turns.entries()) {
      setText(turn, names[index] ?? '');
      // A disabled button would lose the focus of whoever has just pressed it.
      turn.setAttribute('aria-disabled', String(this.target(index) === this.page));
    }
    this.pager.hidden = runs.pages < 2;
    this.pager.setAttribute('aria-label', runs.table.caption);
    setText(this.range, runs.range);
  }

  private showPeriods(periods: DashboardView['periods'], chosen: string): void {
    const wanted = periods.map(({ value, label }) => `${value} ${label}`).join('\n');
    if (this.period.dataset['shown'] !== wanted) {
      this.period.dataset['shown'] = wanted;
      this.period.replaceChildren(...periods.map(({ value, label }) => element('option', { value }, label)));
    }
    if (this.period.value !== chosen) this.period.value = chosen;
  }

  private choice(measure: Measure, onMeasure: (measure: Measure) => void): HTMLElement {
    const input = element('input', { type: 'radio', name: 'measure', id: `measure-${measure}`, value: measure });
    const label = element('label', { for: input.id });
    input.addEventListener('change', () => onMeasure(measure));
    this.choices.set(measure, { input, label });
    return element('span', {}, input, label);
  }

  /** The page that a button of the pager leads to. */
  private target(index: number): number {
    const last = this.pages - 1;
    return [0, Math.max(0, this.page - 1), Math.min(last, this.page + 1), last][index] ?? 0;
  }
}

function button(): HTMLButtonElement {
  return element('button', { type: 'button' });
}
