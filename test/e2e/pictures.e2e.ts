import * as assert from 'node:assert/strict';
import { readAnswer } from '../../scripts/demo/driver.mjs';
import { png } from '../support/pictures';
import { useFixture } from './support/fixture';
import { answerInEditor, questionText, typeIntoQuestionBox, waitUntil } from './support/screen';

describe('A picture', () => {
  const fixture = useFixture({ files: { 'shop.ts': 'export const shop = 1;\n' } });

  it('is pasted into a question, and its bytes are sent', async () => {
    const { page, workbench } = fixture;
    await fixture.select('shop.ts', 1, 1);
    await workbench.runCommand('Quillet: Ask About Selection');
    const box = await typeIntoQuestionBox(page, 'Ask', 'What is wrong in ');
    const bytes = png(640, 400, 3000);
    await page.evaluate((content) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([new Uint8Array(content)], 'image.png', { type: 'image/png' }));
      const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      document.activeElement?.dispatchEvent(event);
    }, Array.from(bytes));
    const question = 'What is wrong in [picture 1 · 640×400 · ≈ 425 tokens]';
    await waitUntil('the marker is in the box', async () => (await questionText(box)) === question);
    await workbench.screenshot('picture-question');
    await answerInEditor(page, 'Ask', '?');
    await readAnswer(page);
    await workbench.screenshot('picture-answer');
    const messages = fixture.server.requests[0]?.json?.['messages'] as { content: { image_url?: { url: string } }[] }[];
    assert.equal(
      messages.at(-1)?.content[1]?.image_url?.url,
      `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`,
    );
  });
});
