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
  { name: 'S01: lines that end with CRLF', script: framesOf(...withLineEnd('\r\n')), expected: complete },
  { name: 'S01: lines that end with CR', script: framesOf(...withLineEnd('\r')), expected: complete },
  {
    name: 'S01: lines that end in different ways',
    script: framesOf(...hello, ...end.map((part) => part.replaceAll('\n', '\r\n'))),
    expected: complete,
  },
  { name: 'S01: a byte order mark', script: framesOf('\ufeff', ...hello, ...end), expected: complete },
  {
    name: 'S02: no space after the colon',
    script: framesOf(...[...hello, ...end].map((part) => part.replace('data: ', 'data:'))),
    expected: complete,
  },
  {
    name: 'S03: one event in several data lines',
    script: framesOf(deltaFrame({ content: 'Hello' }).replace(',"choices"', '\ndata: ,"choices"'), ...end),
    expected: complete,
  },
  {
    name: 'S04: comments, ids and retry lines',
    script: framesOf(': OPENROUTER PROCESSING\n\n', `id: 7\nretry: 10\n${hello[0]}`, ':\n\n', `${hello[1]}`, ...end),
    expected: complete,
  },
  { name: 'S07: no [DONE] after the finish reason', script: streamed(['Hello'], { done: false }), expected: complete },
  {
    name: 'S14: chunks after [DONE]',
    script: framesOf(...hello, ...end, deltaFrame({ content: '!' })),
    expected: complete,
  },
  {
    name: 'S16: a last event without a blank line',
    script: framesOf(...hello, usageFrame(defaultUsage), finishFrame().trimEnd()),
    expected: complete,
  },
  {
    name: 'S22, need 19: deltas that are absent, null or have no text',
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
    name: 'S23, need 19: content as an array of parts, of which only text is the answer',
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
    name: 'S24: content that is no text is skipped',
    script: framesOf(...[42, true, { text: 'no' }].map((content) => deltaFrame({ content })), ...hello, ...end),
    expected: { ...complete, warnings: ['sse.odd 3'] },
  },
  {
    name: 'S27: tool calls are noise',
    script: framesOf(deltaFrame({ tool_calls: [] }), deltaFrame({ content: 'Hello', tool_calls: null }), ...end),
    expected: complete,
  },
  {
    name: 'S28, need 19: chunks without choices',
    script: framesOf(...[null, undefined, [], {}, 'x'].map((choices) => frame({ choices })), ...hello, ...end),
    expected: { ...complete, warnings: ['sse.odd 4'] },
  },
  {
    name: 'S28: only the first of two choices is the answer',
    script: framesOf(
      frame({ choices: [choice(1, 'Other'), choice(0, 'Hel')] }),
      frame({ choices: [choice(1, 'Other')] }),
      frame({ choices: [choice(0, 'lo')] }),
      ...end,
    ),
    expected: complete,
  },
  {
    name: 'S29: chunks that are no objects',
    script: framesOf(frame(42), frame('x'), frame([]), frame(null), ...hello, ...end),
    expected: { ...complete, warnings: ['sse.odd 4'] },
  },
  {
    name: 'S34: half a surrogate pair that stays alone',
    script: framesOf(deltaFrame({ content: 'a\ud83d' }), deltaFrame({ content: 'x' }), ...end),
    expected: { ...complete, text: 'a\ud83dx' },
  },
  {
    name: 'an empty finish reason in every chunk is none (V5)',
    script: framesOf(deltaFrame({ content: 'Hello' }, { finishReason: '' }), ...end),
    expected: complete,
  },
];

