// Writes usage logs with sample runs, for the screenshot of the dashboard and for its benchmark.
import fs from 'node:fs';
import path from 'node:path';
import { seeded } from '../lib/random.mjs';

const DAY = 86_400_000;
const PROMPTS = ['Explain', 'Explain', 'Explain', 'Rewrite', 'Rewrite', 'Insert Completion', 'Fix', 'Write Tests'];
/** `rates`: input and output price in US dollars per million tokens. */
const MODELS = [
  { provider: 'openai', model: 'gpt-5-mini', rates: [0.25, 2] },
  { provider: 'openai', model: 'gpt-5-mini', rates: [0.25, 2] },
  { provider: 'openai', model: 'gpt-5', rates: [1.25, 10] },
  { provider: 'ollama', model: 'qwen3:8b' },
];

/**
 * Writes some months of runs into Quillet's global storage.
 * @param {string} dataDir data folder of the server
 */
export function writeDemoUsage(dataDir) {
  const random = seeded(5);
  const now = Date.now();
  const times = Array.from({ length: 120 }, (_, day) => now - (119 - day) * DAY).flatMap((day) => {
    const isWeekend = [0, 6].includes(new Date(day).getDay());
    const count = Math.round((isWeekend ? 1 : 9) * (0.5 + random()));
    return Array.from({ length: count }, (_, run) => day - run * 600_000);
  });
  writeUsageLog(dataDir, times);
}

/**
 * Writes a run for each time, with the lines of its start and its end.
 * @param {string} dataDir data folder of the server
 * @param {readonly number[]} times in epoch milliseconds
 */
export function writeUsageLog(dataDir, times) {
  const folder = path.join(dataDir, 'data', 'User', 'globalStorage', 'quillet.quillet', 'usage');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const random = seeded(7);
  /** @type {Map<string, string[]>} */
  const months = new Map();
  for (const [index, ms] of times.entries()) {
    const time = new Date(ms).toISOString();
    const lines = months.get(time.slice(0, 7)) ?? [];
    lines.push(...createLines(`demo-${index.toString(36)}`, time, random));
    months.set(time.slice(0, 7), lines);
  }
  for (const [month, lines] of months) {
    fs.writeFileSync(path.join(folder, `${month}.jsonl`), lines.join(''));
  }
}

function createLines(id, time, random) {
  const { provider, model, rates } = MODELS[Math.floor(random() * MODELS.length)] ?? MODELS[0];
  const [input, output] = [Math.round(400 + random() * 3000), Math.round(60 + random() * 900)];
  const isStopped = random() < 0.03;
  const usd = rates && (input * rates[0] + output * rates[1]) / 1_000_000;
  const prompt = PROMPTS[Math.floor(random() * PROMPTS.length)];
  const names = { id, time, provider, model, prompt, destination: 'thread', attempts: 1 };
  const end = {
    ...names,
    tokens: isStopped ? {} : { input, cached: 0, output, reasoning: 0 },
    ...(usd === undefined || isStopped ? {} : { cost: { usd, source: 'prices', isEstimate: true } }),
    firstTextMs: Math.round(250 + random() * 700),
    totalMs: Math.round(1200 + random() * 4000),
  };
  const start = { ...names, tokens: {}, estimated: { tokens: 1000, usd: 0.01 } };
  return [
    `\n${JSON.stringify({ v: 1, outcome: 'started', ...start })}\n`,
    `\n${JSON.stringify({ v: 1, outcome: isStopped ? 'cancelled' : 'ok', ...end })}\n`,
  ];
}
