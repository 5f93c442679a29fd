import * as assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerInput } from '../../scripts/demo/driver.mjs';
import { apiError, deltaFrame, frame, type Step, send, streamed } from '../support/scenario';
import { filesFor, useScene } from './support/scene';
import { seeInThread, seeNotification, seeStatus, thread } from './support/screen';

const source = 'const secret = 1;\n';
const stories = ['links', 'partial', 'label', 'proposal', 'message', 'midstream'];

describe('an answer that means harm, in the packaged extension', () => {
  let trap: Server;
  let caught: string[];
  let origin: string;
  const scene = useScene({ settings: { 'quillet.retries': 0 }, files: filesFor(stories, source) });

  before(async () => {
    trap = createServer((request, response) => {
      caught.push(request.url ?? '');
      response.writeHead(200, { 'access-control-allow-origin': '*' }).end();
    });
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    caught = [];
  });
  after(() => new Promise((resolve) => trap.close(resolve)));

  const explain = (file: string): Promise<void> => scene.selectAndPress(file, [1, 1], 'g');

  /** Nothing in the thread can load or be run, and nothing was fetched. */
  async function expectHarmless(): Promise<void> {
    const body = thread(scene.page).locator('.comment-body');
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
    await scene.page.waitForTimeout(300);
    assert.deepEqual(caught, []);
  }

  it('shows images, HTML and links to commands as text', async () => {
    scene.server.script(
      streamed([
        `One ![pixel](${origin}/1.png) <img src="${origin}/2.png"> [![in a link](${origin}/3.png)](${origin}/4)\n\n`,
        `![by reference][r] <video src="${origin}/5.mp4" poster="${origin}/6.png"></video>\n\n[r]: ${origin}/7.png\n\n`,
        `<svg><image href="${origin}/8.png"/></svg><style>body{background:url(${origin}/9.png)}</style>\n\n`,
        '[run](command:workbench.action.terminal.new) [file](file:///etc/passwd) [js](javascript:alert(1))\n\n',
        `<a href="command:workbench.action.quit">quit</a> $(zap) <${origin}/10> ${origin}/11\n\nThe end.`,
      ]),
    );
    await explain('links.ts');
    await seeInThread(scene.page, 'The end.');
    await seeStatus(scene.page, /55 tokens/);
    await scene.journey.screenshot('safety-links');
    await expectHarmless();
    const links = thread(scene.page).locator('.comment-body a');
    for (const link of await links.all()) await link.click({ timeout: 2000 }).catch(() => undefined);
    assert.equal(await scene.page.locator('.terminal-outer-container').count(), 0, 'a command was run');
    await expectHarmless();
  });

  it('is harmless at every moment of its stream', async () => {
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
    scene.server.script(streamed(pieces.slice(0, 1), { then: rest }));
    await explain('partial.ts');
    for (let index = 0; index < pieces.length; index += 1) {
      const length = pieces.slice(0, index + 1).join('').length;
      await seeStatus(scene.page, new RegExp(`^\\s*${length} characters|55 tokens`));
      await expectHarmless();
      scene.server.openGate(`piece ${index}`);
    }
    await seeStatus(scene.page, /55 tokens/);
    await scene.journey.screenshot('safety-partial');
  });

  it('cannot hide behind the name of a model', async () => {
    scene.server.script(streamed(['An answer.'], { model: `![m](${origin}/model.png) <img src="${origin}/tag.png">` }));
    await explain('label.ts');
    await seeInThread(scene.page, 'An answer.');
    await scene.journey.screenshot('safety-model');
    await expectHarmless();
  });

  it('cannot break out of the code block of a proposal', async () => {
    const { page } = scene;
    scene.server.script(
      streamed([`const a = 1;\n\`\`\`\n![x](${origin}/1.png)\n~~~\n<img src="${origin}/2.png">\n`], {}),
    );
    await scene.selectAndPress('proposal.ts', [1, 1], "'");
    await answerInput(page, `![q](${origin}/question.png)`);
    await seeInThread(page, /2\.png/);
    await seeStatus(page, /55 tokens|failed/);
    await scene.journey.screenshot('safety-proposal');
    await expectHarmless();
  });

  it('cannot come as the words of an error', async () => {
    const { page } = scene;
    scene.server.script(
      apiError(400, { message: `See ![e](${origin}/e.png) [x](command:workbench.action.terminal.new)` }),
    );
    await explain('message.ts');
    await seeNotification(page, /refused the request/);
    await seeInThread(page, 'refused the request');
    await scene.journey.screenshot('safety-error');
    await expectHarmless();
    assert.deepEqual(
      await page.locator('.notification-list-item-message a, .notification-toast img').allInnerTexts(),
      [],
    );
  });

  it('cannot come as the words of an error in the middle of an answer', async () => {
    const { page } = scene;
    const message = `See ![e](${origin}/e.png) <img src="${origin}/f.png">`;
    const error = frame({ error: { message, code: 500 } });
    scene.server.script(
      streamed(['Some words.'], { then: [{ do: 'wait', ms: 300 }, send(error)], finishReason: null, usage: null }),
    );
    await explain('midstream.ts');
    await seeNotification(page, /broke off with an error/);
    await seeInThread(page, 'broke off with an error');
    await scene.journey.screenshot('safety-midstream');
    await expectHarmless();
  });
});
