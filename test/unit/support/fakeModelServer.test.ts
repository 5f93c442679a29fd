import assert from 'node:assert/strict';
import { type FakeModelServer, startFakeModelServer } from '../../support/fakeModelServer';
import { defaultAnswer, namedModels } from '../../support/namedModels';
import { completion, framesOf, type Scenario, streamed } from '../../support/scenario';

describe('fakeModelServer', () => {
  let server: FakeModelServer;

  beforeEach(async () => {
    server = await startFakeModelServer();
  });

  afterEach(() => server.close());

  function ask(model: string, fields: object = {}): Promise<Response> {
    const body = { model, messages: [{ role: 'user', content: 'Hello?' }], stream: true, ...fields };
    return fetch(`${server.url}/chat/completions`, { method: 'POST', body: JSON.stringify(body) });
  }

  function control(path: string, body?: object): Promise<Response> {
    const origin = new URL(server.url).origin;
    return fetch(`${origin}${path}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  }

  async function textOf(response: Response): Promise<string> {
    const frames = (await response.text()).split('\n\n').filter((frame) => frame.startsWith('data: {'));
    const chunks = frames.map((frame) => JSON.parse(frame.slice('data: '.length)));
    return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
  }

  it('answers any model sensibly, streamed or not', async () => {
    assert.equal(await textOf(await ask('whatever')), defaultAnswer.join(''));
    const whole = await (await ask('whatever', { stream: false })).json();
    assert.equal(whole.choices[0].message.content, defaultAnswer.join(''));
  });

  it('sends usage only where it is asked for', async () => {
    assert.doesNotMatch(await (await ask('echo')).text(), /total_tokens/);
    assert.match(await (await ask('echo', { stream_options: { include_usage: true } })).text(), /"total_tokens":55/);
  });

  it('holds a scenario back until its gate is opened', async () => {
    server.script(streamed(['one '], { then: [{ do: 'gate', name: 'go' }], usage: null }));
    let isOver = false;
    const answer = ask('any')
      .then(textOf)
      .finally(() => {
        isOver = true;
      });
    await server.request(0);
    assert.equal(isOver, false);
    await control('/__gate', { name: 'go' });
    assert.equal(await answer, 'one ');
  });

  it('records what it is sent', async () => {
    await (await ask('echo')).text();
    const [request] = server.requests;
    assert.deepEqual(
      [request?.method, request?.path, request?.json?.['model']],
      ['POST', '/v1/chat/completions', 'echo'],
    );
    assert.equal((await request?.ended)?.by, 'server');
  });

  it('knows a client that goes away', async () => {
    const stop = new AbortController();
    const asking = fetch(`${server.url}/chat/completions`, {
      method: 'POST',
      body: '{"model":"fault-silence"}',
      signal: stop.signal,
    });
    const request = await server.request(0);
    stop.abort();
    await assert.rejects(asking);
    assert.equal((await request.ended).by, 'client');
  });

  it('counts the requests for a model', async () => {
    const statuses = [];
    for (let index = 0; index < 4; index += 1) {
      const response = await ask('fault-429-once');
      statuses.push(response.status);
      await response.text();
    }
    assert.deepEqual(statuses, [429, 200, 429, 200]);
  });

  it('gives the next requests the next scenarios, then what it was told before', async () => {
    server.script(streamed(['after']));
    server.scriptNext([streamed(['first']), completion('second')]);
    assert.equal(await textOf(await ask('x')), 'first');
    assert.match(await (await ask('x')).text(), /second/);
    assert.equal(await textOf(await ask('x')), 'after');
    server.reset();
    assert.equal(await textOf(await ask('echo')), 'Hello?');
    assert.equal(server.requests.length, 1);
  });

  it('does the same for another process', async () => {
    await control('/__script', { next: [streamed(['first'])], all: streamed(['after']) });
    assert.equal(await textOf(await ask('x')), 'first');
    assert.equal(await textOf(await ask('x')), 'after');
    const requests = await (await control('/__requests')).json();
    assert.deepEqual(
      requests.map((request: { path: string }) => request.path),
      ['/v1/chat/completions', '/v1/chat/completions'],
    );
    await control('/__reset', {});
    assert.deepEqual(await (await control('/__requests')).json(), []);
    assert.equal((await control('/__script')).status, 400);
  });

  it('lets a page of any origin read everything', async () => {
    const preflight = await fetch(`${server.url}/chat/completions`, {
      method: 'OPTIONS',
      headers: { 'access-control-request-headers': 'authorization,content-type' },
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('access-control-allow-headers'), 'authorization,content-type');
    for (const response of [preflight, await ask('fault-401'), await ask('echo'), await control('/__requests')]) {
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
      await response.body?.cancel();
    }
  });

  it('lists its models, and knows no other path', async () => {
    const list = await (await fetch(`${server.url}/models`)).json();
    assert.deepEqual(
      list.data.map(({ id }: { id: string }) => id),
      Object.keys(namedModels),
    );
    assert.equal((await fetch(`${server.url}/chat/completions`)).status, 404);
    assert.equal((await fetch(`${server.url}/v1/chat/completions`, { method: 'POST' })).status, 404);
  });

  const toxics: readonly [string, Scenario['toxics'], number][] = [
    ['latency', { latency: 120 }, 110],
    ['bandwidth', { bandwidth: 1000 }, 150],
    ['slicer', { slicer: { size: 100, delayMs: 40 } }, 70],
    ['slowClose', { slowClose: 120 }, 110],
  ];
  for (const [name, toxic, leastMs] of toxics) {
    it(`delays with ${name}, and sends every byte`, async () => {
      server.script({ ...framesOf('x'.repeat(200)), toxics: toxic ?? {} });
      const start = performance.now();
      assert.equal((await (await ask('x')).text()).length, 200);
      assert.ok(performance.now() - start >= leastMs, `${performance.now() - start} ms`);
    });
  }

  it('cuts with limitData, timeout and resetPeer', async () => {
    server.script({ ...framesOf('x'.repeat(200)), toxics: { limitData: 50 } });
    await assert.rejects((await ask('x')).text());
    for (const toxic of [{ timeout: 30 }, { resetPeer: 30 }]) {
      server.script({ toxics: toxic });
      await assert.rejects(ask('x'));
    }
    for (const request of server.requests) assert.equal((await request.ended).by, 'server');
  });

  it('closes although connections are open', async () => {
    server.script({ steps: [{ do: 'hang' }] });
    const response = await ask('x');
    await server.close();
    await assert.rejects(response.text());
    assert.equal(server.openConnections, 0);
    server = await startFakeModelServer();
  });
});
