import type { RowView, TableView } from '../../src/dashboard/common/viewModel';
import { element } from './dom';

/** A table that scrolls where it has to, and then takes the keyboard for that. Its frame stays, its rows change. */
export class Table {
  readonly node: HTMLElement;
  private readonly table = element('table');
  private shown = '';

  constructor(captionClass = '') {
    this.node = element('div', { class: 'scroller' }, this.table);
    this.table.className = captionClass;
    new ResizeObserver(() => this.takeKeyboard()).observe(this.node);
  }

  show(view: TableView): void {
    const text = JSON.stringify(view);
    if (text === this.shown) return;
    this.shown = text;
    const head = view.columns.map(({ label, isNumber }) =>
      element('th', { scope: 'col', ...numeric(isNumber) }, label),
    );
    this.table.replaceChildren(
      element('caption', {}, view.caption),
      element('thead', {}, element('tr', {}, ...head)),
      element('tbody', {}, ...view.rows.map((row) => rowOf(row, view))),
    );
    this.node.setAttribute('aria-label', view.caption);
    this.takeKeyboard();
  }

  /** Only what can be scrolled is a stop on the way through the page. */
  private takeKeyboard(): void {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = this.node;
    if (scrollWidth > clientWidth || scrollHeight > clientHeight) {
      this.node.tabIndex = 0;
      // No landmark: there are as many as tables.
      this.node.setAttribute('role', 'group');
    } else {
      this.node.removeAttribute('tabindex');
      this.node.removeAttribute('role');
    }
  }
}

function rowOf({ cells, share, isBad }: RowView, { columns }: TableView): HTMLElement {
  const row = element('tr', isBad === true ? { class: 'bad' } : {});
  for (const [index, text] of cells.entries()) {
    const attributes = numeric(columns[index]?.isNumber === true);
    row.append(index === 0 ? element('th', { scope: 'row', ...attributes }, text) : element('td', attributes, text));
  }
  if (share !== undefined) {
    const bar = element('span', { class: 'share', 'aria-hidden': 'true' });
    bar.style.width = `${Math.round(share * 100)}%`;
    row.firstElementChild?.append(bar);
  }
  return row;
}

function numeric(isNumber: boolean): Record<string, string> {
  return isNumber ? { class: 'number' } : {};
}
