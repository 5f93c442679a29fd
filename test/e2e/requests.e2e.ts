import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { see, typeIntoBox } from '../../scripts/demo/driver.mjs';
import { apiError, streamed } from '../support/scenario';
import { filesFor, useFixture } from './support/fixture';
import { choices, seeQuestion, seeStatus, waitUntil } from './support/screen';

const source =
  'export function total(prices: number[]): number {\n  return prices.reduce((sum, price) => sum + price, 0);\n}\n';
/** Occurs only in the answer of the server, so that it can be searched for on disk. */
const word = 'walrus-7f3a51';

function filesWith(folder: string, text: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => fs.readFileSync(file).includes(text));
}

describe('Show Requests', () => {
  const fixture = useFixture({ files: filesFor(['total', 'other'], source), settings: { 'quillet.retries': 1 } });

  it('lists, searches, opens and resends requests without storing them on disk', async () => {
    const { page, server, workbench } = fixture;
    const refusal = apiError(503, { message: 'The model is loading.' }, { 'retry-after': '1' });
    server.scriptNext([
      refusal,
      streamed([`It adds the prices, like a ${word}. `, '[x](command:evil)'], { delayMs: 200 }),
    ]);
    await fixture.explain('total.ts', [1, 3]);
    server.scriptNext([apiError(401, { message: 'No such key.' })]);
    await fixture.selectAndPress('other.ts', [1, 1], 'g');
    await seeStatus(page, /failed/);
    await workbench.runCommand('Quillet: Show Requests');
    await seeQuestion(page, 'Requests in This Window');
    await waitUntil('both requests are listed', async () => (await choices(page).count()) === 2);
    await choices(page).first().hover();
    await workbench.screenshot('requests-list');
    assert.match((await choices(page).allInnerTexts()).join('\n'), /failed, status 401[\s\S]*ok · .* · 55 tokens/);
    await typeIntoBox(page, word);
    await waitUntil('one of them matches a word of its answer', async () => (await choices(page).count()) === 1);
    await workbench.screenshot('requests-found');
    await page.keyboard.press('Enter');
    await see(page.locator('.tab.active', { hasText: 'Explain · fake quillet-test' }), 'the tab of the request');
    const lines = page.locator('.editor-group-container.active .editor-instance .view-lines').first();
    await see(lines.filter({ hasText: 'Attempt 1: 503' }), 'the attempts');
    await workbench.screenshot('requests-document');
    // Text of an answer must not become a link.
    await see(lines.filter({ hasText: '[x](command:evil)' }), 'the unchanged answer');
    const linked = await lines.locator('.detected-link, .detected-link-active').allInnerTexts();
    assert.ok(!linked.join('').includes('command'), linked.join('\n'));
    await page.keyboard.press('Control+End');
    await see(lines.filter({ hasText: '[DONE]' }), 'the raw response');
    await workbench.screenshot('requests-document-end');
    server.scriptNext([streamed(['It is ', 'the sum.'], { delayMs: 300 })]);
    const again = page.locator('.editor-actions .action-label[aria-label^="Send Request Again"]:visible');
    await (await see(again, 'Send Request Again in the title')).click();
    await see(lines.filter({ hasText: 'It is the sum.' }), 'the new answer');
    await workbench.screenshot('requests-sent-again');
    assert.equal(server.requests.length, 4);
    assert.equal(server.requests[3]?.body, server.requests[1]?.body);
    // On reload, VS Code writes the state of the window to disk.
    await workbench.reload();
    await workbench.screenshot('requests-after-reload');
    assert.deepEqual(filesWith(workbench.dataDir, word), []);
  });
});
