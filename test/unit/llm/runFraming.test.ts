import assert from 'node:assert/strict';
import { type Dialect, dialects } from '../../support/dialects';
import { assertLinear } from '../../support/growth';
import { type Expected, expectRun, type RunOptions, runAt, useServer } from '../../support/llmHarness';
import { frame, framesOf, type Scenario, send } from '../../support/scenario';

type Case = readonly [name: string, script: Scenario, expected: Expected];

const partial = { outcome: 'truncated', text: 'Hello' } as const;
const damaged: Expected = { ...partial, kind: 'sse.malformed' };

function completeCases({ text, end, streamed, usage }: Dialect): readonly Case[] {
  const [first, second] = [text('Hel'), text('lo')];
  const hello = [first, second];
  const complete: Expected = { outcome: 'ok', text: 'Hello', usage };
  const withLineEnd = (lineEnd: string) => [...hello, ...end].map((part) => part.replaceAll('\n', lineEnd));
  const withIgnored = (count: number): Expected => ({ ...complete, warnings: [`sse.odd ${count}`] });
  return [
    ['reads lines that end with CRLF [S01]', framesOf(...withLineEnd('\r\n')), complete],
    ['reads lines that end with CR [S01]', framesOf(...withLineEnd('\r')), complete],
    [
      'reads lines with mixed line ends [S01]',
      framesOf(...hello, ...end.map((part) => part.replaceAll('\n', '\r\n'))),
      complete,
    ],
    ['ignores a byte order mark [S01]', framesOf('\ufeff', ...hello, ...end), complete],
    [
      'reads fields without a space after the colon [S02]',
      framesOf(...[...hello, ...end].map((part) => part.replaceAll(/^(data|event): /gm, '$1:'))),
      complete,
    ],
    [
      'reads an event in several data lines [S03]',
      framesOf(text('Hello').replace(',"', '\ndata: ,"'), ...end),
      complete,
    ],
    [
      'ignores comments, IDs and retry lines [S04]',
      framesOf(': OPENROUTER PROCESSING\n\n', `id: 7\nretry: 10\n${first}`, ':\n\n', second, ...end),
      complete,
    ],
    ['ignores IDs and retry times without data [S04]', framesOf('id: 7\n\nretry: 10\n\n', ...hello, ...end), complete],
    ['ignores a ping without data [S05]', framesOf('event: ping\n\n', ...hello, 'event: ping\n\n', ...end), complete],
    [
      'ignores a ping with data [S05]',
      framesOf(first, 'event: ping\ndata: {"type":"ping"}\n\n', second, ...end),
      complete,
    ],
    [
      'waits for a server that pings for a long time [S05]',
      framesOf('event: ping\n\n'.repeat(500), ...hello, ...end),
      complete,
    ],
    ...[
      'event: keepalive\ndata: {"type":"keepalive","sequence_number":3}',
      'data: {"type":"ping"}',
      'data: ping',
      'data: : keep-alive',
      'event: heartbeat\ndata: 1',
      'event: meta\ndata: {"type":"meta","id":"x"}',
      'event: progress\ndata: loading the model',
      ': OPENROUTER PROCESSING',
    ].map(
      (noise): Case => [
        `does not report ${JSON.stringify(noise)} [S05]`,
        framesOf(...hello.flatMap((piece) => [...Array.from({ length: 150 }, () => `${noise}\n\n`), piece]), ...end),
        complete,
      ],
    ),
    ['ignores empty events [S06]', framesOf('data:\n\n', ...hello, 'data: \n\ndata\n\n', ...end), complete],
    ['ignores a field that only begins with data [S06]', framesOf('database: x\n\n', ...hello, ...end), complete],
    ['needs no last frame after the finish reason [S07]', streamed(['Hello'], { done: false }), complete],
    ['ignores chunks after the last frame [S14]', framesOf(...hello, ...end, text('!')), complete],
    [
      'ignores errors after the last frame [S14]',
      framesOf(...hello, ...end, 'error: {"message":"late"}\n\n'),
      complete,
    ],
    [
      'reads a last event without a blank line [S16]',
      framesOf(
        ...hello,
        ...end.slice(0, -1).map((part, index, { length }) => (index < length - 1 ? part : part.trimEnd())),
      ),
      complete,
    ],
    ...[42, [], { ok: true }, { usage: null }].map(
      (payload): Case => [
        `ignores any number of frames ${JSON.stringify(payload)} [S29]`,
        framesOf(...hello, ...Array.from({ length: 500 }, () => frame(payload)), ...end),
        withIgnored(500),
      ],
    ),
    [
      'counts chunks that are not objects [S29]',
      framesOf(frame(42), frame('x'), frame([]), frame(null), ...hello, ...end),
      withIgnored(4),
    ],
    [
      'treats __proto__ and constructor as ordinary names [S33]',
      framesOf('data: {"__proto__":{"choices":[{"delta":{"content":"no"}}]},"constructor":1}\n\n', ...hello, ...end),
      withIgnored(1),
    ],
    [
      'keeps an unpaired surrogate [S34]',
      framesOf(text('a\ud83d'), text('x'), ...end),
      { ...complete, text: 'a\ud83dx' },
    ],
    [
      'keeps duplicate and reordered chunks as they arrive [S36]',
      framesOf(second, first, first, ...end),
      { ...complete, text: 'loHelHel' },
    ],
  ];
}

