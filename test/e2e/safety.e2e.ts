import * as assert from 'node:assert/strict';
import { answerInput, choose, openFile, see } from '../../scripts/demo/driver.mjs';
import { apiError, deltaFrame, frame, type Step, send, streamed } from '../support/scenario';
import { type AttackerServer, startAttackerServer } from './support/attackerServer';
import { filesFor, useFixture } from './support/fixture';
import { pressThreadButton, seeInThread, seeNotification, seeStatus, statusItem, thread } from './support/screen';

const source = 'const secret = 1;\n';
const fileNames = ['links', 'images', 'partial', 'label', 'proposal', 'message', 'midstream', 'again'];
/** The page of VS Code loads images over https only, so that is where the bait lies; nothing listens there. */
const origin = 'https://127.0.0.1:9443';
/** What a file of a repository may hold; a request with it is shown before it is sent. */
const hostileFile = { 'hostile.md': `![a](${origin}/a.png) <img src="${origin}/b.png">\n` };

/** Every way of R10 and R14 in which an answer may try to load, run or open something at a place. */
function attacks(place: string): readonly string[] {
  return [
    `One ![pixel](${place}/1.png) <img src="${place}/2.png"> [![in a link](${place}/3.png)](${place}/4)\n\n`,
    `![by reference][r] <video src="${place}/5.mp4" poster="${place}/6.png"></video>\n\n[r]: ${place}/7.png\n\n`,
    `<svg><image href="${place}/8.png"/></svg><style>body{background:url(${place}/9.png)}</style>\n\n`,
    '[run](command:workbench.action.terminal.new) [file](file:///etc/passwd) [js](javascript:alert(1))\n\n',
    `<a href="command:workbench.action.quit">quit</a> $(zap) <${place}/10> ${place}/11\n\nThe end.`,
  ];
}

