import * as assert from 'node:assert/strict';
import { readAnswer, see } from '../../scripts/demo/driver.mjs';
import { useFixture } from './support/fixture';
import { thread, waitUntil, writeReply } from './support/screen';

const cart = 'export function cartTotal(items: readonly number[]): number {\n  return items.length;\n}\n';

describe('References', () => {
  const fixture = useFixture({ files: { 'shop.ts': 'export const shop = 1;\n', 'basket/cart.ts': cart } });

  it('are chosen from a list in the reply box, and the server receives their text once', async () => {
    const { page, workbench } = fixture;
    await fixture.explain('shop.ts', [1, 1]);
    await writeReply(page, 'Is the sum right in');
    await page.keyboard.type(' @car');
    const rows = page.locator('.suggest-widget.visible .monaco-list-row');
    await see(rows.filter({ hasText: '@basket/cart.ts' }), 'the file in the list');
    await workbench.screenshot('references-list');
    await waitUntil('the file has the focus', async () => {
      const focused = await page.locator('.suggest-widget .monaco-list-row.focused').innerText();
      return focused.includes('@basket/cart.ts');
    });
    await workbench.press('Enter');
    await page.keyboard.type('?');
    await waitUntil('the reference is in the box', async () => {
      const text = await thread(page).locator('.comment-form .view-lines').innerText();
      return text.replaceAll('\u00a0', ' ').trim() === 'Is the sum right in @basket/cart.ts?';
    });
    await workbench.screenshot('references-question');
    await workbench.press('Control+Enter');
    await waitUntil('the follow-up was sent', () => Promise.resolve(fixture.server.requests.length === 2));
    await readAnswer(page);
    const messages = fixture.server.requests[1]?.json?.['messages'] as { content: string }[];
    assert.equal(
      messages.at(-1)?.content,
      `Is the sum right in @basket/cart.ts?\n\n@basket/cart.ts:\n\`\`\`ts\n${cart}\`\`\``,
    );
  });
});
