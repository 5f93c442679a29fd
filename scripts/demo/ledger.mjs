// Writes a ledger with some months of sample runs for the screenshot of the dashboard.
import fs from 'node:fs';
import path from 'node:path';
import { seeded } from '../lib/random.mjs';

const DAY = 86_400_000;
const DAYS = 120;
const PROMPTS = ['explain', 'explain', 'explain', 'rewrite', 'rewrite', 'insert', 'fix', 'tests'];
/** `rates`: input and output price in US dollars per million tokens. */
const MODELS = [
  { provider: 'openai', model: 'gpt-5-mini', rates: [0.25, 2] },
  { provider: 'openai', model: 'gpt-5-mini', rates: [0.25, 2] },
  { provider: 'openai', model: 'gpt-5', rates: [1.25, 10] },
  { provider: 'ollama', model: 'qwen3:8b' },
];

/**
 * Writes the ledger into Quillet's global storage.
 * @param {string} dataDir data folder of the server
 */
export function writeLedger(dataDir) {
  const folder = path.join(dataDir, 'data', 'User', 'globalStorage', 'quillet.quillet', 'ledger');
  fs.mkdirSync(folder, { recursive: true });
  const rows = rowsUntil(Date.now());
  for (const month of new Set(rows.map(({ time }) => time.slice(0, 7)))) {
    const rowsOfMonth = rows.filter(({ time }) => time.startsWith(month));
    const text = rowsOfMonth.map((row) => `${JSON.stringify(row)}\n`).join('');
    fs.writeFileSync(path.join(folder, `${month}.demo.0.${Buffer.byteLength(text)}.jsonl`), text);
  }
}

/** @param {number} now */
function rowsUntil(now) {
  const random = seeded(5);
  return Array.from({ length: DAYS }, (_, day) => now - (DAYS - 1 - day) * DAY).flatMap((day, index) => {
    const isWeekend = [0, 6].includes(new Date(day).getDay());
    const count = Math.round((isWeekend ? 1 : 9) * (0.5 + random()));
    return Array.from({ length: count }, (_, run) =>
      createRow(`demo-${index * 100 + run}`, day - run * 600_000, random),
    );
  });
}

function createRow(id, time, random) {
  const { provider, model, rates } = MODELS[Math.floor(random() * MODELS.length)] ?? MODELS[0];
  const [input, output] = [Math.round(400 + random() * 3000), Math.round(60 + random() * 900)];
  const isStopped = random() < 0.03;
  const usd = rates && (input * rates[0] + output * rates[1]) / 1_000_000;
  return {
    v: 1,
    id,
    time: new Date(time).toISOString(),
    provider,
    model,
    prompt: PROMPTS[Math.floor(random() * PROMPTS.length)],
    destination: 'thread',
    outcome: isStopped ? 'cancelled' : 'ok',
    attempts: 1,
    tokens: isStopped ? {} : { input, cached: 0, output, reasoning: 0 },
    ...(usd === undefined || isStopped ? {} : { cost: { usd, source: 'prices', isEstimate: true } }),
    firstTextMs: Math.round(250 + random() * 700),
    totalMs: Math.round(1200 + random() * 4000),
  };
}
