import type { RowView, TableView } from '../../src/usage/dashboard/common/viewModel';
import { createElement } from './dom';

/** A scrollable table. Its frame is kept, its rows are replaced. */
export class Table {
  readonly node: HTMLElement;
  private readonly table = createElement('table');
  private renderedView = '';

  constructor(captionClass = '') {
    this.node = createElement('div', { class: 'scroller' }, this.table);
    this.table.className = captionClass;
    new ResizeObserver(() => this.updateTabStop()).observe(this.node);
  }

  show(view: TableView): void {
    const text = JSON.stringify(view);
    if (text === this.renderedView) return;
    this.renderedView = text;
    const head = view.columns.map(({ label, isNumber }) =>
      createElement('th', { scope: 'col', ...cellAttributes(isNumber) }, label),
    );
    this.table.replaceChildren(
      createElement('caption', {}, view.caption),
      createElement('thead', {}, createElement('tr', {}, ...head)),
      createElement('tbody', {}, ...view.rows.map((row) => createRow(row, view))),
    );
    this.node.setAttribute('aria-label', view.caption);
    this.updateTabStop();
  }

  /** Only scrollable tables are tab stops. */
  private updateTabStop(): void {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = this.node;
    if (scrollWidth > clientWidth || scrollHeight > clientHeight) {
      this.node.tabIndex = 0;
      // A `region` per table would be too many landmarks.
      this.node.setAttribute('role', 'group');
    } else {
      this.node.removeAttribute('tabindex');
      this.node.removeAttribute('role');
    }
  }
}

function createRow({ cells, fraction, isFailure }: RowView, { columns }: TableView): HTMLElement {
  const row = createElement('tr', isFailure === true ? { class: 'bad' } : {});
  for (const [index, text] of cells.entries()) {
    const attributes = cellAttributes(columns[index]?.isNumber === true);
    row.append(
      index === 0 ? createElement('th', { scope: 'row', ...attributes }, text) : createElement('td', attributes, text),
    );
  }
  if (fraction !== undefined) {
    const bar = createElement('span', { class: 'share', 'aria-hidden': 'true' });
    bar.style.width = `${Math.round(fraction * 100)}%`;
    row.firstElementChild?.append(bar);
  }
  return row;
}

function cellAttributes(isNumber: boolean): Record<string, string> {
  return isNumber ? { class: 'number' } : {};
}
