import assert from 'node:assert/strict';
import type { ParameterSet } from '../../../src/core/chat';
import type { LlmService } from '../../../src/llm/llmService';
import {
  type Expected,
  endpointAt,
  expectRun,
  knownUsage,
  newService,
  type RunOptions,
  runAt,
  useServer,
} from '../../support/llmHarness';
import { responsesStream } from '../../support/otherApis';
import type { RecordedRequest } from '../../support/recordedRequest';
import { apiError, completion, json, type Scenario, streamed } from '../../support/scenario';

const hello = streamed(['Hello']);
const conversation = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello?' },
] as const;

/** A server that rejects the same fields every time. */
interface Case {
  readonly name: string;
  readonly refuse: (body: Readonly<Record<string, unknown>>) => Scenario | undefined;
  readonly accepted?: Scenario;
  readonly parameters?: ParameterSet;
  /** The changed fields of the accepted body; undefined for a dropped field. */
  readonly change: Readonly<Record<string, unknown>>;
  readonly log: readonly string[];
  readonly attempts?: number;
  readonly expected?: Partial<Expected>;
}

function refused(param: string | null, message: string, code = 'unsupported_parameter'): Scenario {
  return apiError(400, { message, param, code });
}

const cases: readonly Case[] = [
  {
    name: 'drops stream_options after a 400 that names it [H02]',
    refuse: (body) =>
      'stream_options' in body ? refused('stream_options', 'Unknown parameter: stream_options.') : undefined,
    change: { stream_options: undefined },
    log: ['stream_options'],
  },
  {
    name: 'drops stream_options after a 422 of FastAPI',
    refuse: (body) =>
      'stream_options' in body
        ? json(
            {
              detail: [
                { type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' },
              ],
            },
            422,
          )
        : undefined,
    change: { stream_options: undefined },
    log: ['stream_options'],
  },
  {
    name: 'renames max_tokens to max_completion_tokens',
    refuse: (body) =>
      'max_tokens' in body ? refused('max_tokens', "Use 'max_completion_tokens' instead.") : undefined,
    parameters: { maxOutputTokens: 10 },
    change: { max_tokens: undefined, max_completion_tokens: 10 },
    log: ['max_tokens'],
  },
  {
    name: 'drops a token limit that is rejected under both names',
    refuse: (body) => {
      const name = ['max_tokens', 'max_completion_tokens'].find((field) => field in body);
      return name === undefined ? undefined : refused(name, 'No limits here.');
    },
    parameters: { maxOutputTokens: 10 },
    change: { max_tokens: undefined },
    log: ['max_tokens', 'max_completion_tokens'],
    attempts: 3,
  },
  {
    name: 'drops a temperature that the model rejects',
    refuse: (body) =>
      'temperature' in body
        ? refused('temperature', "Only the default (1) is supported for 'temperature'.", 'unsupported_value')
        : undefined,
    parameters: { temperature: 0.2, topP: 0.5 },
    change: { temperature: undefined },
    log: ['temperature'],
  },
  {
    name: 'drops two fields, one after the other',
    refuse: (body) => {
      const name = ['temperature', 'top_p'].find((field) => field in body);
      return name === undefined ? undefined : refused(null, `Unsupported parameter: '${name}'.`);
    },
    parameters: { temperature: 0.2, topP: 0.5, seed: 7 },
    change: { temperature: undefined, top_p: undefined },
    log: ['temperature', 'top_p'],
    attempts: 3,
  },
  {
    name: 'does not stream if the model cannot',
    refuse: (body) =>
      body['stream'] === true
        ? refused('stream', 'Your organization must be verified to stream this model.', 'unsupported_value')
        : undefined,
    accepted: completion('Hello'),
    change: { stream: false, stream_options: undefined },
    log: ['stream'],
  },
  {
    name: 'puts instructions in front of the text for a model without a system role',
    refuse: (body) =>
      JSON.stringify(body['messages']).includes('"role":"system"')
        ? refused('messages[0].role', "'messages[0].role' does not support 'system' with this model.")
        : undefined,
    change: { messages: [{ role: 'user', content: 'Be brief.\n\nHello?' }] },
    log: ['system'],
  },
  {
    name: 'uses the developer role if the model asks for it',
    refuse: (body) =>
      JSON.stringify(body['messages']).includes('"role":"system"')
        ? refused(null, "The role 'system' is not supported by this model. Use 'developer' instead.")
        : undefined,
    change: {
      messages: [
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: 'Hello?' },
      ],
    },
    log: ['system'],
  },
];

