import assert from 'node:assert/strict';
import { type ChatMessage, type Endpoint, VSCODE_MODELS_URL } from '../../../src/core/chat';
import type { ErrorKind } from '../../../src/core/errors';
import { fileNameOf, type Picture } from '../../../src/core/picture';
import { isComplete } from '../../../src/core/run';
import type { LanguageModelPart, LanguageModelRequest } from '../../../src/llm/apis/languageModels';
import { toExportedRequest } from '../../../src/requests/common/exportedRequest';
import { endpointAt, newService, type RunOptions, runAt } from '../../support/llmHarness';

type Send = (request: LanguageModelRequest, signal: AbortSignal) => AsyncIterable<LanguageModelPart>;

const endpoint: Endpoint = endpointAt(VSCODE_MODELS_URL, { api: 'vscode', label: 'VS Code' });
const picture: Picture = { bytes: new Uint8Array([1, 2]), format: 'png', width: 5, height: 5, hash: 'a1'.repeat(32) };
const messages: readonly ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'What is this?', pictures: [picture] },
  { role: 'assistant', content: 'A button.' },
  { role: 'user', content: 'Sure?' },
];

async function* answer(...parts: readonly LanguageModelPart[]): AsyncGenerator<LanguageModelPart> {
  yield* parts;
}

async function* failAfter(error: unknown, ...parts: readonly LanguageModelPart[]): AsyncGenerator<LanguageModelPart> {
  yield* parts;
  throw error;
}

function serviceWith(send: Send) {
  const models = {
    list: () => Promise.resolve([]),
    send: async (request: LanguageModelRequest, signal: AbortSignal) => send(request, signal),
  };
  return newService({ getKey: () => Promise.resolve(undefined) }, models);
}

async function runWith(send: Send, options: RunOptions = {}) {
  const requests: LanguageModelRequest[] = [];
  const service = serviceWith((request, signal) => {
    requests.push(request);
    return send(request, signal);
  });
  const run = await runAt(VSCODE_MODELS_URL, { endpoint, service, messages, ...options });
  return { run, requests };
}

