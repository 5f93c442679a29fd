import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StreamEvent } from '../../../../src/core/chat';
import { readChatChunk } from '../../../../src/llm/apis/chatChunk';

const text = (value: string): StreamEvent => ({ kind: 'text', text: value });
const unknown: StreamEvent = { kind: 'unknown' };

function delta(value: unknown, rest: object = {}) {
  return { choices: [{ index: 0, delta: value, ...rest }] };
}

describe('chatChunk', () => {
  const table: readonly [string, unknown, readonly StreamEvent[]][] = [
    ['text', delta({ content: 'a' }), [text('a')]],
    ['empty text', delta({ content: '' }), []],
    ['null', delta({ content: null }), []],
    ['S24: a number', delta({ content: 7 }), [unknown]],
    ['parts', delta({ content: [{ type: 'text', text: 'a' }, { type: 'text', text: 'b' }, null, 'x'] }), [text('ab')]],
    ['S23: thinking parts', delta({ content: [{ type: 'thinking', thinking: 'x' }] }), [{ kind: 'reasoning' }]],
    [
      'a whole message',
      { choices: [{ message: { content: 'a' }, finish_reason: 'stop' }] },
      [text('a'), { kind: 'finish', reason: 'stop' }],
    ],
    ['a refusal', delta({ refusal: 'no' }), [{ kind: 'refusal', text: 'no' }]],
    ['reasoning before text', delta({ content: 'a', reasoning: 'x' }), [{ kind: 'reasoning' }, text('a')]],
    ['an empty reason', delta({}, { finish_reason: '' }), []],
    ['a reason that is no text', delta({}, { finish_reason: 1 }), []],
    ['the model', { model: 'm', choices: [] }, [{ kind: 'model', model: 'm' }]],
    ['S28: no model and no choices', { model: '', choices: null }, [unknown]],
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
    ['S29: an array', [delta({ content: 'a' })], [unknown]],
    ['S29: null', null, [unknown]],
    ['nothing', undefined, [unknown]],
    ['text in place of an object', 'data', [unknown]],
  ];
  for (const [name, chunk, expected] of table) {
    it(`reads a chunk with ${name}: ${expected.map(({ kind }) => kind).join(', ') || 'nothing'}`, () => {
      assert.deepEqual(readChatChunk(chunk), expected);
    });
  }

  it('S33: neither throws nor pollutes, whatever the chunk is', () => {
    const anything = fc.anything({ maxDepth: 4 });
    const shaped = fc.record({
      choices: fc.array(fc.record({ index: fc.constantFrom(0, undefined), delta: anything })),
      usage: anything,
    });
    fc.assert(
      fc.property(fc.oneof(anything, shaped), (chunk) => {
        for (const event of readChatChunk(chunk)) {
          if ('text' in event) assert.equal(typeof event.text, 'string');
        }
      }),
      { seed: 1, numRuns: 500 },
    );
    readChatChunk(JSON.parse('{"__proto__":{"polluted":1},"choices":[{"delta":{"__proto__":{"polluted":1}}}]}'));
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });
});
