import type { UsageRow } from './usageRow';

export type ExportFormat = 'csv' | 'json';

type Cell = string | number | boolean | undefined;

const COLUMNS: readonly (readonly [string, (row: UsageRow) => Cell])[] = [
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

/** The parts of a file with these runs. */
export function* formatExport(rows: readonly UsageRow[], format: ExportFormat): Generator<string> {
  if (format === 'csv') {
    yield `${COLUMNS.map(([name]) => name).join(',')}\r\n`;
    for (const row of rows) yield `${COLUMNS.map(([, select]) => formatCsvCell(select(row))).join(',')}\r\n`;
  } else {
    for (const [index, row] of rows.entries()) yield `${index === 0 ? '[' : ','}\n${JSON.stringify(row)}`;
    yield '\n]\n';
  }
}

/**
 * Escapes a cell as in RFC 4180. Text that spreadsheets would run as a formula is prefixed with an apostrophe, as OWASP
 * recommends against CSV injection: servers and workspaces choose model names.
 */
function formatCsvCell(value: Cell): string {
  if (typeof value !== 'string') return value === undefined ? '' : String(value);
  const text = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(text) || text !== value ? `"${text.replaceAll('"', '""')}"` : text;
}
