import { seeded } from '../../scripts/lib/random.mjs';
import { monthOfTime } from '../../src/usage/common/usageFiles';
import { formatUsageLine, type UsageRow } from '../../src/usage/common/usageRow';

const models = [
  { provider: 'openai', model: 'gpt-5-mini', reportedModel: 'gpt-5-mini-2025-08-07', input: 0.25, output: 2 },
  { provider: 'openai', model: 'gpt-5', input: 1.25, output: 10 },
  { provider: 'openrouter', model: 'anthropic/claude-sonnet-4.5', input: 3, output: 15 },
  { provider: 'ollama', model: 'qwen3:8b', input: undefined, output: undefined },
] as const;
const prompts = ['Explain', 'Rewrite', 'Insert Completion', 'Fix', 'Write Tests', 'Explain', 'Explain'];
const destinations = ['thread', 'review', 'insert', 'review', 'document', 'thread', 'thread'];

/** Reproducible rows of the days before a given time, oldest first. */
export function sampleRows(count: number, until: Date, days = 100): UsageRow[] {
  const random = seeded(11);
  const span = days * 86_400_000;
  return Array.from({ length: count }, (_, index) => {
    const time = new Date(until.getTime() - Math.round((span * (count - 1 - index)) / count));
    return sampleRow(index, time, random);
  });
}

function sampleRow(index: number, time: Date, random: () => number): UsageRow {
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

/** The files of a usage log with these rows, by name; each ends with `rest`. */
export function usageFileTexts(rows: readonly UsageRow[], rest = ''): ReadonlyMap<string, string> {
  const months = Map.groupBy(rows, ({ time }) => monthOfTime(time));
  return new Map(
    [...months].map(([month, monthRows]) => [
      `${month}.jsonl`,
      monthRows.map((row) => `\n${formatUsageLine(row)}\n`).join('') + rest,
    ]),
  );
}
