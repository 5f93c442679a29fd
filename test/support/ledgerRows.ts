import { seeded } from '../../scripts/lib/random.mjs';
import { ledgerFileName } from '../../src/ledger/common/ledgerFiles';
import { formatLedgerLine, type LedgerRow } from '../../src/ledger/common/ledgerRow';

const models = [
  { provider: 'openai', model: 'gpt-5-mini', reportedModel: 'gpt-5-mini-2025-08-07', input: 0.25, output: 2 },
  { provider: 'openai', model: 'gpt-5', input: 1.25, output: 10 },
  { provider: 'openrouter', model: 'anthropic/claude-sonnet-4.5', input: 3, output: 15 },
  { provider: 'ollama', model: 'qwen3:8b', input: undefined, output: undefined },
] as const;
const prompts = ['explain', 'rewrite', 'insert', 'fix', 'tests', 'explain', 'explain'];
const destinations = ['thread', 'review', 'insert', 'review', 'document', 'thread', 'thread'];

/** Reproducible rows of the days before a given time, oldest first. */
export function sampleRows(count: number, until: Date, days = 100): LedgerRow[] {
  const random = seeded(11);
  const span = days * 86_400_000;
  return Array.from({ length: count }, (_, index) => {
    const time = new Date(until.getTime() - Math.round((span * (count - 1 - index)) / count));
    return sampleRow(index, time, random);
  });
}

function sampleRow(index: number, time: Date, random: () => number): LedgerRow {
  const [used = models[0], kind] = [models[Math.floor(random() ** 2 * models.length)], Math.floor(random() * 7)];
  const base = {
    v: 1,
    id: `sample-${index.toString(36)}`,
    time: time.toISOString(),
    provider: used.provider,
    model: used.model,
    prompt: prompts[kind] ?? 'ask',
    destination: destinations[kind] ?? 'thread',
    workspace: 'shop',
    attempts: 1,
    totalMs: Math.round(900 + random() * 6000),
  } as const;
  const luck = random();
  if (luck < 0.03) return { ...base, outcome: 'failed', error: 'http.429', attempts: 3, tokens: {} };
  if (luck < 0.06) return { ...base, outcome: 'cancelled', tokens: {}, firstTextMs: Math.round(200 + random() * 900) };
  const [input, output] = [Math.round(200 + random() * 5000), Math.round(30 + random() * 1200)];
  const usd = used.input === undefined ? undefined : (input * used.input + output * used.output) / 1_000_000;
  const isReported = used.provider === 'openrouter';
  return {
    ...base,
    ...('reportedModel' in used ? { reportedModel: used.reportedModel } : {}),
    outcome: luck < 0.08 ? 'truncated' : 'ok',
    tokens: { input, cached: Math.round(input * 0.3), output, reasoning: used.model === 'gpt-5' ? 64 : 0 },
    ...(usd === undefined
      ? {}
      : { cost: { usd, source: isReported ? ('server' as const) : ('prices' as const), isEstimate: !isReported } }),
    firstTextMs: Math.round(250 + random() * 1100),
  };
}

/** Log files with these rows, by name; each ends with `rest`. */
export function ledgerFiles(rows: readonly LedgerRow[], rest = ''): ReadonlyMap<string, string> {
  const months = new Map<string, string[]>();
  for (const row of rows) {
    const month = row.time.slice(0, 7);
    const lines = months.get(month) ?? [];
    lines.push(`${formatLedgerLine(row)}\n`);
    months.set(month, lines);
  }
  return new Map([...months].map(([month, lines]) => fileOf(month, lines.join('') + rest)));
}

/** Many rows quickly: repeats a thousand rows with different IDs. */
export function largeLedger(count: number, until: Date): ReadonlyMap<string, string> {
  const lines = sampleRows(1000, until, 400).map((row) => ({
    month: row.time.slice(0, 7),
    line: formatLedgerLine(row),
  }));
  const months = new Map<string, string[]>();
  for (let index = 0; index < count; index += 1) {
    const { month, line } = lines[Math.floor((index * lines.length) / count)] ?? { month: '', line: '' };
    const text = `${line.replace(/sample-\w+/, `sample-${index.toString(36)}`)}\n`;
    const monthLines = months.get(month);
    if (monthLines === undefined) months.set(month, [text]);
    else monthLines.push(text);
  }
  return new Map([...months].map(([month, monthLines]) => fileOf(month, monthLines.join(''))));
}

function fileOf(month: string, text: string): [string, string] {
  const { length } = new TextEncoder().encode(text);
  return [ledgerFileName({ month, window: 'sample', serial: 0, length }), text];
}
