import assert from 'node:assert/strict';
import { assertLinear } from '../../support/growth';
import { type Expected, expectRun, knownUsage, runAt, useServer } from '../../support/llmHarness';
import {
  defaultUsage,
  deltaFrame,
  doneFrame,
  finishFrame,
  frame,
  framesOf,
  type Scenario,
  send,
  streamed,
  usageFrame,
} from '../../support/scenario';

const hello = [deltaFrame({ content: 'Hel' }), deltaFrame({ content: 'lo' })];
const end = [finishFrame(), usageFrame(defaultUsage), doneFrame];
const complete: Expected = { outcome: 'ok', text: 'Hello', usage: knownUsage };
const damaged: Expected = { outcome: 'truncated', kind: 'sse.malformed', text: 'Hello' };

const cases: readonly (readonly [name: string, script: Scenario, expected: Expected])[] = [
  ['ignores a ping without data [S05]', framesOf('event: ping\n\n', ...hello, 'event: ping\n\n', ...end), complete],
  [
    'ignores a ping with data [S05]',
    framesOf(hello[0] ?? '', 'event: ping\ndata: {"type":"ping"}\n\n', hello[1] ?? '', ...end),
    complete,
  ],
  [
    'reads the data of an event with an unknown name [S05]',
    framesOf(...hello.map((text) => `event: completion.chunk\n${text}`), ...end),
    complete,
  ],
  ['ignores empty events [S06]', framesOf('data:\n\n', ...hello, 'data: \n\ndata\n\n', ...end), complete],
  ['ignores a field that only begins with data [S06]', framesOf('database: x\n\n', ...hello, ...end), complete],
  ['ignores IDs and retry times without data [S04]', framesOf('id: 7\n\nretry: 10\n\n', ...hello, ...end), complete],
  [
    'accepts [DONE] without a finish reason as an end [S09]',
    framesOf(...hello, doneFrame),
    { outcome: 'ok', text: 'Hello', warnings: ['sse.nofinish'] },
  ],
  ...['tool_calls', 'function_call', 'weird'].map((reason): [string, Scenario, Expected] => [
    `passes on the finish reason ${reason} [S12]`,
    streamed(['Hello'], { finishReason: reason }),
    { ...complete, warnings: [`finish.other ${reason}`] },
  ]),
  [
    'is truncated by the finish reason "error" [S12]',
    streamed(['Hello'], { finishReason: 'error' }),
    { outcome: 'truncated', kind: 'sse.error', text: 'Hello', usage: knownUsage },
  ],
  [
    'ignores an empty finish reason [S12]',
    framesOf(...hello, finishFrame('')),
    { outcome: 'truncated', kind: 'sse.truncated', text: 'Hello' },
  ],
  ...['[DONE]x', '[DONE] ', ' [DONE]'].map((sentinel): [string, Scenario, Expected] => [
    `does not accept ${JSON.stringify(sentinel)} as an end [S13]`,
    framesOf(...hello, `data: ${sentinel}\n\n`),
    damaged,
  ]),
  [
    'ignores [DONE] with a space after an answer that had ended [S13]',
    framesOf(...hello, finishFrame(), usageFrame(defaultUsage), 'data: [DONE] \n\n'),
    complete,
  ],
  [
    'ignores chunks and errors after [DONE] [S14]',
    framesOf(...hello, ...end, deltaFrame({ content: '!' }), 'error: {"message":"late"}\n\n'),
    complete,
  ],
  [
    'is truncated by JSON that is cut at the end of the stream [S15]',
    framesOf(...hello, 'data: {"choices":[{"del'),
    damaged,
  ],
  [
    'keeps the text before a line "error:" in the same packet [S20]',
    framesOf(`${hello.join('')}error: {"code":500,"message":"slot unavailable","type":"server_error"}\n\n${doneFrame}`),
    { outcome: 'truncated', kind: 'sse.error', text: 'Hello' },
  ],
  [
    'fails on a line "error:" instead of an answer [S20]',
    framesOf('error: {"code":500,"message":"slot unavailable","type":"server_error"}\n\n', doneFrame),
    { outcome: 'failed', kind: 'sse.error' },
  ],
  [
    'is truncated by an error that the server swallowed [S21]',
    framesOf(...hello, deltaFrame({ role: 'assistant', content: '' })),
    { outcome: 'truncated', kind: 'sse.truncated', text: 'Hello' },
  ],
  ...[42, [], { ok: true }, { usage: null }].map((payload): [string, Scenario, Expected] => [
    `ignores any number of frames ${JSON.stringify(payload)} [S29]`,
    framesOf(...hello, ...Array.from({ length: 500 }, () => frame(payload)), ...end),
    withIgnoredEvents(500),
  ]),
  ...[
    'event: keepalive\ndata: {"type":"keepalive","sequence_number":3}',
    'data: {"type":"ping"}',
    'data: ping',
    'data: : keep-alive',
    'event: heartbeat\ndata: 1',
    'event: meta\ndata: {"type":"meta","id":"x"}',
    'event: progress\ndata: loading the model',
    ': OPENROUTER PROCESSING',
  ].map((noise): [string, Scenario, Expected] => [
    `does not report ${JSON.stringify(noise)} [S05]`,
    framesOf(...hello.flatMap((text) => [...Array.from({ length: 150 }, () => `${noise}\n\n`), text]), ...end),
    complete,
  ]),
  [
    'treats __proto__ and constructor as ordinary names [S33]',
    framesOf('data: {"__proto__":{"choices":[{"delta":{"content":"no"}}]},"constructor":1}\n\n', ...hello, ...end),
    withIgnoredEvents(1),
  ],
  [
    'rejects a NUL inside JSON [S35]',
    framesOf(...hello, 'data: {"choices":[{"delta":{"content":"\0"}}]}\n\n'),
    damaged,
  ],
  [
    'keeps duplicate and reordered chunks as they arrive [S36]',
    framesOf(deltaFrame({ content: 'lo' }), hello[0] ?? '', hello[0] ?? '', ...end),
    { ...complete, text: 'loHelHel' },
  ],
];

