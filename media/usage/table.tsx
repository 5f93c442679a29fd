import type { TableView } from '../../src/usage/dashboard/common/viewModel';

export function Table({ table }: { readonly table: TableView }) {
  const { caption, columns, textColumns = 1, rows } = table;
  const classOf = (column: number) => (column < textColumns ? '' : 'number');
  return (
    <table aria-label={caption}>
      <thead>
        <tr>
          {columns.map((label, index) => (
            <th scope="col" class={classOf(index)}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ cells: [header, ...cells], fraction = 0, isFailure }) => (
          <tr class={isFailure === true ? 'failed' : ''}>
            <th scope="row" style={{ backgroundSize: `${Math.round(fraction * 100)}% 2px` }}>
              {header}
            </th>
            {cells.map((cell, index) => (
              <td class={classOf(index + 1)}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
