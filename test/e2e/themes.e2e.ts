import * as assert from 'node:assert/strict';
import { openFile, pressChord, readAnswer, selectWithKeyboard } from '../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../support/fakeModelServer';
import { namedModels } from '../support/namedModels';
import { streamed } from '../support/scenario';
import {
  answerInEditor,
  clearNotifications,
  seeInThread,
  seeNotification,
  seeStatus,
  waitUntil,
} from './support/screen';
import { launchWorkbench, saveFailureScreenshot, type Workbench } from './support/workbench';

const source = `/** Adds two numbers. */
export function add(first: number, second: number): number {
  return first + second;
}

export const three = add(1, 2);
`;
const answer = `## What it does

\`add\` returns the **sum** of two numbers. *Nothing else* changes.

| argument | type | used for |
| --- | --- | --- |
| \`first\` | number | the left operand |
| \`second\` | number | the right operand |

1. It adds them.
2. It returns the result.

> Beware: \`0.1 + 0.2\` is not \`0.3\`.

\`\`\`ts
const five = add(2, 3); // 5
\`\`\`

More at https://example.com/add.
`;
const proposal = source
  .slice(source.indexOf('export'), source.indexOf('}') + 1)
  .replace('first + second', 'second + first');
const themes = [
  { id: 'light', name: 'Light Modern', file: 'vs' },
  { id: 'dark', name: 'Dark Modern', file: 'vs-dark' },
  { id: 'contrast', name: 'Default High Contrast', file: 'hc-black' },
];

describe('threads, proposals and failures', () => {
  let server: FakeModelServer;
  let workbench: Workbench | undefined;

  before(async () => {
    server = await startFakeModelServer();
  });
  afterEach(async function () {
    if (workbench !== undefined) await saveFailureScreenshot(workbench, this.currentTest);
    await workbench?.close();
    workbench = undefined;
  });
  after(() => server.close());

  for (const theme of themes) {
    it(`are readable in ${theme.name}`, async () => {
      const providers = { fake: { preset: 'custom', baseUrl: server.url, needsKey: false } };
      workbench = await launchWorkbench({
        settings: {
          'quillet.providers': providers,
          'quillet.model': 'fake/gpt-5-mini',
          'quillet.retries': 0,
          'workbench.colorTheme': theme.name,
          'window.autoDetectHighContrast': false,
        },
        files: { 'add.ts': source, 'change.ts': source, 'fail.ts': source },
      });
      const { page } = workbench;
      await waitUntil(
        'the theme is active',
        async () => (await page.locator(`.monaco-workbench.${theme.file}`).count()) > 0,
      );
      server.scriptNext([streamed([answer], { model: 'gpt-5-mini' }), streamed([proposal], { model: 'gpt-5-mini' })]);
      await openFile(page, 'add.ts');
      await selectWithKeyboard(page, 2, 4);
      await pressChord(page, 'g');
      const { text } = await readAnswer(page);
      assert.match(text, /the left operand/);
      await workbench.screenshot(`themes-explain-${theme.id}`);

      await openFile(page, 'change.ts');
      await selectWithKeyboard(page, 2, 4);
      await pressChord(page, "'");
      await answerInEditor(page, 'Rewrite', 'Turn it around');
      await seeInThread(page, /\+\s*return second/);
      await seeStatus(page, /55 tokens/);
      await workbench.screenshot(`themes-review-${theme.id}`);

      server.scriptNext([namedModels['fault-429-long'] ?? streamed([])]);
      await openFile(page, 'fail.ts');
      await selectWithKeyboard(page, 2, 4);
      await pressChord(page, 'g');
      await seeNotification(page, /limiting requests/);
      await seeStatus(page, /failed/);
      await workbench.screenshot(`themes-failure-${theme.id}`);
      await clearNotifications(page);
    });
  }
});