describe("a request to VS Code's own models", () => {
  const hello = () => answer({ reasoning: 'Hm.' }, { text: 'Hel' }, { text: '' }, 'other', { text: 'lo' });

  it('has no system role, and its pictures as bytes', async () => {
    const { run, requests } = await runWith(hello, { model: 'copilot/gpt-x' });
    assert.deepEqual(requests, [
      {
        model: 'copilot/gpt-x',
        messages: [
          { role: 'user', content: ['Be brief.\n\nWhat is this?', picture] },
          { role: 'assistant', content: ['A button.'] },
          { role: 'user', content: ['Sure?'] },
        ],
        options: {},
      },
    ]);
    assert.deepEqual([run.outcome, run.text, run.usage, run.warnings], ['ok', 'Hello', undefined, []]);
    assert.ok(isComplete(run));
  });

  it('has parameters and extra fields as options', async () => {
    const extraBodies = [{ body: { reasoning: { effort: 'low' }, top_p: 0.5 } }];
    const parameters = { temperature: 0.2, topP: 1, maxOutputTokens: 9, stop: ['x'], seed: 1, reasoningEffort: 'low' };
    const { requests } = await runWith(hello, { endpoint: { ...endpoint, extraBodies }, parameters });
    assert.deepEqual(requests[0]?.options, {
      temperature: 0.2,
      top_p: 0.5,
      max_tokens: 9,
      stop: ['x'],
      seed: 1,
      reasoning_effort: 'low',
      reasoning: { effort: 'low' },
    });
  });

  it('can be edited, and sends nothing if it is no longer one', async () => {
    const edited = {
      model: 'a/b',
      messages: [{ role: 'user', content: ['Hi', `<${fileNameOf(picture)} 5×5, 2 bytes>`] }],
    };
    const { requests } = await runWith(hello, { body: { ...edited, modelOptions: { top_k: 1 } } });
    assert.deepEqual(requests, [
      { model: 'a/b', messages: [{ role: 'user', content: ['Hi', picture] }], options: { top_k: 1 } },
    ]);
    for (const body of [
      {},
      { ...edited, model: 1 },
      { ...edited, messages: [] },
      { ...edited, messages: [{ role: 'system', content: 'Hi' }] },
      { ...edited, messages: [{ role: 'user', content: [{ text: 'Hi' }] }] },
      { ...edited, modelOptions: 'none' },
    ]) {
      const { run, requests: none } = await runWith(hello, { body });
      assert.deepEqual([run.error?.kind, none], ['cfg.request', []], JSON.stringify(body));
    }
  });

  it('is described as a call, and not exported as a program', () => {
    const described = serviceWith(hello).describeRequest({ endpoint, model: 'a/b', messages, parameters: {} });
    assert.deepEqual([described.wire.method, described.wire.headers], ['CALL', {}]);
    assert.throws(() => toExportedRequest(described, endpoint, false), { kind: 'lm.copy' });
  });

  const failures: readonly (readonly [unknown, ErrorKind, ErrorKind])[] = [
    [Object.assign(new Error('No.'), { code: 'NoPermissions' }), 'lm.consent', 'lm.revoked'],
    [Object.assign(new Error('No.'), { code: 'Blocked' }), 'lm.blocked', 'sse.error'],
    [Object.assign(new Error('No.'), { code: 'NotFound' }), 'lm.missing', 'sse.error'],
    [Object.assign(new Error('No.'), { name: 'ChatQuotaExceeded' }), 'lm.quota', 'sse.error'],
    [Object.assign(new Error('No.'), { name: 'ChatRateLimited' }), 'http.429', 'sse.error'],
    [new Error('No.'), 'sse.error', 'sse.error'],
    [undefined, 'sse.error', 'sse.error'],
  ];
  for (const [thrown, kind, kindAfterText] of failures) {
    it(`fails once with ${kind}, and keeps the text that has arrived (${kindAfterText})`, async () => {
      const early = await runWith(() => failAfter(thrown), { retries: 2 });
      assert.deepEqual([early.run.outcome, early.run.error?.kind, early.requests.length], ['failed', kind, 1]);
      const late = await runWith(() => failAfter(thrown, { text: 'Hel' }), { retries: 2 });
      assert.deepEqual(
        [late.run.outcome, late.run.error?.kind, late.run.text, late.requests.length],
        ['truncated', kindAfterText, 'Hel', 1],
      );
    });
  }

  it('is stopped through its signal', async () => {
    const aborter = new AbortController();
    let isStopped = false;
    const { run } = await runWith(
      async function* (_request, signal) {
        signal.addEventListener('abort', () => {
          isStopped = true;
        });
        yield { text: 'Hel' };
        await new Promise(() => undefined);
      },
      { signal: aborter.signal, onText: () => aborter.abort() },
    );
    assert.deepEqual([run.outcome, run.text, isStopped], ['cancelled', 'Hel', true]);
  });

  it('runs into the timeouts if the model sends only empty parts', async () => {
    const { run } = await runWith(
      async function* () {
        for (;;) yield { text: '' };
      },
      { timeouts: { firstToken: 50 } },
    );
    assert.deepEqual([run.outcome, run.error?.kind, run.error?.details.host], ['failed', 'time.firstToken', 'VS Code']);
  });

  it('may have 100,000 empty parts', async () => {
    const parts = Array.from({ length: 100_000 }, () => ({ text: '' }));
    const { run } = await runWith(() => answer(...parts, { text: 'Hello' }));
    assert.deepEqual([run.outcome, run.text], ['ok', 'Hello']);
    const { run: empty } = await runWith(() => answer(...parts));
    assert.deepEqual([empty.outcome, empty.error?.kind], ['failed', 'body.empty']);
  });
});
