// Measures how long the dashboard takes to show 10,000 runs of the last 30 days, and 100,000 runs of three years.
import { writeUsageLog } from '../demo/usageLog.mjs';

const DAY = 86_400_000;
const RECENT_RUNS = 10_000;
const ALL_RUNS = 100_000;
const ALL_DAYS = 1100;

/**
 * @param {import('./window.mjs').BenchWindow} window
 */
export async function measureUsage({ page, dataDir, runs, add }) {
  const now = Date.now();
  const recent = Array.from({ length: RECENT_RUNS }, (_, index) => now - (index / RECENT_RUNS) * 29 * DAY);
  const older = Array.from(
    { length: ALL_RUNS - RECENT_RUNS },
    (_, index) => now - 31 * DAY - (index / (ALL_RUNS - RECENT_RUNS)) * (ALL_DAYS - 31) * DAY,
  );
  writeUsageLog(dataDir, [...recent, ...older].toReversed());
  const frame = page.frameLocator('iframe.webview').frameLocator('#active-frame');
  const seeRuns = (count) => frame.locator('dl', { hasText: count.toLocaleString('en') }).waitFor({ timeout: 60_000 });
  for (let round = 0; round < runs; round += 1) {
    add('usage', await timeOf(page.keyboard.press('Control+Alt+u'), () => seeRuns(RECENT_RUNS)));
    const selected = frame.getByLabel('Period').selectOption('all');
    add('usage all', await timeOf(selected, () => seeRuns(ALL_RUNS)));
    await frame.getByLabel('Period').selectOption('30d');
    await seeRuns(RECENT_RUNS);
    await page.keyboard.press('Control+Alt+w');
    await page.locator('iframe.webview').waitFor({ state: 'detached' });
  }
}

/** @returns {Promise<number>} ms from the action until the page shows the total */
async function timeOf(action, see) {
  const start = performance.now();
  await action;
  await see();
  return performance.now() - start;
}
