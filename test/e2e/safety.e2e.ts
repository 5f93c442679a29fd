import * as assert from 'node:assert/strict';
import { choose, openFile, see } from '../../scripts/demo/driver.mjs';
import { apiError, deltaFrame, frame, type Step, send, streamed } from '../support/scenario';
import { type AttackerServer, startAttackerServer } from './support/attackerServer';
import { filesFor, useFixture } from './support/fixture';
import {
  answerInEditor,
  pressThreadButton,
  seeInThread,
  seeNotification,
  seeStatus,
  statusItem,
  thread,
} from './support/screen';

const source = 'const secret = 1;\n';
const fileNames = ['links', 'images', 'partial', 'label', 'proposal', 'message', 'midstream', 'again'];
/** VS Code's page loads images over HTTPS only. Requests to this origin are intercepted; no server listens there. */
const origin = 'https://127.0.0.1:9443';
/** A malicious file of a repository, for a request preview. */
const hostileFile = { 'hostile.md': `![a](${origin}/a.png) <img src="${origin}/b.png">\n` };

/** Markdown and HTML that try to load, run or open something from an origin. */
function attacks(target: string): readonly string[] {
  return [
    `One ![pixel](${target}/1.png) <img src="${target}/2.png"> [![in a link](${target}/3.png)](${target}/4)\n\n`,
    `![by reference][r] <video src="${target}/5.mp4" poster="${target}/6.png"></video>\n\n[r]: ${target}/7.png\n\n`,
    `<svg><image href="${target}/8.png"/></svg><style>body{background:url(${target}/9.png)}</style>\n\n`,
    '[run](command:workbench.action.terminal.new) [file](file:///etc/passwd) [js](javascript:alert(1))\n\n',
    `<a href="command:workbench.action.quit">quit</a> $(zap) <${target}/10> ${target}/11\n\nThe end.`,
  ];
}

