// Measures how long the dashboard takes to show a large ledger: with the summaries of past files, and without, when every line
// must be read.
import fs from 'node:fs';
import path from 'node:path';
import { openFile, pressChord, selectWithKeyboard } from '../demo/driver.mjs';
import { seeded } from '../lib/random.mjs';

const ROWS = 1_000_000;
const DAYS = 400;
/** Size at which a window starts a new file. */
const FILE_BYTES = 512 * 1024;
/** Recently modified files may still grow and are not summarized. */
const AGE_MS = 3_600_000;
/** Includes the run of this benchmark. */
const TOTAL_RUNS = (ROWS + 1).toLocaleString('en');

const MODELS = [
  { provider: 'openai', model: 'gpt-5-mini', reported: 'gpt-5-mini-2025-08-07', rates: [0.25, 2] },
  { provider: 'openai', model: 'gpt-5', reported: 'gpt-5-2025-08-07', rates: [1.25, 10] },
  { provider: 'openrouter', model: 'anthropic/claude-sonnet-4.5', rates: [3, 15] },
  { provider: 'ollama', model: 'qwen3:8b' },
];
const PROMPTS = ['explain', 'explain', 'rewrite', 'insert', 'fix', 'tests'];

/**
 * @param {import('./window.mjs').BenchWindow} window
 */
export async function measureUsage({ page, dataDir, runs, add }) {
  const folder = path.join(dataDir, 'data', 'User', 'globalStorage', 'quillet.quillet', 'ledger');
  writeLedger(folder);
  await openFile(page, 'thread.txt');
  await selectWithKeyboard(page, 1, 2);
  await pressChord(page, 'g');
  await waitForSummaries(folder);
  for (let round = 0; round < runs; round += 1) {
    add('usage', await openDashboard(page));
  }
  for (let round = 0; round < runs; round += 1) {
    for (const name of summaryFiles(folder)) {
      fs.rmSync(path.join(folder, name));
    }
    add('usage read', await openDashboard(page));
  }
}

/** Waits for the summaries, which Quillet writes in the background after a run. */
async function waitForSummaries(folder) {
  const months = new Set(fs.readdirSync(folder).map((name) => name.slice(0, 7)));
  for (let tries = 0; summaryFiles(folder).length < months.size; tries += 1) {
    if (tries > 600) {
      throw new Error(`Only ${summaryFiles(folder).length} of ${months.size} months have a summary.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function summaryFiles(folder) {
  return fs.readdirSync(folder).filter((name) => name.endsWith('.digest.json'));
}

/** @returns {Promise<number>} ms from the key press until the page shows the total */
async function openDashboard(page) {
  const start = performance.now();
  await page.keyboard.press('Control+Alt+u');
  const frame = page.frameLocator('iframe.webview').frameLocator('#active-frame');
  await frame.locator('.cards', { hasText: TOTAL_RUNS }).waitFor({ timeout: 60_000 });
  const ms = performance.now() - start;
  await page.keyboard.press('Control+Alt+w');
  await page.locator('iframe.webview').waitFor({ state: 'detached' });
  return ms;
}

function writeLedger(folder) {
  fs.mkdirSync(folder, { recursive: true });
  const random = seeded(5);
  const end = Date.now() - AGE_MS;
  const before = new Date(end);
  /** @type {string[]} */
  let lines = [];
  let [bytes, sequence, month] = [0, 0, ''];
  const write = () => {
    if (lines.length === 0) {
      return;
    }
    const file = path.join(folder, `${month}.bench.${sequence}.${bytes}.jsonl`);
    fs.writeFileSync(file, lines.join(''));
    fs.utimesSync(file, before, before);
    [lines, bytes, sequence] = [[], 0, sequence + 1];
  };
  for (let index = 0; index < ROWS; index += 1) {
    const time = new Date(end - ((ROWS - index) / ROWS) * DAYS * 86_400_000).toISOString();
    const line = `${JSON.stringify(row(index, time, random))}\n`;
    if (!time.startsWith(month) || bytes > FILE_BYTES) {
      write();
    }
    month = time.slice(0, 7);
    lines.push(line);
    bytes += line.length;
  }
  write();
}

function row(index, time, random) {
  const { provider, model, reported, rates } = MODELS[Math.floor(random() * MODELS.length)] ?? MODELS[0];
  const [input, output] = [Math.round(400 + random() * 3000), Math.round(60 + random() * 900)];
  const usd = rates && (input * rates[0] + output * rates[1]) / 1_000_000;
  return {
    v: 1,
    id: `bench-${index.toString(36)}`,
    time,
    provider,
    model,
    reportedModel: reported,
    prompt: PROMPTS[Math.floor(random() * PROMPTS.length)],
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