function withIgnoredEvents(count: number): Expected {
  return { ...complete, warnings: [`sse.odd ${count}`] };
}

describe('a run with an unusual stream', () => {
  const server = useServer();

  for (const [name, script, expected] of cases) {
    it(name, async () => {
      server().script(script);
      await expectRun(server(), expected);
    });
  }

  it('keeps the message of a line "error:" [S20]', async () => {
    for (const [line, words] of [
      ['error: {"code":500,"message":"slot unavailable"}', 'slot unavailable'],
      ['error:out of memory', 'out of memory'],
      ['error: {"detail":1}', '{"detail":1}'],
    ] as const) {
      server().script(framesOf(`${line}\n\n`));
      const run = await runAt(server().url);
      assert.equal(run.error?.details.serverMessage, words);
    }
  });

  it('waits for a server that pings for a long time [S05]', async () => {
    server().script(framesOf('event: ping\n\n'.repeat(500), ...hello, ...end));
    await expectRun(server(), complete);
  });

  it('stops a stream of nothing but unknown events at its time limit, and the server sees it [S29]', async () => {
    server().script({ steps: [{ do: 'repeat', text: frame(42).repeat(10), everyMs: 1 }] });
    await expectRun(server(), { outcome: 'failed', kind: 'time.firstToken' }, { timeouts: { firstToken: 100 } });
    assert.equal((await server().requests[0]?.ended)?.by, 'client');
  });

  it('survives deep nesting [S33]', async () => {
    const nested = `{"choices":[{"index":0,"delta":{"content":${'['.repeat(100_000)}${']'.repeat(100_000)}}}]}`;
    server().script(framesOf(`data: ${nested}\n\n`, ...hello, ...end));
    const run = await runAt(server().url);
    assert.ok(['Hello', ''].includes(run.text), `${run.outcome} ${run.error?.kind}`);
  });

  it('stops a line of 10 MB at 1 MiB, and keeps the text before it [S37, R47]', async () => {
    const mebibyte = send('x'.repeat(1_048_576));
    const before = [send(hello.join('')), { do: 'wait', ms: 20 } as const, send('data: {"x":"')];
    server().script({ steps: [...before, ...Array.from({ length: 10 }, () => mebibyte), send(end.join(''))] });
    const run = await expectRun(server(), { outcome: 'truncated', kind: 'limit.line', text: 'Hello' });
    assert.equal(run.error?.details.subject, '1048576');
  });

  it('reads a hundred thousand chunks of one character in linear time [S38]', async () => {
    const chunk = deltaFrame({ content: 'x' });
    const read = async (count: number): Promise<void> => {
      const steps = Array.from({ length: count / 1000 }, () => send(chunk.repeat(1000)));
      server().script({ steps: [...steps, ...end.map(send)] });
      const run = await runAt(server().url, { onText: (text) => assert.equal(text, 'x') });
      assert.deepEqual([run.outcome, run.text.length, run.usage], ['ok', count, knownUsage]);
    };
    await assertLinear(read, 25_000);
  });
});
