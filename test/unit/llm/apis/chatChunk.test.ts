import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StreamEvent } from '../../../../src/core/chat';
import { ChunkReader } from '../../../../src/llm/apis/chunkReader';
import { assertLinear } from '../../../support/growth';

const readChunk = (chunk: unknown): StreamEvent[] => new ChunkReader().read(chunk);

const text = (value: string): StreamEvent => ({ kind: 'text', text: value });
const reasoning = (value: string): StreamEvent => ({ kind: 'reasoning', text: value });
const unknown: StreamEvent = { kind: 'unknown' };

function delta(value: unknown, rest: object = {}) {
  return { choices: [{ index: 0, delta: value, ...rest }] };
}

describe('ChunkReader', () => {
  const table: readonly [string, unknown, readonly StreamEvent[]][] = [
    ['text', delta({ content: 'a' }), [text('a')]],
    ['empty text', delta({ content: '' }), []],
    ['null as content', delta({ content: null }), []],
    ['a number as content [S24]', delta({ content: 7 }), [unknown]],
    ['parts', delta({ content: [{ type: 'text', text: 'a' }, { type: 'text', text: 'b' }, null, 'x'] }), [text('abx')]],
    ['parts under a name', delta({ content: { parts: [{ text: 'a' }, 'b'], role: 'model' } }), [text('ab')]],
    ['thinking parts [S23]', delta({ content: [{ type: 'thinking', thinking: 'x' }] }), [reasoning('x')]],
    [
      'a whole message',
      { choices: [{ message: { content: 'a' }, finish_reason: 'stop' }] },
      [text('a'), { kind: 'finish', reason: 'stop', isBesideText: true }],
    ],
    ['a refusal', delta({ refusal: 'no' }), [{ kind: 'refusal', text: 'no' }]],
    ['reasoning before text', delta({ content: 'a', reasoning: 'x' }), [reasoning('x'), text('a')]],
    ['an empty finish reason', delta({}, { finish_reason: '' }), []],
    ['a finish reason that is not a string', delta({}, { finish_reason: 1 }), []],
    ['"null" as the finish reason', delta({}, { finish_reason: 'null' }), []],
    ...[
      delta({}, { finishReason: 'length' }),
      delta({}, { finish_reason: { type: 'length' } }),
      delta({ finish_reason: 'length' }),
      { ...delta({}), finish_reason: 'length' },
      { choices: [], finish_reason: 'length' },
      { ...delta({}, { finish_reason: 'length' }), finish_reason: 'stop' },
    ].map((chunk, index): [string, unknown, readonly StreamEvent[]] => [
      `a finish reason elsewhere, ${index}`,
      chunk,
      [{ kind: 'finish', reason: 'length' }],
    ]),
    ...[
      delta({ channel: 'analysis', content: 'x' }),
      delta({ phase: 'commentary', content: 'x' }),
      delta({ role: 'reasoning', content: 'x' }),
      delta({ content: [{ type: 'summary_text', text: 'x' }] }),
    ].map((chunk, index): [string, unknown, readonly StreamEvent[]] => [
      `reasoning that its place tells, ${index}`,
      chunk,
      [reasoning('x')],
    ]),
    ['an index that is a string', { choices: [{ index: '0', delta: { content: 'a' } }] }, [text('a')]],
    ['the model', { model: 'm', choices: [] }, [{ kind: 'model', model: 'm' }]],
    ['no model and no choices [S28]', { model: '', choices: null }, [unknown]],
    ['usage', { usage: { prompt_tokens: 1 } }, [{ kind: 'usage', usage: { inputTokens: 1 } }]],
    [
      'index 0 among others',
      {
        choices: [
          { index: 1, delta: { content: 'b' } },
          { index: 0, delta: { content: 'a' } },
        ],
      },
      [text('a')],
    ],
    ['no index 0', { choices: [{ index: 1, delta: { content: 'b' } }] }, []],
    ['null among the choices', { choices: [null, { delta: { content: 'a' } }] }, [text('a')]],
    ['an array [S29]', [delta({ content: 'a' })], [unknown]],
    ['null [S29]', null, [unknown]],
    ['nothing', undefined, [unknown]],
    ['text instead of an object', 'data', [unknown]],
  ];
  for (const [name, chunk, expected] of table) {
    it(`reads ${expected.map(({ kind }) => kind).join(', ') || 'nothing'} from a chunk with ${name}`, () => {
      assert.deepEqual(readChunk(chunk), expected);
    });
  }

  it('takes the whole text once if the last chunk repeats it in its delta and its message', () => {
    const reader = new ChunkReader();
    const last = { choices: [{ delta: { content: 'ab' }, message: { content: 'ab' }, finish_reason: 'stop' }] };
    const events = [delta({ content: 'a' }), delta({ content: 'b' }), last].flatMap((chunk) => reader.read(chunk));
    assert.deepEqual(events, [text('a'), text('b'), { kind: 'finish', reason: 'stop' }]);
    assert.deepEqual(readChunk(last)[0], text('ab'));
  });

  it('keeps a delta that repeats the text before it', () => {
    const reader = new ChunkReader();
    assert.deepEqual(
      [delta({ content: 'a' }), delta({ content: 'a' })].flatMap((chunk) => reader.read(chunk)),
      [text('a'), text('a')],
    );
  });

  it('reads messages that continue each other in linear time', async () => {
    await assertLinear((count) => {
      const reader = new ChunkReader();
      for (let index = 0; index < count; index += 1) reader.read({ choices: [{ message: { content: 'piece' } }] });
    }, 10_000);
  });

  it('neither throws nor pollutes prototypes, whatever the chunk is [S33]', () => {
    const anything = fc.anything({ maxDepth: 4 });
    const shaped = fc.record({
      choices: fc.array(fc.record({ index: fc.constantFrom(0, undefined), delta: anything })),
      usage: anything,
    });
    fc.assert(
      fc.property(fc.oneof(anything, shaped), (chunk) => {
        for (const event of readChunk(chunk)) {
          if ('text' in event) assert.equal(typeof event.text, 'string');
        }
      }),
      { seed: 1, numRuns: 500 },
    );
    readChunk(JSON.parse('{"__proto__":{"polluted":1},"choices":[{"delta":{"__proto__":{"polluted":1}}}]}'));
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });
});
