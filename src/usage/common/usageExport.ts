import type { LedgerRow } from '../../ledger/common/ledgerRow';

/** Formats in which the ledger can be saved. */
export type ExportFormat = 'csv' | 'json';

type Cell = string | number | boolean | undefined;

/** The columns of the table, in their order. What is unknown is an empty cell. */
const COLUMNS: readonly (readonly [string, (row: LedgerRow) => Cell])[] = [
  ['time', ({ time }) => time],
  ['id', ({ id }) => id],
  ['provider', ({ provider }) => provider],
  ['model', ({ model }) => model],
  ['reported_model', ({ reportedModel }) => reportedModel],
  ['prompt', ({ prompt }) => prompt],
  ['destination', ({ destination }) => destination],
  ['workspace', ({ workspace }) => workspace],
  ['outcome', ({ outcome }) => outcome],
  ['error', ({ error }) => error],
  ['attempts', ({ attempts }) => attempts],
  ['input_tokens', ({ tokens }) => tokens.input],
  ['cached_tokens', ({ tokens }) => tokens.cached],
  ['output_tokens', ({ tokens }) => tokens.output],
  ['reasoning_tokens', ({ tokens }) => tokens.reasoning],
  ['cost_usd', ({ cost }) => cost?.usd],
  ['cost_source', ({ cost }) => cost?.source],
  ['cost_is_estimate', ({ cost }) => cost?.isEstimate],
  ['first_text_ms', ({ firstTextMs }) => firstTextMs],
  ['total_ms', ({ totalMs }) => totalMs],
];

/** What stands before, between and after the rows of a file. */
export function exportFrame(format: ExportFormat): {
  readonly before: string;
  readonly between: string;
  readonly after: string;
} {
  return format === 'csv'
    ? { before: `${COLUMNS.map(([name]) => name).join(',')}\r\n`, between: '\r\n', after: '\r\n' }
    : { before: '[\n', between: ',\n', after: '\n]\n' };
}

/** One row as it stands in the file, without what stands between rows. */
export function formatExportRow(row: LedgerRow, format: ExportFormat): string {
  return format === 'json' ? JSON.stringify(row) : COLUMNS.map(([, value]) => formatCsvCell(value(row))).join(',');
}

/**
 * A cell by RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe before it, as OWASP advises
 * for CSV injection: the name of a model is a server's or a workspace's to choose.
 */
function formatCsvCell(value: Cell): string {
  if (typeof value !== 'string') return value === undefined ? '' : String(value);
  const text = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(text) || text !== value ? `"${text.replaceAll('"', '""')}"` : text;
}
