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
    name: 'ignores an empty finish reason in every chunk',
    script: framesOf(deltaFrame({ content: 'Hello' }, { finishReason: '' }), ...end),
    expected: complete,
  },
];

const notComplete: readonly Case[] = [
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
];

describe('a run answered with a stream', () => {
  const server = useServer();

  for (const { name, script, expected } of wellFormed) {
    it(name, async () => {
      server().script(script);
      await expectRun(server(), expected);
    });
  }

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
});

function choice(index: number, content: string) {
  return { index, delta: { content } };
}
