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
  ['cache_write_tokens', ({ tokens }) => tokens.cacheWrite],
  ['cache_write_hour_tokens', ({ tokens }) => tokens.cacheWriteHour],
  ['service_tier', ({ serviceTier }) => serviceTier],
];

export function formatExport(rows: readonly UsageRow[], format: ExportFormat): string[] {
  if (format === 'json') return [`[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`];
  const lines = [COLUMNS.map(([name]) => name), ...rows.map((row) => COLUMNS.map(([, select]) => select(row)))];
  return lines.map((cells) => `${cells.map(formatCsvCell).join(',')}\r\n`);
}

// RFC 4180, with an apostrophe before text that spreadsheets would run as a formula: servers choose model names.
function formatCsvCell(value: Cell): string {
  if (typeof value !== 'string') return value === undefined ? '' : String(value);
  const text = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(text) || text !== value ? `"${text.replaceAll('"', '""')}"` : text;
}
