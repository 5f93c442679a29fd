import assert from 'node:assert/strict';
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
  [
    'S05, V12: a ping without data is passed over',
    framesOf('event: ping\n\n', ...hello, 'event: ping\n\n', ...end),
    { ...complete, warnings: ['sse.odd 2'] },
  ],
  [
    'S05, V12: a ping with data is passed over too',
    framesOf(hello[0] ?? '', 'event: ping\ndata: {"type":"ping"}\n\n', hello[1] ?? '', ...end),
    { ...complete, warnings: ['sse.odd 1'] },
  ],
  [
    'S05: a named event with a name that is not known is read by its data',
    framesOf(...hello.map((text) => `event: completion.chunk\n${text}`), ...end),
    complete,
  ],
  [
    'S06: an empty frame is passed over',
    framesOf('data:\n\n', ...hello, 'data: \n\ndata\n\n', ...end),
    withIgnoredEvents(3),
  ],
  ['S06: a field that only begins like data is none', framesOf('database: x\n\n', ...hello, ...end), complete],
  ['S04: ids and retry times alone are no event', framesOf('id: 7\n\nretry: 10\n\n', ...hello, ...end), complete],
  [
    'S09: [DONE] without a finish reason is an end, though nobody knows why',
    framesOf(...hello, doneFrame),
    { outcome: 'ok', text: 'Hello', warnings: ['sse.nofinish'] },
  ],
  ...['tool_calls', 'function_call', 'weird'].map((reason): [string, Scenario, Expected] => [
    `S12: the finish reason ${reason} is passed on as it is`,
    streamed(['Hello'], { finishReason: reason }),
    { ...complete, warnings: [`finish.other ${reason}`] },
  ]),
  [
    'S12: the finish reason "error" is no success',
    streamed(['Hello'], { finishReason: 'error' }),
    { outcome: 'truncated', kind: 'sse.error', text: 'Hello', usage: knownUsage },
  ],
  [
    'S12: an empty finish reason is none',
    framesOf(...hello, finishFrame('')),
    { outcome: 'truncated', kind: 'sse.truncated', text: 'Hello' },
  ],
  ...['[DONE]x', '[DONE] ', ' [DONE]'].map((sentinel): [string, Scenario, Expected] => [
    `S13: ${JSON.stringify(sentinel)} is not [DONE]`,
    framesOf(...hello, `data: ${sentinel}\n\n`),
    damaged,
  ]),
  [
    'S13: [DONE] with a space behind it takes nothing from an answer that had ended',
    framesOf(...hello, finishFrame(), usageFrame(defaultUsage), 'data: [DONE] \n\n'),
    complete,
  ],
  [
    'S14: neither chunks nor errors count after [DONE]',
    framesOf(...hello, ...end, deltaFrame({ content: '!' }), 'error: {"message":"late"}\n\n'),
    complete,
  ],
  ['S15: JSON that is cut at the end of the stream', framesOf(...hello, 'data: {"choices":[{"del'), damaged],
  [
    'S20, V9: a line "error:" after some text, in the same packet, loses no text',
    framesOf(`${hello.join('')}error: {"code":500,"message":"slot unavailable","type":"server_error"}\n\n${doneFrame}`),
    { outcome: 'truncated', kind: 'sse.error', text: 'Hello' },
  ],
  [
    'S20, V9: a line "error:" in place of an answer',
    framesOf('error: {"code":500,"message":"slot unavailable","type":"server_error"}\n\n', doneFrame),
    { outcome: 'failed', kind: 'sse.error' },
  ],
  [
    'S21, V10: an error that the server swallowed is an answer that was cut off',
    framesOf(...hello, deltaFrame({ role: 'assistant', content: '' })),
    { outcome: 'truncated', kind: 'sse.truncated', text: 'Hello' },
  ],
  [
    'S29: a hundred chunks that are no chunks are forgiven',
    framesOf(...hello, ...Array.from({ length: 100 }, () => frame(42)), ...end),
    { ...complete, warnings: ['sse.odd 100'] },
  ],
  [
    'S29: more than a hundred are no answer',
    framesOf(...hello, ...Array.from({ length: 101 }, () => frame([])), ...end),
    damaged,
  ],
  [
    'S33: __proto__ and constructor are names like any other',
    framesOf('data: {"__proto__":{"choices":[{"delta":{"content":"no"}}]},"constructor":1}\n\n', ...hello, ...end),
    withIgnoredEvents(1),
  ],
  [
    'S35: a NUL inside JSON is damage',
    framesOf(...hello, 'data: {"choices":[{"delta":{"content":"\0"}}]}\n\n'),
    damaged,
  ],
  [
    'S36: chunks that come twice or out of order are taken as they come',
    framesOf(deltaFrame({ content: 'lo' }), hello[0] ?? '', hello[0] ?? '', ...end),
    { ...complete, text: 'loHelHel' },
  ],
];

function withIgnoredEvents(count: number): Expected {
  return { ...complete, warnings: [`sse.odd ${count}`] };
}

describe('a run whose stream is odd', () => {
  const server = useServer();

  for (const [name, script, expected] of cases) {
    it(name, async () => {
      server().script(script);
      await expectRun(server(), expected);
    });
  }

  it('S20: the words of an "error:" line are kept', async () => {
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

  it('S05: a server that pings for a long time before it answers is no broken server', async () => {
    server().script(framesOf('event: ping\n\n'.repeat(500), ...hello, ...end));
    await expectRun(server(), withIgnoredEvents(500));
  });

  it('S29: endless nonsense is stopped, and the server sees it', async () => {
    server().script({ steps: [{ do: 'repeat', text: frame(42).repeat(10), everyMs: 1 }] });
    await expectRun(server(), { outcome: 'failed', kind: 'sse.malformed' });
    assert.equal((await server().requests[0]?.ended)?.by, 'client');
  });

  it('S33: nesting without end is no answer and no harm', async () => {
    const nested = `{"choices":[{"index":0,"delta":{"content":${'['.repeat(100_000)}${']'.repeat(100_000)}}}]}`;
    server().script(framesOf(`data: ${nested}\n\n`, ...hello, ...end));
    const run = await runAt(server().url);
    assert.ok(['Hello', ''].includes(run.text), `${run.outcome} ${run.error?.kind}`);
  });

  it('S37, R47: a line of 10 MB is stopped at 1 MiB, and what came before stays', async () => {
    const mebibyte = send('x'.repeat(1_048_576));
    const before = [send(hello.join('')), { do: 'wait', ms: 20 } as const, send('data: {"x":"')];
    server().script({ steps: [...before, ...Array.from({ length: 10 }, () => mebibyte), send(end.join(''))] });
    const run = await expectRun(server(), { outcome: 'truncated', kind: 'limit.line', text: 'Hello' });
    assert.equal(run.error?.details.subject, '1048576');
  });

  it('S38: a hundred thousand chunks of one character', async () => {
    const chunk = deltaFrame({ content: 'x' });
    server().script({ steps: [...Array.from({ length: 100 }, () => send(chunk.repeat(1000))), ...end.map(send)] });
    const run = await runAt(server().url, { onText: (text) => assert.equal(text, 'x') });
    assert.deepEqual([run.outcome, run.text.length, run.usage], ['ok', 100_000, knownUsage]);
    assert.ok(run.totalMs < 8000, `${run.totalMs} ms`);
  });
});