describe('an answer that means harm, in the packaged extension', () => {
  let attacker: AttackerServer;
  let caught: string[] = [];
  const fixture = useFixture({
    settings: { 'quillet.retries': 0 },
    files: { ...filesFor(fileNames, source), ...hostileFile },
  });

  before(async () => {
    attacker = await startAttackerServer();
    await fixture.page.context().route(`${origin}/**`, async (route) => {
      caught.push(route.request().url());
      await route.fulfill({ contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"/>' });
    });
  });
  beforeEach(() => {
    caught = [];
  });
  after(() => attacker.close());

  const explain = (file: string): Promise<void> => fixture.selectAndPress(file, [1, 1], 'g');

  /** Nothing in the thread can load or be run, and nothing was fetched. */
  async function expectHarmless(): Promise<void> {
    const body = thread(fixture.page).locator('.comment-body');
    const live =
      'img, iframe, video, audio, object, embed, script, svg image, link, style, input, form, [src], [srcset]';
    assert.deepEqual(await body.locator(live).evaluateAll((all) => all.map((one) => one.outerHTML)), []);
    const targets = await body
      .locator('a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-href') ?? one.getAttribute('href') ?? ''));
    assert.deepEqual(
      targets.filter((target) => target !== '' && !target.startsWith('https://')),
      [],
    );
    await expectNothingCaught();
  }

  /** Nothing in the whole window leads to the attacker by itself, and nothing came there. */
  async function expectNothingCaught(): Promise<void> {
    const loading = fixture.page.locator(
      `[src^="${origin}"], [srcset*="${origin}"], [style*="${origin}"], link[href^="${origin}"]`,
    );
    assert.equal(await loading.count(), 0);
    await fixture.page.waitForTimeout(300);
    assert.deepEqual([...attacker.requests, ...caught], []);
  }

  it('E09: an image that is put into the window is caught, so that the fileNames below would show one', async () => {
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
    assert.deepEqual(caught, [`${origin}/control.png`]);
  });

  it('E09, E10, R10, R14: shows images, HTML and links to commands as text', async () => {
    fixture.server.script(streamed(attacks(attacker.origin)));
    await explain('links.ts');
    await seeInThread(fixture.page, 'The end.');
    await seeStatus(fixture.page, /55 tokens/);
    await fixture.workbench.screenshot('safety-links');
    await expectHarmless();
    const links = thread(fixture.page).locator('.comment-body a');
    for (const link of await links.all()) await link.click({ timeout: 2000 }).catch(() => undefined);
    assert.equal(await fixture.page.locator('.terminal-outer-container').count(), 0, 'a command was run');
    await expectHarmless();
  });

  it('E09, R10: loads nothing from where VS Code would load it, scrolled and folded away and shown again', async () => {
    const { page } = fixture;
    fixture.server.script(streamed(attacks(origin)));
    await explain('images.ts');
    await seeInThread(page, 'The end.');
    await seeStatus(page, /55 tokens/);
    await thread(page).hover();
    for (const way of [2000, -2000]) await page.mouse.wheel(0, way);
    await fixture.workbench.screenshot('safety-images');
    await expectHarmless();
    await openFile(page, 'links.ts');
    await openFile(page, 'images.ts');
    await seeInThread(page, 'The end.');
    await expectHarmless();
  });

  it('E09, R11: is harmless at every moment of its stream', async () => {
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

  it('E09: cannot hide behind the name of a model', async () => {
    fixture.server.script(
      streamed(['An answer.'], { model: `![m](${origin}/model.png) <img src="${origin}/tag.png">` }),
    );
    await explain('label.ts');
    await seeInThread(fixture.page, 'An answer.');
    await expectHarmless();
    await statusItem(fixture.page).hover();
    await see(fixture.page.locator('.workbench-hover-container:visible', { hasText: 'quillet-test' }), 'the hover');
    await fixture.workbench.screenshot('safety-model');
    await expectNothingCaught();
  });

  it('E09, R10: cannot break out of the code block of a proposal, nor of its diff', async () => {
    const { page } = fixture;
    fixture.server.script(
      streamed([`const a = 1;\n\`\`\`\n![x](${origin}/1.png)\n~~~\n<img src="${origin}/2.png">\n`], {}),
    );
    await fixture.selectAndPress('proposal.ts', [1, 1], "'");
    await answerInput(page, `![q](${origin}/question.png)`);
    await seeInThread(page, /2\.png/);
    await seeStatus(page, /55 tokens|failed/);
    await fixture.workbench.screenshot('safety-proposal');
    await expectHarmless();
    await pressThreadButton(page, 'Open Proposal as Diff');
    await see(page.locator('.monaco-diff-editor .editor.modified .view-line', { hasText: '2.png' }), 'the diff');
    await fixture.workbench.screenshot('safety-diff');
    await expectNothingCaught();
    await fixture.workbench.press('Control+w');
  });

  it('E09, R10: is as harmless in a preview of the request, which shows what the file holds', async () => {
    const { page } = fixture;
    await fixture.select('hostile.md', 1, 1);
    await fixture.workbench.runCommand('Quillet: Preview Request…');
    await choose(page, 'Explain');
    const shown = page.locator('.editor-instance:visible .view-line', { hasText: 'a.png' });
    await (await see(shown.first(), 'the request')).hover();
    await fixture.workbench.screenshot('safety-preview');
    await expectNothingCaught();
    assert.equal(fixture.server.requests.length, 0);
    await fixture.workbench.press('Control+w');
  });

  it('E09, R10: is harmless wherever it is shown again: conversation, comments, log, and the window opened anew', async () => {
    const { page, workbench } = fixture;
    const text = `One ![pixel](${origin}/1.png) <img src="${origin}/2.png"> ![r][r]\n\n[r]: ${origin}/3.png\n\nThe end.`;
    fixture.server.script(streamed([text]));
    await explain('again.ts');
    await seeInThread(page, 'The end.');
    await workbench.runCommand('Quillet: Open Conversation');
    const line = page.locator('.editor-instance:visible .view-line', { hasText: '1.png' });
    await (await see(line.first(), 'the conversation as a document')).hover();
    // As long as it takes VS Code to show what it knows of an address.
    await page.waitForTimeout(1500);
    await expectNothingCaught();
    await workbench.runCommand('Comments: Focus on Comments View');
    await see(page.locator('.comments-panel .tree-container', { hasText: 'One' }), 'the list of comments');
    await workbench.screenshot('safety-again');
    await expectNothingCaught();
    await workbench.runCommand('Quillet: Show Log');
    await expectNothingCaught();
    await workbench.reload();
    await (await see(page.locator('.tab', { hasText: '# Explain' }).last(), 'its tab in the new window')).click();
    await (await see(line.first(), 'the conversation in the new window')).hover();
    await page.waitForTimeout(1500);
    await workbench.screenshot('safety-restored');
    await expectNothingCaught();
  });

  it('E09, E10: cannot come as the words of an error', async () => {
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

  it('E09: cannot come as the words of an error in the middle of an answer', async () => {
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