describe('a malicious answer', () => {
  let attacker: AttackerServer;
  let interceptedUrls: string[] = [];
  const fixture = useFixture({
    settings: { 'quillet.retries': 0 },
    files: { ...filesFor(fileNames, source), ...hostileFile },
  });

  before(async () => {
    attacker = await startAttackerServer();
    await fixture.page.context().route(`${origin}/**`, async (route) => {
      interceptedUrls.push(route.request().url());
      await route.fulfill({ contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"/>' });
    });
  });
  beforeEach(() => {
    interceptedUrls = [];
  });
  after(() => attacker.close());

  const explain = (file: string): Promise<void> => fixture.selectAndPress(file, [1, 1], 'g');

  /** Expects that nothing in the thread can load or run, and that nothing was requested. */
  async function expectHarmless(): Promise<void> {
    const body = thread(fixture.page).locator('.comment-body');
    const live =
      'img, iframe, video, audio, object, embed, script, svg image, link, style, input, form, [src], [srcset]';
    assert.deepEqual(await body.locator(live).evaluateAll((all) => all.map((element) => element.outerHTML)), []);
    const targets = await body
      .locator('a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('data-href') ?? link.getAttribute('href') ?? ''));
    assert.deepEqual(
      targets.filter((target) => target !== '' && !target.startsWith('https://')),
      [],
    );
    await expectNoRequests();
  }

  /** Expects that no element of the window loads from the attacker, and that nothing was requested. */
  async function expectNoRequests(): Promise<void> {
    const loading = fixture.page.locator(
      `[src^="${origin}"], [srcset*="${origin}"], [style*="${origin}"], link[href^="${origin}"]`,
    );
    assert.equal(await loading.count(), 0);
    await fixture.page.waitForTimeout(300);
    assert.deepEqual([...attacker.requests, ...interceptedUrls], []);
  }

  it('could load an image, which the tests below would notice [E09]', async () => {
    await fixture.page.evaluate(
      (address) =>
        new Promise((resolve) => {
          const image = new Image();
          image.addEventListener('load', resolve);
          image.addEventListener('error', resolve);
          image.src = address;
        }),
      `${origin}/control.png`,
    );
    assert.deepEqual(interceptedUrls, [`${origin}/control.png`]);
  });

  it('has its images, HTML and command links shown as text [E09, E10, R10, R14]', async () => {
    fixture.server.script(streamed(attacks(attacker.origin)));
    await explain('links.ts');
    await seeInThread(fixture.page, 'The end.');
    await seeStatus(fixture.page, /55 tokens/);
    await fixture.workbench.screenshot('safety-links');
    await expectHarmless();
    const links = thread(fixture.page).locator('.comment-body a');
    for (const link of await links.all()) await link.click({ timeout: 2000 }).catch(() => undefined);
    assert.equal(await fixture.page.locator('.terminal-outer-container').count(), 0, 'a command has run');
    await expectHarmless();
  });

  it('loads nothing over HTTPS, even when scrolled or reopened [E09, R10]', async () => {
    const { page } = fixture;
    fixture.server.script(streamed(attacks(origin)));
    await explain('images.ts');
    await seeInThread(page, 'The end.');
    await seeStatus(page, /55 tokens/);
    await thread(page).hover();
    for (const delta of [2000, -2000]) await page.mouse.wheel(0, delta);
    await fixture.workbench.screenshot('safety-images');
    await expectHarmless();
    await openFile(page, 'links.ts');
    await openFile(page, 'images.ts');
    await seeInThread(page, 'The end.');
    await expectHarmless();
  });

  it('is harmless at every point of its stream [E09, R11]', async () => {
    const pieces = [
      '![',
      'a](',
      `${origin}/1.png`,
      ')',
      ' <im',
      `g src="${origin}/2.png"`,
      '>',
      ' ```\n',
      '![b](',
      `${origin}/3.png) end`,
    ];
    const rest = pieces
      .slice(1)
      .flatMap((content, index): Step[] => [{ do: 'gate', name: `piece ${index}` }, send(deltaFrame({ content }))]);
    fixture.server.script(streamed(pieces.slice(0, 1), { then: rest }));
    await explain('partial.ts');
    for (let index = 0; index < pieces.length; index += 1) {
      const length = pieces.slice(0, index + 1).join('').length;
      await seeStatus(fixture.page, new RegExp(`^\\s*${length} characters|55 tokens`));
      await expectHarmless();
      fixture.server.openGate(`piece ${index}`);
    }
    await seeStatus(fixture.page, /55 tokens/);
    await fixture.workbench.screenshot('safety-partial');
  });

  it('cannot use the name of the model [E09]', async () => {
    fixture.server.script(
      streamed(['An answer.'], { model: `![m](${origin}/model.png) <img src="${origin}/tag.png">` }),
    );
    await explain('label.ts');
    await seeInThread(fixture.page, 'An answer.');
    await expectHarmless();
    await statusItem(fixture.page).hover();
    await see(fixture.page.locator('.workbench-hover-container:visible', { hasText: 'quillet-test' }), 'the hover');
    await fixture.workbench.screenshot('safety-model');
    await expectNoRequests();
  });

  it('cannot break out of the code block or diff of a proposal [E09, R10]', async () => {
    const { page } = fixture;
    fixture.server.script(
      streamed([
        `\`\`\`\`ts\nconst a = 1;\n\`\`\`\n![x](${origin}/1.png)\n~~~\n<img src="${origin}/2.png">\n\`\`\`\`\n`,
      ]),
    );
    await fixture.selectAndPress('proposal.ts', [1, 1], "'");
    await answerInEditor(page, 'Rewrite', `![q](${origin}/question.png)`);
    await seeInThread(page, /2\.png/);
    await seeStatus(page, /55 tokens|failed/);
    await fixture.workbench.screenshot('safety-proposal');
    await expectHarmless();
    await pressThreadButton(page, 'Open Diff');
    await see(page.locator('.monaco-diff-editor .editor.modified .view-line', { hasText: '2.png' }), 'the diff');
    await fixture.workbench.screenshot('safety-diff');
    await expectNoRequests();
    await fixture.workbench.press('Control+w');
  });

  it('has no effect from a file in a request preview either [E09, R10]', async () => {
    const { page } = fixture;
    await fixture.select('hostile.md', 1, 1);
    await fixture.workbench.runCommand('Quillet: Preview Request…');
    await choose(page, 'Explain');
    const shown = page.locator('.editor-instance:visible .view-line', { hasText: 'a.png' });
    await (await see(shown.first(), 'the request')).hover();
    await fixture.workbench.screenshot('safety-preview');
    await expectNoRequests();
    assert.equal(fixture.server.requests.length, 0);
    await fixture.workbench.press('Control+w');
  });

  it('is harmless in conversations, the Comments view, the log and after a reload [E09, R10]', async () => {
    const { page, workbench } = fixture;
    const text = `One ![pixel](${origin}/1.png) <img src="${origin}/2.png"> ![r][r]\n\n[r]: ${origin}/3.png\n\nThe end.`;
    fixture.server.script(streamed([text]));
    await explain('again.ts');
    await seeInThread(page, 'The end.');
    await workbench.runCommand('Quillet: Open Conversation');
    const line = page.locator('.editor-instance:visible .view-line', { hasText: '1.png' });
    await (await see(line.first(), 'the conversation as a document')).hover();
    // Wait until VS Code would have shown a hover.
    await page.waitForTimeout(1500);
    await expectNoRequests();
    await workbench.runCommand('Comments: Focus on Comments View');
    await see(page.locator('.comments-panel .tree-container', { hasText: 'One' }), 'the list of comments');
    await workbench.screenshot('safety-again');
    await expectNoRequests();
    await workbench.runCommand('Quillet: Show Log');
    await expectNoRequests();
    await workbench.reload();
    await (await see(page.locator('.tab', { hasText: '# Explain' }).last(), 'its tab in the new window')).click();
    await (await see(line.first(), 'the conversation in the new window')).hover();
    await page.waitForTimeout(1500);
    await workbench.screenshot('safety-restored');
    await expectNoRequests();
  });

  it('cannot use an error message [E09, E10]', async () => {
    const { page } = fixture;
    fixture.server.script(
      apiError(400, { message: `See ![e](${origin}/e.png) [x](command:workbench.action.terminal.new)` }),
    );
    await explain('message.ts');
    await seeNotification(page, /rejected the request/);
    await seeInThread(page, 'rejected the request');
    await fixture.workbench.screenshot('safety-error');
    await expectHarmless();
    assert.deepEqual(
      await page.locator('.notification-list-item-message a, .notification-toast img').allInnerTexts(),
      [],
    );
  });

  it('cannot use an error in the middle of the stream [E09]', async () => {
    const { page } = fixture;
    const message = `See ![e](${origin}/e.png) <img src="${origin}/f.png">`;
    const error = frame({ error: { message, code: 500 } });
    fixture.server.script(
      streamed(['Some words.'], { then: [{ do: 'wait', ms: 300 }, send(error)], finishReason: null, usage: null }),
    );
    await explain('midstream.ts');
    await seeNotification(page, /stopped with an error/);
    await seeInThread(page, 'stopped with an error');
    await fixture.workbench.screenshot('safety-midstream');
    await expectHarmless();
  });
});