function incompleteCases({ text, end, done, finish, streamed, usage, length }: Dialect): readonly Case[] {
  const hello = [text('Hel'), text('lo')];
  const errorLine = 'error: {"code":500,"message":"slot unavailable","type":"server_error"}\n\n';
  return [
    [
      'is truncated by a clean end without a finish reason [S08]',
      streamed(['Hello'], { finishReason: null, usage: null, done: false }),
      { ...partial, kind: 'sse.truncated' },
    ],
    [
      'accepts the last frame without a finish reason as an end [S09]',
      framesOf(...hello, done),
      { outcome: 'ok', text: 'Hello', warnings: ['sse.nofinish'] },
    ],
    [
      'fails at the token limit before any text [S10]',
      streamed([], { finishReason: length }),
      { outcome: 'failed', kind: 'finish.length', usage },
    ],
    [
      'reports the token limit after some text [S10]',
      streamed(['Hello'], { finishReason: length }),
      { outcome: 'ok', text: 'Hello', usage, warnings: ['finish.length'] },
    ],
    [
      'is truncated by the content filter after some text [S11]',
      streamed(['Hello'], { finishReason: 'content_filter' }),
      { ...partial, kind: 'finish.filter', usage },
    ],
    [
      'is refused by the content filter before any text [S11]',
      streamed([], { finishReason: 'content_filter' }),
      { outcome: 'refused', kind: 'finish.filter', usage },
    ],
    ...['tool_calls', 'tool_use', 'pause_turn', 'weird'].map(
      (reason): Case => [
        `passes on the finish reason ${reason} [S12]`,
        streamed(['Hello'], { finishReason: reason }),
        { outcome: 'ok', text: 'Hello', usage, warnings: [`finish.other ${reason}`] },
      ],
    ),
    [
      'is truncated by the finish reason "error" [S12]',
      streamed(['Hello'], { finishReason: 'error' }),
      { ...partial, kind: 'sse.error', usage },
    ],
    ['ignores an empty finish reason [S12]', framesOf(...hello, finish('')), { ...partial, kind: 'sse.truncated' }],
    [
      'is truncated by JSON that is cut in the middle [S15]',
      framesOf(...hello, `${text('!').slice(0, -8)}\n\n`),
      damaged,
    ],
    [
      'is truncated by JSON that is cut at the end of the stream [S15]',
      framesOf(...hello, text('!').slice(0, -8)),
      damaged,
    ],
    [
      'fails on events that are not separated by blank lines [S17]',
      framesOf(...[...hello, ...end].map((part) => `${part.trimEnd()}\n`)),
      { outcome: 'failed', kind: 'sse.malformed' },
    ],
    [
      'keeps the text before a line "error:" in the same packet [S20]',
      framesOf(`${hello.join('')}${errorLine}${done}`),
      { ...partial, kind: 'sse.error' },
    ],
    [
      'fails on a line "error:" instead of an answer [S20]',
      framesOf(errorLine, done),
      { outcome: 'failed', kind: 'sse.error' },
    ],
    [
      'is truncated by an error that became an empty chunk [S21]',
      framesOf(...hello, text('')),
      { ...partial, kind: 'sse.truncated' },
    ],
    ['rejects a NUL inside JSON [S35]', framesOf(...hello, 'data: {"x":"\0"}\n\n'), damaged],
    [
      'reports white space alone as an empty answer [U15]',
      streamed([' ', '\n']),
      { outcome: 'failed', kind: 'body.empty', text: ' \n', usage },
    ],
  ];
}

const streamErrors: readonly [id: string, name: string, errorFrame: string, message: string | undefined][] = [
  [
    'S18',
    'an error object',
    frame({ error: { message: 'The model crashed.', type: 'server_error' } }),
    'The model crashed.',
  ],
  ['S18', 'an error object with a code', frame({ error: { message: 'Gone.', code: 'ECONNRESET' } }), 'Gone.'],
  ['S18', 'an error with a numeric code', frame({ error: { message: 'Gone.', code: 500 } }), 'Gone.'],
  [
    'S18',
    'an overloaded server',
    `event: error\n${frame({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })}`,
    'Overloaded',
  ],
  ['S19', 'an error text', frame({ error: 'The model crashed.' }), 'The model crashed.'],
  ['S19', 'a named error event', `event: error\n${frame({ message: 'The model crashed.' })}`, 'The model crashed.'],
  ['S19', 'a named error event with null', `event: error\n${frame(null)}`, undefined],
  ['S19', 'a named error event with a number', `event: error\n${frame(42)}`, undefined],
];