describe('a run whose server rejects a field', () => {
  const server = useServer();
  let changes: string[] = [];
  let service: LlmService;

  beforeEach(() => {
    changes = [];
    service = newService({ onAdapted: ({ changed }) => changes.push(changed) });
  });

  function options(rest: RunOptions = {}): RunOptions {
    return { service, messages: conversation, ...rest };
  }

  function bodyOf(index: number): Record<string, unknown> {
    return { ...server().requests.at(index)?.json };
  }

  for (const { name, refuse, accepted = hello, parameters = {}, change, log, attempts = 2, expected } of cases) {
    it(name, async () => {
      server().script((request: RecordedRequest) => refuse(request.json ?? {}) ?? accepted);
      const whole: Expected = { outcome: 'ok', text: 'Hello', usage: knownUsage, attempts, ...expected };
      const run = await expectRun(server(), whole, options({ parameters }));
      assert.deepEqual(changes, log);
      const wanted = Object.entries({ ...bodyOf(0), ...change }).filter(([, value]) => value !== undefined);
      assert.deepEqual(bodyOf(-1), Object.fromEntries(wanted));
      assert.ok(!run.phases.some((phase) => phase.kind === 'retrying'), 'it is no failure that waits');

      const before = server().requests.length;
      const next = await runAt(server().url, options({ parameters }));
      assert.deepEqual([next.outcome, next.attempts, server().requests.length - before], ['ok', 1, 1]);
      assert.deepEqual(bodyOf(-1), Object.fromEntries(wanted));
      assert.deepEqual(changes, log, 'nothing new was learned');
    });
  }

  it('uses the Responses API for a model that is only served there', async () => {
    const message = 'This model is only supported in v1/responses and not in v1/chat/completions.';
    server().script(apiError(404, { message, param: 'model' }));
    server().script(responsesStream(['Hel', 'lo']), 'responses');
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage, attempts: 2 }, options());
    await runAt(server().url, options());
    const paths = server().requests.map(({ path }) => path);
    assert.deepEqual(paths, ['/v1/chat/completions', '/v1/responses', '/v1/responses']);
    assert.deepEqual(changes, ['responses']);
  });

  it('does not apply what it learned to other models or servers', async () => {
    server().script((request) =>
      request.json?.['model'] === 'picky' && 'stream_options' in request.json
        ? refused('stream_options', 'No.')
        : hello,
    );
    await runAt(server().url, options({ model: 'picky' }));
    await runAt(server().url, options({ model: 'other' }));
    assert.ok('stream_options' in bodyOf(-1));
    await runAt(`${server().url}?tenant=2`, options({ model: 'picky' }));
    assert.ok('stream_options' in bodyOf(-2), 'the other address is asked in full first');
  });

  it('forgets an adaptation that did not help', async () => {
    server().script(apiError(400, { message: 'System messages are too long, streaming or not.' }));
    const run = await runAt(server().url, options());
    assert.deepEqual([run.outcome, run.error?.kind], ['failed', 'http.400']);
    server().script(hello);
    await runAt(server().url, options());
    assert.deepEqual([bodyOf(-1)['messages'], bodyOf(-1)['stream']], [conversation, true]);
  });

  it('sends seven requests at most to a server that rejects every field in turn [R43]', async () => {
    const names = ['temperature', 'top_p', 'seed', 'stop', 'reasoning_effort', 'max_tokens', 'stream_options'];
    server().script((request) => {
      const name = names.find((field) => field in (request.json ?? {}));
      return name === undefined ? apiError(500, { message: 'Oops.' }, { 'retry-after-ms': '1' }) : refused(name, 'No.');
    });
    const parameters = { temperature: 0, topP: 1, seed: 1, stop: ['x'], reasoningEffort: 'low', maxOutputTokens: 5 };
    const run = await runAt(server().url, options({ parameters }));
    assert.equal(run.outcome, 'failed');
    assert.ok(server().requests.length <= 7, `${server().requests.length} requests`);
  });

  it('reports a rejection that names none of our fields', async () => {
    server().script(apiError(400, { message: 'Please stop sending me seeds.' }));
    await expectRun(server(), { outcome: 'failed', kind: 'http.400' }, { service });
  });

  it('tells the user about a value out of range, and sends the bound once the user accepts it', async () => {
    const message = 'max_tokens is too large: 50000. This model supports at most 16384 completion tokens.';
    server().script((request) =>
      Number(request.json?.['max_tokens']) > 16_384 ? refused('max_tokens', message, 'invalid_value') : hello,
    );
    const tooLarge = options({ parameters: { maxOutputTokens: 50_000 } });
    const run = await expectRun(server(), { outcome: 'failed', kind: 'http.400' }, tooLarge);
    const valueBound = { parameter: 'maxOutputTokens', sent: 50_000, bound: 16_384 } as const;
    assert.deepEqual([run.error?.details.valueBound, changes], [valueBound, []]);

    service.acceptBound({ endpoint: endpointAt(server().url), model: 'some-model' }, valueBound);
    assert.equal((await runAt(server().url, tooLarge)).outcome, 'ok');
    assert.equal(bodyOf(-1)['max_tokens'], 16_384);
    await runAt(server().url, options({ parameters: { maxOutputTokens: 500 } }));
    assert.equal(bodyOf(-1)['max_tokens'], 500);
  });

  it('forgets a field that it left out when its value changes', async () => {
    server().script((request) =>
      request.json?.['temperature'] === 0.2 ? refused('temperature', 'Only the default (1) is supported.') : hello,
    );
    await runAt(server().url, options({ parameters: { temperature: 0.2 } }));
    assert.ok(!('temperature' in bodyOf(-1)));
    await runAt(server().url, options({ parameters: { temperature: 1 } }));
    assert.equal(bodyOf(-1)['temperature'], 1);
  });

  it('leaves out an extra field that the server rejects, until its value changes', async () => {
    server().script((request) => ('top_k' in (request.json ?? {}) ? refused('top_k', 'No.') : hello));
    const endpoint = { extraBodies: [{ body: { top_k: 40, min_p: 0.1 } }] };
    const whole: Expected = { outcome: 'ok', text: 'Hello', usage: knownUsage, attempts: 2 };
    await expectRun(server(), whole, options({ endpoint }));
    assert.deepEqual([bodyOf(0)['top_k'], bodyOf(-1)['top_k'], bodyOf(-1)['min_p']], [40, undefined, 0.1]);
    assert.deepEqual(changes, ['top_k']);
    await runAt(server().url, options({ endpoint }));
    assert.equal(server().requests.length, 3);
    server().script(hello);
    await runAt(server().url, options({ endpoint: { extraBodies: [{ body: { top_k: 20 } }] } }));
    assert.equal(bodyOf(-1)['top_k'], 20);
  });

  it('renames a token limit among the extra fields too', async () => {
    server().script((request) =>
      'max_tokens' in (request.json ?? {}) ? refused('max_tokens', "Use 'max_completion_tokens' instead.") : hello,
    );
    await runAt(server().url, options({ endpoint: { extraBodies: [{ body: { max_tokens: 10 } }] } }));
    assert.deepEqual([bodyOf(-1)['max_tokens'], bodyOf(-1)['max_completion_tokens']], [undefined, 10]);
  });

  it('sends a changed token limit after one was left out', async () => {
    server().script((request) => {
      const name = ['max_tokens', 'max_completion_tokens'].find((field) => request.json?.[field] === 10);
      return name === undefined ? hello : refused(name, 'No limits here.');
    });
    await runAt(server().url, options({ parameters: { maxOutputTokens: 10 } }));
    assert.ok(!('max_tokens' in bodyOf(-1)));
    await runAt(server().url, options({ parameters: { maxOutputTokens: 20 } }));
    assert.equal(bodyOf(-1)['max_tokens'], 20);
  });

  for (const message of [
    'System role not supported',
    'Unexpected message role.',
    "While executing CallExpression: raise_exception('x') Error: Jinja Exception: Conversation roles must alternate",
  ]) {
    it(`negotiates a template that refuses the system role with 500: ${message}`, async () => {
      server().script((request) => (request.body.includes('"system"') ? apiError(500, { message }) : hello));
      await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage, attempts: 2 }, options());
      assert.deepEqual(bodyOf(-1)['messages'], [{ role: 'user', content: 'Be brief.\n\nHello?' }]);
    });
  }

  it('does not repeat a request that a template refuses for good', async () => {
    server().script(apiError(500, { message: 'Conversation roles must alternate user/assistant/...' }));
    await expectRun(server(), { outcome: 'failed', kind: 'http.5xx', attempts: 2 }, options());
  });

  it('keeps the effort if the server refuses a summary of the reasoning', async () => {
    const message = 'Your organization must be verified to generate reasoning summaries.';
    server().script(
      (request) =>
        request.body.includes('"summary"')
          ? refused('reasoning.summary', message, 'unsupported_value')
          : responsesStream(['Hello']),
      'responses',
    );
    const verified = options({
      endpoint: { api: 'responses' },
      parameters: { reasoningEffort: 'low' },
      wantsReasoning: true,
    });
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage, attempts: 2 }, verified);
    assert.deepEqual(
      [bodyOf(0)['reasoning'], bodyOf(-1)['reasoning']],
      [{ effort: 'low', summary: 'auto' }, { effort: 'low' }],
    );
    assert.deepEqual(changes, ['reasoning.summary']);
    await runAt(server().url, verified);
    assert.equal(server().requests.length, 3);
  });

  it('leaves out the reasoning of a model that has none', async () => {
    server().script(
      (request) =>
        request.body.includes('"reasoning"')
          ? refused('reasoning', "Unsupported parameter: 'reasoning'.")
          : responsesStream(['Hello']),
      'responses',
    );
    await expectRun(
      server(),
      { outcome: 'ok', text: 'Hello', usage: knownUsage, attempts: 2 },
      options({ endpoint: { api: 'responses' }, wantsReasoning: true }),
    );
    assert.equal(bodyOf(-1)['reasoning'], undefined);
  });

  it('joins neighbors of the same role, as after a failed turn', async () => {
    const messages = [
      { role: 'system', content: 'a' },
      { role: 'system', content: 'b' },
      { role: 'user', content: 'c' },
      { role: 'user', content: 'd' },
      { role: 'assistant', content: 'e' },
      { role: 'user', content: 'f' },
    ] as const;
    const joined = [
      { role: 'system', content: 'a\n\nb' },
      { role: 'user', content: 'c\n\nd' },
      { role: 'assistant', content: 'e' },
      { role: 'user', content: 'f' },
    ];
    server().script(hello);
    server().script(responsesStream(['Hello']), 'responses');
    await runAt(server().url, { messages });
    assert.deepEqual(bodyOf(-1)['messages'], joined);
    await runAt(server().url, { messages, endpoint: { api: 'responses' } });
    assert.deepEqual(bodyOf(-1)['input'], joined);
  });

  it('negotiates roles with the Responses API too', async () => {
    const refusal = refused(null, "The role 'system' is not supported by this model. Use 'developer' instead.");
    server().script(
      (request) => (request.body.includes('"system"') ? refusal : responsesStream(['Hello'])),
      'responses',
    );
    const endpoint = { api: 'responses' } as const;
    await expectRun(server(), { outcome: 'ok', text: 'Hello', usage: knownUsage, attempts: 2 }, options({ endpoint }));
    assert.deepEqual((bodyOf(-1)['input'] as { role: string }[])[0]?.role, 'developer');
  });
});
