import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { see } from '../../scripts/demo/driver.mjs';
import { streamed } from '../support/scenario';
import { filesFor, useFixture } from './support/fixture';
import { isBusy, seeInThread, seeStatus, statusItem, waitUntil } from './support/screen';

const source = `export function add(first: number, second: number): number {
  return first + second;
}
`;
const usage = { prompt_tokens: 1000, completion_tokens: 50, prompt_tokens_details: { cached_tokens: 800 } };

describe('usage and budgets', () => {
  const fixture = useFixture({
    files: filesFor(['first', 'second', 'third', 'reload'], source),
    settings: {
      'quillet.prices': { 'fake/quillet-test': { input: 3, cachedInput: 0.3, output: 15, date: '2026-11-01' } },
      'quillet.budget': { daily: { soft: { usd: 0.003 }, hard: { runs: 3 } }, monthly: { hard: { usd: 20 } } },
    },
  });

  /** The lines of the usage log. */
  function rows(): Record<string, unknown>[] {
    const all = fs.readdirSync(fixture.workbench.dataDir, { recursive: true, encoding: 'utf8' });
    const files = all.filter((name) => /quillet\.quillet[\\/]usage[\\/]\d{4}-\d\d\.jsonl$/.test(name));
    const lines = files.flatMap((name) =>
      fs.readFileSync(path.join(fixture.workbench.dataDir, name), 'utf8').split('\n'),
    );
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  }

  it('show tokens and cost in the status bar, and prices, totals and the budget in its tooltip', async () => {
    fixture.server.script(streamed(['An answer.'], { usage }));
    await fixture.explain('first.ts', [1, 3]);
    await seeStatus(fixture.page, /1,050 tokens · ≈\$0\.00159/);
    let text = '';
    const hover = fixture.page.locator('.workbench-hover-container').last();
    await waitUntil('the tooltip with the totals', async () => {
      await fixture.page.mouse.move(300, 300);
      await statusItem(fixture.page).first().hover();
      text = (await hover.innerText({ timeout: 3000 }).catch(() => '')).replaceAll('\u00a0', ' ');
      return text.includes('This month');
    });
    await fixture.workbench.screenshot('usage-tooltip');
    assert.match(text, /estimated from your prices as of 2026-11-01/);
    assert.match(text, /Today: 1 request · 1,050 tokens · ≈\$0\.00159/);
    assert.match(text, /Today's budget: 1 of 3 requests/);
    assert.match(text, /This month's budget: ≈\$0\.00159 of \$20\.00/);
    await see(hover.locator('a', { hasText: 'Select Model' }), 'the link');
    await waitUntil('the row is in its file', () => rows().length === 2);
    const [start, row] = rows();
    assert.deepEqual([start?.['outcome'], row?.['outcome']], ['started', 'ok']);
    assert.deepEqual(row?.['tokens'], { input: 1000, cached: 800, output: 50 });
    assert.doesNotMatch(JSON.stringify(row), /An answer|return first|first\.ts/);
  });

  it('count a run that ends with a reload once, and the hard limit blocks the next run [X14, Q12, E19]', async () => {
    fixture.server.script(streamed(['These words'], { then: [{ do: 'hang' }] }));
    await fixture.selectAndPress('reload.ts', [1, 3], 'g');
    await seeInThread(fixture.page, 'These words');
    await fixture.workbench.reload();
    await waitUntil('the server saw the connection close', () => fixture.server.requests[0]?.ending?.by === 'client');
    assert.equal(await isBusy(fixture.page), false);
    fixture.server.script(streamed(['An answer.'], { usage }));
    await fixture.explain('second.ts', [1, 3]);
    const hasNotification = async (message: RegExp) =>
      (await fixture.workbench.notifications()).some((text) => message.test(text));
    await waitUntil('the soft limit', () => hasNotification(/You've reached today's soft limit/));
    // The old window may have had no time to record the end.
    const outcomes = new Map(rows().map(({ id, outcome }) => [id, outcome]));
    assert.match([...outcomes.values()].join(), /^ok,(?:cancelled|started),ok$/);
    const requestCount = fixture.server.requests.length;
    await fixture.selectAndPress('third.ts', [1, 3], 'g');
    await waitUntil('the hard limit', () => hasNotification(/budget is used up \(3 of 3 requests\)/));
    await fixture.workbench.screenshot('usage-budget');
    assert.equal(fixture.server.requests.length, requestCount);
  });
});