const notComplete: readonly Case[] = [
  {
    name: 'S08, need 12: a clean end without a finish reason is cut off',
    script: streamed(['Hello'], { finishReason: null, usage: null, done: false }),
    expected: { outcome: 'truncated', kind: 'sse.truncated', text: 'Hello' },
  },
  {
    name: 'S21: an error that became an empty chunk is cut off too',
    script: framesOf(...hello, deltaFrame({}), deltaFrame({ content: '' })),
    expected: { outcome: 'truncated', kind: 'sse.truncated', text: 'Hello' },
  },
  {
    name: 'S10: the length limit before any text',
    script: streamed([], { finishReason: 'length' }),
    expected: { outcome: 'failed', kind: 'finish.length', usage: knownUsage },
  },
  {
    name: 'S11, need 21: the content filter after some text',
    script: streamed(['Hello'], { finishReason: 'content_filter' }),
    expected: { outcome: 'truncated', kind: 'finish.filter', text: 'Hello', usage: knownUsage },
  },
  {
    name: 'S11: the content filter before any text',
    script: streamed([], { finishReason: 'content_filter' }),
    expected: { outcome: 'refused', kind: 'finish.filter', usage: knownUsage },
  },
  {
    name: 'S15: JSON that is cut in the middle',
    script: framesOf(...hello, 'data: {"choices":[{"del\n\n'),
    expected: { outcome: 'truncated', kind: 'sse.malformed', text: 'Hello' },
  },
  {
    name: 'S17: single line ends only',
    script: framesOf(...[...hello, ...end].map((part) => `${part.trimEnd()}\n`)),
    expected: { outcome: 'failed', kind: 'sse.malformed' },
  },
  {
    name: 'S26, need 19: reasoning only is an empty answer',
    script: framesOf(deltaFrame({ reasoning_content: 'Hmm.' }), ...end),
    expected: { outcome: 'failed', kind: 'body.empty', usage: knownUsage },
  },
  {
    name: 'S27, need 19: a refusal',
    script: framesOf(deltaFrame({ refusal: "I can't " }), deltaFrame({ refusal: 'help.' }), ...end),
    expected: { outcome: 'refused', kind: 'finish.refusal', usage: knownUsage },
  },
  {
    name: 'S28: an answer in choice 1 only is none',
    script: framesOf(frame({ choices: [choice(1, 'Hello')] }), usageFrame(defaultUsage), doneFrame),
    expected: { outcome: 'failed', kind: 'body.empty', usage: knownUsage },
  },
  {
    name: 'U15: white space only is an empty answer',
    script: streamed([' ', '\n']),
    expected: { outcome: 'failed', kind: 'body.empty', text: ' \n', usage: knownUsage },
  },
];

describe('a run that is answered with a stream', () => {
  const server = useServer();

  for (const { name, script, expected } of wellFormed) {
    it(name, async () => {
      server().script(script);
      await expectRun(server(), expected);
    });
  }

  it('S34: a surrogate pair that is split is shown as one character', async () => {
    const halves = ['"a\\ud83d"', '"\\ude00b"'].map(
      (content) => `data: {"choices":[{"delta":{"content":${content}}}]}\n\n`,
    );
    server().script(framesOf(...halves, ...end));
    const shown: string[] = [];
    await expectRun(server(), { ...complete, text: 'a😀b' }, { onText: (text) => shown.push(text) });
    assert.deepEqual(shown, ['a', '😀b']);
  });

  for (const field of ['reasoning_content', 'reasoning']) {
    it(`S25, need 9: ${field} is no text of the answer but a sign of life`, async () => {
      server().script(framesOf(deltaFrame({ [field]: 'Hm' }), deltaFrame({ [field]: 'm.' }), ...hello, ...end));
      const run = await expectRun(server(), complete);
      const kinds = run.phases.map((phase) => phase.kind);
      assert.deepEqual(kinds, ['connecting', 'waiting', 'thinking', 'receiving', 'receiving']);
    });
  }

  it('S32: the model that the server names last is the one it used', async () => {
    server().script(framesOf(deltaFrame({ content: 'Hello' }, { model: 'alias' }), ...end.slice(0, 2)));
    const run = await expectRun(server(), complete);
    assert.equal(run.reportedModel, 'fake-model');
  });
});

