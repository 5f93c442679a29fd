// How long the dashboard takes to show all of a large ledger: as Quillet keeps it, where what is over is summed up, and when
// every line has to be read.
import fs from 'node:fs';
import path from 'node:path';
import { chord, openFile, selectWithKeyboard } from '../demo/driver.mjs';
import { seeded } from '../lib/random.mjs';

const ROWS = 1_000_000;
const DAYS = 400;
/** A window begins another file when one has grown so far. */
const FULL_BYTES = 512 * 1024;
/** Files that were written just now may still grow, and are not counted up. */
const AGE_MS = 3_600_000;
/** With the run that is made here. */
const all = (ROWS + 1).toLocaleString('en');

const models = [
  { provider: 'openai', model: 'gpt-5-mini', reported: 'gpt-5-mini-2025-08-07', rates: [0.25, 2] },
  { provider: 'openai', model: 'gpt-5', reported: 'gpt-5-2025-08-07', rates: [1.25, 10] },
  { provider: 'openrouter', model: 'anthropic/claude-sonnet-4.5', rates: [3, 15] },
  { provider: 'ollama', model: 'qwen3:8b' },
];
const prompts = ['explain', 'explain', 'rewrite', 'insert', 'fix', 'tests'];

/**
 * Opens the dashboard on a million runs.
 * @param {import('./window.mjs').Measurement} measurement
 */
export async function measureUsage({ page, dataDir, runs, add }) {
  const folder = path.join(dataDir, 'data', 'User', 'globalStorage', 'quillet.quillet', 'ledger');
  writeLedger(folder);
  await openFile(page, 'thread.txt');
  await selectWithKeyboard(page, 1, 2);
  await chord(page, 'g');
  await sumsOf(folder);
  for (let round = 0; round < runs; round += 1) {
    add('usage', await openDashboard(page));
  }
  for (let round = 0; round < runs; round += 1) {
    for (const name of digestsIn(folder)) {
      fs.rmSync(path.join(folder, name));
    }
    add('usage read', await openDashboard(page));
  }
}

/** Waits until Quillet has summed up what it does after a run, when nobody waits for it. */
async function sumsOf(folder) {
  const months = new Set(fs.readdirSync(folder).map((name) => name.slice(0, 7)));
  for (let tries = 0; digestsIn(folder).length < months.size; tries += 1) {
    if (tries > 600) {
      throw new Error(`There are ${digestsIn(folder).length} sums of ${months.size} months.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function digestsIn(folder) {
  return fs.readdirSync(folder).filter((name) => name.endsWith('.digest.json'));
}

/** @returns {Promise<number>} ms from the key press until every run is counted on the page */
async function openDashboard(page) {
  const start = performance.now();
  await page.keyboard.press('Control+Alt+u');
  const frame = page.frameLocator('iframe.webview').frameLocator('#active-frame');
  await frame.locator('.cards', { hasText: all }).waitFor({ timeout: 60_000 });
  const ms = performance.now() - start;
  await page.keyboard.press('Control+Alt+w');
  await page.locator('iframe.webview').waitFor({ state: 'detached' });
  return ms;
}

/** As many windows leave it in time, each with files of its own. */
function writeLedger(folder) {
  fs.mkdirSync(folder, { recursive: true });
  const random = seeded(5);
  const end = Date.now() - AGE_MS;
  const before = new Date(end);
  /** @type {string[]} */
  let lines = [];
  let [bytes, serial, month] = [0, 0, ''];
  const write = () => {
    if (lines.length === 0) {
      return;
    }
    const file = path.join(folder, `${month}.bench.${serial}.${bytes}.jsonl`);
    fs.writeFileSync(file, lines.join(''));
    fs.utimesSync(file, before, before);
    [lines, bytes, serial] = [[], 0, serial + 1];
  };
  for (let index = 0; index < ROWS; index += 1) {
    const time = new Date(end - ((ROWS - index) / ROWS) * DAYS * 86_400_000).toISOString();
    const line = `${JSON.stringify(row(index, time, random))}\n`;
    if (!time.startsWith(month) || bytes > FULL_BYTES) {
      write();
    }
    month = time.slice(0, 7);
    lines.push(line);
    bytes += line.length;
  }
  write();
}

function row(index, time, random) {
  const { provider, model, reported, rates } = models[Math.floor(random() * models.length)] ?? models[0];
  const [input, output] = [Math.round(400 + random() * 3000), Math.round(60 + random() * 900)];
  const usd = rates && (input * rates[0] + output * rates[1]) / 1_000_000;
  return {
    v: 1,
    id: `bench-${index.toString(36)}`,
    time,
    provider,
    model,
    reportedModel: reported,
    prompt: prompts[Math.floor(random() * prompts.length)],
    destination: 'thread',
    workspace: 'shop',
    outcome: random() < 0.97 ? 'ok' : 'cancelled',
    attempts: 1,
    tokens: { input, cached: Math.round(random() * input), output, reasoning: Math.round(random() * output) },
    cost: usd && { usd, source: 'prices', isEstimate: true },
    firstTextMs: Math.round(250 + random() * 700),
    totalMs: Math.round(1200 + random() * 4000),
  };
}
