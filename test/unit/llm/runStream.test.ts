import assert from 'node:assert/strict';
import { type Expected, expectRun, knownUsage, useServer } from '../../support/llmHarness';
import {
  defaultUsage,
  deltaFrame,
  doneFrame,
  finishFrame,
  frame,
  framesOf,
  type Scenario,
  streamed,
  usageFrame,
} from '../../support/scenario';

const hello = [deltaFrame({ content: 'Hel' }), deltaFrame({ content: 'lo' })];
const end = [finishFrame(), usageFrame(defaultUsage), doneFrame];
const complete: Expected = { outcome: 'ok', text: 'Hello', usage: knownUsage };

interface Case {
  readonly name: string;
  readonly script: Scenario;
  readonly expected: Expected;
}

const wellFormed: readonly Case[] = [
  { name: 'reads lines that end with CRLF [S01]', script: framesOf(...withLineEnd('\r\n')), expected: complete },
  { name: 'reads lines that end with CR [S01]', script: framesOf(...withLineEnd('\r')), expected: complete },
  {
    name: 'reads lines with mixed line ends [S01]',
    script: framesOf(...hello, ...end.map((part) => part.replaceAll('\n', '\r\n'))),
    expected: complete,
  },
  { name: 'ignores a byte order mark [S01]', script: framesOf('\ufeff', ...hello, ...end), expected: complete },
  {
    name: 'reads fields without a space after the colon [S02]',
    script: framesOf(...[...hello, ...end].map((part) => part.replace('data: ', 'data:'))),
    expected: complete,
  },
  {
    name: 'reads an event in several data lines [S03]',
    script: framesOf(deltaFrame({ content: 'Hello' }).replace(',"choices"', '\ndata: ,"choices"'), ...end),
    expected: complete,
  },
  {
    name: 'ignores comments, IDs and retry lines [S04]',
    script: framesOf(': OPENROUTER PROCESSING\n\n', `id: 7\nretry: 10\n${hello[0]}`, ':\n\n', `${hello[1]}`, ...end),
    expected: complete,
  },
  {
    name: 'needs no [DONE] after the finish reason [S07]',
    script: streamed(['Hello'], { done: false }),
    expected: complete,
  },
  {
    name: 'ignores chunks after [DONE] [S14]',
    script: framesOf(...hello, ...end, deltaFrame({ content: '!' })),
    expected: complete,
  },
  {
    name: 'reads a last event without a blank line [S16]',
    script: framesOf(...hello, usageFrame(defaultUsage), finishFrame().trimEnd()),
    expected: complete,
  },
  {
    name: 'accepts deltas that are absent, null or without text [S22]',
    script: framesOf(
      deltaFrame({ role: 'assistant' }),
      deltaFrame({ content: null }),
      deltaFrame(null),
      frame({ choices: [{ index: 0 }] }),
      frame({ choices: [], prompt_filter_results: [{}] }),
      ...hello,
      ...end,
    ),
    expected: complete,
  },
  {
    name: 'reads only the text parts of a content array [S23]',
    script: framesOf(
      deltaFrame({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hmm.' }] }] }),
      deltaFrame({
        content: [
          { type: 'text', text: 'Hel' },
          { type: 'reference', reference_ids: [1] },
        ],
      }),
      deltaFrame({ content: [{ type: 'text', text: 'lo' }] }),
      ...end,
    ),
    expected: complete,
  },
  {
    name: 'ignores content that is not text [S24]',
    script: framesOf(...[42, true, { image: 'no' }].map((content) => deltaFrame({ content })), ...hello, ...end),
    expected: { ...complete, warnings: ['sse.odd 2'] },
  },
  {
    name: 'ignores tool calls [S27]',
    script: framesOf(deltaFrame({ tool_calls: [] }), deltaFrame({ content: 'Hello', tool_calls: null }), ...end),
    expected: complete,
  },
  {
    name: 'accepts chunks without choices [S28]',
    script: framesOf(...[null, undefined, [], {}, 'x'].map((choices) => frame({ choices })), ...hello, ...end),
    expected: { ...complete, warnings: ['sse.odd 4'] },
  },
  {
    name: 'reads only the first of two choices [S28]',
    script: framesOf(
      frame({ choices: [choice(1, 'Other'), choice(0, 'Hel')] }),
      frame({ choices: [choice(1, 'Other')] }),
      frame({ choices: [choice(0, 'lo')] }),
      ...end,
    ),
    expected: complete,
  },
  {
    name: 'counts chunks that are not objects [S29]',
    script: framesOf(frame(42), frame('x'), frame([]), frame(null), ...hello, ...end),
    expected: { ...complete, warnings: ['sse.odd 4'] },
  },
  {
    name: 'keeps an unpaired surrogate [S34]',
    script: framesOf(deltaFrame({ content: 'a\ud83d' }), deltaFrame({ content: 'x' }), ...end),
    expected: { ...complete, text: 'a\ud83dx' },
  },
  {
    name: 'ignores an empty finish reason in every chunk',
    script: framesOf(deltaFrame({ content: 'Hello' }, { finishReason: '' }), ...end),
    expected: complete,
  },
];

const notComplete: readonly Case[] = [
  {
    name: 'is truncated by a clean end without a finish reason [S08]',
    script: streamed(['Hello'], { finishReason: null, usage: null, done: false }),
    expected: { outcome: 'truncated', kind: 'sse.truncated', text: 'Hello' },
  },
  {
    name: 'is truncated by an error that became an empty chunk [S21]',
    script: framesOf(...hello, deltaFrame({}), deltaFrame({ content: '' })),
    expected: { outcome: 'truncated', kind: 'sse.truncated', text: 'Hello' },
  },
  {
    name: 'fails at the token limit before any text [S10]',
    script: streamed([], { finishReason: 'length' }),
    expected: { outcome: 'failed', kind: 'finish.length', usage: knownUsage },
  },
  {
    name: 'is truncated by the content filter after some text [S11]',
    script: streamed(['Hello'], { finishReason: 'content_filter' }),
    expected: { outcome: 'truncated', kind: 'finish.filter', text: 'Hello', usage: knownUsage },
  },
  {
    name: 'is refused by the content filter before any text [S11]',
    script: streamed([], { finishReason: 'content_filter' }),
    expected: { outcome: 'refused', kind: 'finish.filter', usage: knownUsage },
  },
  {
    name: 'is truncated by JSON that is cut in the middle [S15]',
    script: framesOf(...hello, 'data: {"choices":[{"del\n\n'),
    expected: { outcome: 'truncated', kind: 'sse.malformed', text: 'Hello' },
  },
  {
    name: 'fails on events that are not separated by blank lines [S17]',
    script: framesOf(...[...hello, ...end].map((part) => `${part.trimEnd()}\n`)),
    expected: { outcome: 'failed', kind: 'sse.malformed' },
  },
  {
    name: 'reports reasoning alone as an empty answer [S26]',
    script: framesOf(deltaFrame({ reasoning_content: 'Hmm.' }), ...end),
    expected: { outcome: 'failed', kind: 'body.empty', usage: knownUsage },
  },
  {
    name: 'reports a refusal [S27]',
    script: framesOf(deltaFrame({ refusal: "I can't " }), deltaFrame({ refusal: 'help.' }), ...end),
    expected: { outcome: 'refused', kind: 'finish.refusal', usage: knownUsage },
  },
  {
    name: 'ignores an answer in choice 1 [S28]',
    script: framesOf(frame({ choices: [choice(1, 'Hello')] }), usageFrame(defaultUsage), doneFrame),
    expected: { outcome: 'failed', kind: 'body.empty', usage: knownUsage },
  },
  {
    name: 'reports white space alone as an empty answer [U15]',
    script: streamed([' ', '\n']),
    expected: { outcome: 'failed', kind: 'body.empty', text: ' \n', usage: knownUsage },
  },
];

describe('a run answered with a stream', () => {
  const server = useServer();

  for (const { name, script, expected } of wellFormed) {
    it(name, async () => {
      server().script(script);
      await expectRun(server(), expected);
    });
  }

  it('shows a split surrogate pair as one character [S34]', async () => {
    const halves = ['"a\\ud83d"', '"\\ude00b"'].map(
      (content) => `data: {"choices":[{"delta":{"content":${content}}}]}\n\n`,
    );
    server().script(framesOf(...halves, ...end));
    const shown: string[] = [];
    await expectRun(server(), { ...complete, text: 'a😀b' }, { onText: (text) => shown.push(text) });
    assert.deepEqual(shown, ['a', '😀b']);
  });

  for (const field of ['reasoning_content', 'reasoning']) {
    it(`takes ${field} as progress, not as text [S25]`, async () => {
      server().script(framesOf(deltaFrame({ [field]: 'Hm' }), deltaFrame({ [field]: 'm.' }), ...hello, ...end));
      const run = await expectRun(server(), complete);
      const kinds = run.phases.map((phase) => phase.kind);
      assert.deepEqual(kinds, ['connecting', 'waiting', 'thinking', 'receiving', 'receiving']);
    });
  }

  it('reports the model that the server names last [S32]', async () => {
    server().script(framesOf(deltaFrame({ content: 'Hello' }, { model: 'alias' }), ...end.slice(0, 2)));
    const run = await expectRun(server(), complete);
    assert.equal(run.reportedModel, 'fake-model');
  });
});

describe('a run whose stream is not a complete answer', () => {
  const server = useServer();

  for (const { name, script, expected } of notComplete) {
    it(name, async () => {
      server().script(script);
      await expectRun(server(), expected);
    });
  }

  it('says when the whole token limit went to reasoning [S10]', async () => {
    server().script(framesOf(deltaFrame({ reasoning_content: 'Hmm.' }), finishFrame('length'), doneFrame));
    const run = await expectRun(server(), { outcome: 'failed', kind: 'finish.length' });
    assert.equal(run.error?.details.subject, 'reasoning');
  });

  it('keeps the text of a refusal [S27]', async () => {
    server().script(framesOf(deltaFrame({ refusal: "I can't help." }), ...end));
    const run = await expectRun(server(), { outcome: 'refused', kind: 'finish.refusal', usage: knownUsage });
    assert.equal(run.error?.details.serverMessage, "I can't help.");
  });

  it('names the finish reason of an empty answer', async () => {
    server().script(streamed([], { finishReason: 'stop' }));
    const run = await expectRun(server(), { outcome: 'failed', kind: 'body.empty', usage: knownUsage });
    assert.equal(run.error?.details.subject, 'stop');
  });

  const streamErrors: readonly [id: string, name: string, errorFrame: string, message: string | undefined][] = [
    [
      'S18',
      'an error object',
      frame({ error: { message: 'The model crashed.', type: 'server_error' } }),
      'The model crashed.',
    ],
    ['S18', 'an error object with a code', frame({ error: { message: 'Gone.', code: 'ECONNRESET' } }), 'Gone.'],
    ['S18', 'an error with a numeric code', frame({ error: { message: 'Gone.', code: 500 } }), 'Gone.'],
    ['S19', 'an error text', frame({ error: 'The model crashed.' }), 'The model crashed.'],
    ['S19', 'a named error event', `event: error\n${frame({ message: 'The model crashed.' })}`, 'The model crashed.'],
    ['S19', 'a named error event with null', `event: error\n${frame(null)}`, undefined],
    ['S19', 'a named error event with a number', `event: error\n${frame(42)}`, undefined],
  ];
  for (const [id, name, errorFrame, message] of streamErrors) {
    it(`keeps the text before ${name} [${id}]`, async () => {
      server().script(framesOf(...hello, errorFrame, doneFrame));
      const run = await expectRun(server(), { outcome: 'truncated', kind: 'sse.error', text: 'Hello' });
      if (message !== undefined) assert.equal(run.error?.details.serverMessage, message);
      assert.equal(run.error?.details.host, `127.0.0.1:${server().port}`);
    });

    it(`fails on ${name} before any text, without retrying [${id}]`, async () => {
      server().script(framesOf(errorFrame, doneFrame));
      await expectRun(server(), { outcome: 'failed', kind: 'sse.error' });
    });
  }

  it('stops an answer over the limit, and the server sees it [R47]', async () => {
    const endless = { do: 'repeat', text: deltaFrame({ content: '0123456789' }), everyMs: 1 } as const;
    server().script({ steps: [endless] });
    const run = await expectRun(
      server(),
      { outcome: 'truncated', kind: 'limit.answer', text: '0123456789'.repeat(3).slice(0, 25) },
      { answerLimit: 25 },
    );
    assert.equal(run.error?.details.subject, '25');
    assert.equal((await server().requests[0]?.ended)?.by, 'client');
  });
});

describe('the usage of a run', () => {
  const server = useServer();

  const cases: readonly [string, readonly unknown[], Expected['usage']][] = [
    ['is unknown if none is reported [S30]', [], undefined],
    ['is unknown if it is zeros [S30]', [{ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }], undefined],
    [
      'is the last report if every chunk has one [S30]',
      [
        { prompt_tokens: 5, completion_tokens: 1 },
        { prompt_tokens: 5, completion_tokens: 2 },
      ],
      { inputTokens: 5, outputTokens: 2 },
    ],
    [
      'may have numbers as strings [S30]',
      [{ prompt_tokens: '5', completion_tokens: '7' }],
      { inputTokens: 5, outputTokens: 7 },
    ],
    ['may have only the prompt [S30]', [{ prompt_tokens: 5 }], { inputTokens: 5 }],
    [
      'ignores floats, negative and huge numbers [S30]',
      [{ prompt_tokens: 1.5, completion_tokens: -1, total_tokens: 1e308 }],
      undefined,
    ],
    [
      'has cached and reasoning tokens [S30]',
      [
        {
          ...defaultUsage,
          prompt_tokens_details: { cached_tokens: 8 },
          completion_tokens_details: { reasoning_tokens: 30 },
        },
      ],
      { ...knownUsage, cachedTokens: 8, reasoningTokens: 30 },
    ],
    ['is unknown if it is not an object [S30]', ['many', null, [1]], undefined],
  ];
  for (const [name, usages, expected] of cases) {
    it(name, async () => {
      const chunks = usages.map((usage) => frame({ choices: [], usage }));
      server().script(framesOf(...hello, finishFrame(), ...chunks, doneFrame));
      await expectRun(server(), {
        outcome: 'ok',
        text: 'Hello',
        ...(expected === undefined ? {} : { usage: expected }),
      });
    });
  }

  it('is awaited after the finish reason', async () => {
    const wait = { do: 'wait', ms: 150 } as const;
    const [before, after] = [framesOf(...hello, finishFrame()), framesOf(usageFrame(defaultUsage), doneFrame)];
    server().script({ steps: [...(before.steps ?? []), wait, ...(after.steps ?? [])] });
    await expectRun(server(), complete);
  });
});

function withLineEnd(lineEnd: string): string[] {
  return [...hello, ...end].map((part) => part.replaceAll('\n', lineEnd));
}

function choice(index: number, content: string) {
  return { index, delta: { content } };
}