describe('a run whose stream is no complete answer', () => {
  const server = useServer();

  for (const { name, script, expected } of notComplete) {
    it(name, async () => {
      server().script(script);
      await expectRun(server(), expected);
    });
  }

  it('S10, need 20: says when the whole budget went to reasoning', async () => {
    server().script(framesOf(deltaFrame({ reasoning_content: 'Hmm.' }), finishFrame('length'), doneFrame));
    const run = await expectRun(server(), { outcome: 'failed', kind: 'finish.length' });
    assert.equal(run.error?.details.subject, 'reasoning');
  });

  it('S27: the words of a refusal are kept', async () => {
    server().script(framesOf(deltaFrame({ refusal: "I can't help." }), ...end));
    const run = await expectRun(server(), { outcome: 'refused', kind: 'finish.refusal', usage: knownUsage });
    assert.equal(run.error?.details.serverMessage, "I can't help.");
  });

  it('need 19: an empty answer names its finish reason', async () => {
    server().script(streamed([], { finishReason: 'stop' }));
    const run = await expectRun(server(), { outcome: 'failed', kind: 'body.empty', usage: knownUsage });
    assert.equal(run.error?.details.subject, 'stop');
  });

  const streamErrors: readonly [string, string, string | undefined][] = [
    [
      'S18: an error object',
      frame({ error: { message: 'The model crashed.', type: 'server_error' } }),
      'The model crashed.',
    ],
    ['S18: an error object with a code', frame({ error: { message: 'Gone.', code: 'ECONNRESET' } }), 'Gone.'],
    ['S18: an error with a numeric code', frame({ error: { message: 'Gone.', code: 500 } }), 'Gone.'],
    ['S19: an error text', frame({ error: 'The model crashed.' }), 'The model crashed.'],
    ['S19: a named error event', `event: error\n${frame({ message: 'The model crashed.' })}`, 'The model crashed.'],
    ['S19: a named error event with null', `event: error\n${frame(null)}`, undefined],
    ['S19: a named error event with a number', `event: error\n${frame(42)}`, undefined],
  ];
  for (const [name, errorFrame, message] of streamErrors) {
    it(`${name} after some text keeps the text`, async () => {
      server().script(framesOf(...hello, errorFrame, doneFrame));
      const run = await expectRun(server(), { outcome: 'truncated', kind: 'sse.error', text: 'Hello' });
      if (message !== undefined) assert.equal(run.error?.details.serverMessage, message);
      assert.equal(run.error?.details.host, `127.0.0.1:${server().port}`);
    });

    it(`${name} before any text is a failure, and is not tried again`, async () => {
      server().script(framesOf(errorFrame, doneFrame));
      await expectRun(server(), { outcome: 'failed', kind: 'sse.error' });
    });
  }

  it('R47: an answer over the limit is stopped, and the server sees it', async () => {
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
    ['S30, need 24: none at all is unknown', [], undefined],
    ['S30: zeros are unknown', [{ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }], undefined],
    [
      'S30, need 25: in every chunk, the last is the sum',
      [
        { prompt_tokens: 5, completion_tokens: 1 },
        { prompt_tokens: 5, completion_tokens: 2 },
      ],
      { inputTokens: 5, outputTokens: 2 },
    ],
    ['S30: numbers as strings', [{ prompt_tokens: '5', completion_tokens: '7' }], { inputTokens: 5, outputTokens: 7 }],
    ['S30: only the prompt', [{ prompt_tokens: 5 }], { inputTokens: 5 }],
    [
      'S30: floats, negatives and huge numbers',
      [{ prompt_tokens: 1.5, completion_tokens: -1, total_tokens: 1e308 }],
      undefined,
    ],
    [
      'S30: cached and reasoning tokens',
      [
        {
          ...defaultUsage,
          prompt_tokens_details: { cached_tokens: 8 },
          completion_tokens_details: { reasoning_tokens: 30 },
        },
      ],
      { ...knownUsage, cachedTokens: 8, reasoningTokens: 30 },
    ],
    ['S30: no object', ['many', null, [1]], undefined],
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

  it('V2: usage that comes after the finish reason is waited for', async () => {
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