for (const dialect of dialects) {
  const { api, endpoint, keyHeader, text, end, done, usage } = dialect;
  const hello = [text('Hel'), text('lo')];
  const complete: Expected = { outcome: 'ok', text: 'Hello', usage };

  describe(`a stream of the style ${api}`, () => {
    const server = useServer(keyHeader);
    const script = (scenario: Scenario) => server().script(scenario, api);
    const expect = (expected: Expected, options: RunOptions = {}) =>
      expectRun(server(), expected, { endpoint, ...options });

    for (const [name, scenario, expected] of [...completeCases(dialect), ...incompleteCases(dialect)]) {
      it(name, async () => {
        script(scenario);
        await expect(expected);
      });
    }

    it('shows a split surrogate pair as one character [S34]', async () => {
      const halves = ['\\ud83d', '\\ude00'].map((half, index) => text(index === 0 ? 'a?' : '?b').replace('?', half));
      script(framesOf(...halves, ...end));
      const shown: string[] = [];
      await expect({ ...complete, text: 'a😀b' }, { onText: (piece) => shown.push(piece) });
      assert.deepEqual(shown, ['a', '😀b']);
    });

    for (const [id, name, errorFrame, message] of streamErrors) {
      it(`keeps the text before ${name} [${id}]`, async () => {
        script(framesOf(...hello, errorFrame, done));
        const run = await expect({ ...partial, kind: 'sse.error' });
        if (message !== undefined) assert.equal(run.error?.details.serverMessage, message);
        assert.equal(run.error?.details.host, `127.0.0.1:${server().port}`);
      });

      it(`fails on ${name} before any text, without retrying [${id}]`, async () => {
        script(framesOf(errorFrame, done));
        await expect({ outcome: 'failed', kind: 'sse.error' });
      });
    }

    it('keeps the message of a line "error:" [S20]', async () => {
      for (const [line, words] of [
        ['error: {"code":500,"message":"slot unavailable"}', 'slot unavailable'],
        ['error:out of memory', 'out of memory'],
        ['error: {"detail":1}', '{"detail":1}'],
      ] as const) {
        script(framesOf(`${line}\n\n`));
        const run = await runAt(server().url, { endpoint });
        assert.equal(run.error?.details.serverMessage, words);
      }
    });

    it('stops a stream of nothing but unknown events at its time limit, and the server sees it [S29]', async () => {
      script({ steps: [{ do: 'repeat', text: frame(42).repeat(10), everyMs: 1 }] });
      await expect({ outcome: 'failed', kind: 'time.firstToken' }, { timeouts: { firstToken: 100 } });
      assert.equal((await server().requests[0]?.ended)?.by, 'client');
    });

    it('stops an answer over the limit, and the server sees it [R47]', async () => {
      script({ steps: [{ do: 'repeat', text: text('0123456789'), everyMs: 1 }] });
      const run = await expect(
        { outcome: 'truncated', kind: 'limit.answer', text: '0123456789'.repeat(3).slice(0, 25) },
        { answerLimit: 25 },
      );
      assert.equal(run.error?.details.subject, '25');
      assert.equal((await server().requests[0]?.ended)?.by, 'client');
    });

    it('stops a line of 10 MB at 1 MiB, and keeps the text before it [S37, R47]', async () => {
      const mebibyte = send('x'.repeat(1_048_576));
      const before = [send(hello.join('')), { do: 'wait', ms: 20 } as const, send('data: {"x":"')];
      script({ steps: [...before, ...Array.from({ length: 10 }, () => mebibyte), send(end.join(''))] });
      const run = await expect({ ...partial, kind: 'limit.line' });
      assert.equal(run.error?.details.subject, '1048576');
    });

    it('reads a hundred thousand chunks of one character in linear time [S38]', async () => {
      const read = async (count: number): Promise<void> => {
        const steps = Array.from({ length: count / 1000 }, () => send(text('x').repeat(1000)));
        script({ steps: [...steps, ...end.map(send)] });
        const run = await runAt(server().url, { endpoint, onText: (piece) => assert.equal(piece, 'x') });
        assert.deepEqual([run.outcome, run.text.length, run.usage], ['ok', count, usage]);
      };
      await assertLinear(read, 25_000);
    });

    it('awaits the usage that follows the finish reason [S31]', async () => {
      const [last = '', ...rest] = end;
      script({ steps: [...hello.map(send), send(last), { do: 'wait', ms: 150 }, ...rest.map(send)] });
      await expect(complete);
    });

    it('ends with the last frame, although the server keeps the connection open [S14]', async () => {
      script({ steps: [...hello.map(send), ...end.map(send), { do: 'hang' }] });
      await expect(complete);
      assert.equal((await server().requests[0]?.ended)?.by, 'client');
    });
  });
}
