import assert from 'node:assert/strict';
import { expectRun, knownUsage, useServer } from '../../support/llmHarness';
import { completion, deltaFrame, doneFrame, finishFrame, framesOf, html, json, text } from '../../support/scenario';

describe('a run that is answered with 200 and a body that is no proper stream', () => {
  const server = useServer();

  it('B01, need 19: a whole completion is used as the answer', async () => {
    server().script(completion('Hello there.'));
    const run = await expectRun(server(), { outcome: 'ok', text: 'Hello there.', usage: knownUsage });
    assert.equal(run.finishReason, 'stop');
  });

  it('B01: a whole completion without choices is an empty answer', async () => {
    server().script(completion('', { choices: [], usage: null }));
    await expectRun(server(), { outcome: 'failed', kind: 'body.empty' });
  });

  for (const error of [{ message: 'the prompt is longer than n_ctx' }, 'the prompt is longer than n_ctx']) {
    it(`B02, need 19: 200 with an error as ${typeof error}`, async () => {
      server().script(json({ error }));
      const run = await expectRun(server(), { outcome: 'failed', kind: 'body.error' });
      const { serverMessage, status, host, path } = run.error?.details ?? {};
      assert.equal(serverMessage, 'the prompt is longer than n_ctx');
      assert.deepEqual([status, host, path], [200, `127.0.0.1:${server().port}`, '/v1/chat/completions']);
    });
  }

  it('B03, need 19: a web page is not an answer', async () => {
    server().script(html('<!doctype html><title>Sign in</title>'));
    const run = await expectRun(server(), { outcome: 'failed', kind: 'body.html' });
    assert.deepEqual([run.status, run.error?.details.status], [200, 200]);
    assert.equal(run.error?.details.host, `127.0.0.1:${server().port}`);
  });

  for (const [name, scenario] of [
    ['event stream', framesOf()],
    ['text', text('')],
    ['JSON', { ...json({}), steps: [] }],
  ] as const) {
    it(`B04, need 19: an empty body of type ${name} is an empty answer`, async () => {
      server().script(scenario);
      await expectRun(server(), { outcome: 'failed', kind: 'body.empty' });
    });
  }

  it('B05: line by line JSON is not taken for an answer', async () => {
    const lines = '{"message":{"content":"Hel"},"done":false}\n{"message":{"content":"lo"},"done":true}\n';
    server().script(text(lines, 200, { 'content-type': 'application/x-ndjson' }));
    const run = await expectRun(server(), { outcome: 'failed', kind: 'body.notjson' });
    assert.equal(run.error?.details.subject, 'application/x-ndjson');
  });

  it('B06: a stream without a content type is a stream', async () => {
    const { steps = [] } = framesOf(deltaFrame({ content: 'Hello' }), finishFrame(), doneFrame);
    server().script({ steps, headers: { 'content-type': null } });
    await expectRun(server(), { outcome: 'ok', text: 'Hello' });
  });

  it('B08: bytes that are no UTF-8 become replacement characters', async () => {
    const [before, after] = deltaFrame({ content: 'a?b' }).split('?');
    server().script({
      steps: [
        { do: 'send', text: before ?? '' },
        { do: 'bytes', base64: Buffer.from([0xff]).toString('base64') },
        { do: 'send', text: `${after}${finishFrame()}${doneFrame}` },
      ],
    });
    await expectRun(server(), { outcome: 'ok', text: 'a\ufffdb' });
  });
});
