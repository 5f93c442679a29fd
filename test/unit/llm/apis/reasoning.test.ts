import assert from 'node:assert/strict';
import { ChunkReader } from '../../../../src/llm/apis/chunkReader';
import { assertLinear } from '../../../support/growth';

function read(chunks: readonly unknown[]): { readonly reasoning: string | undefined; readonly text: string } {
  const reader = new ChunkReader();
  const events = chunks.flatMap((chunk) => reader.read(chunk));
  const reasonings = events.flatMap((event) => (event.kind === 'reasoning' ? [event.text] : []));
  return {
    reasoning: reasonings.length === 0 ? undefined : reasonings.join(''),
    text: events.map((event) => (event.kind === 'text' ? event.text : '')).join(''),
  };
}

const chat = (delta: object) => ({ choices: [{ index: 0, delta }] });
const message = (fields: object) => ({ choices: [{ index: 0, message: fields, finish_reason: 'stop' }] });
const summary = (delta: string, part = 0) => ({
  type: 'response.reasoning_summary_text.delta',
  output_index: 0,
  summary_index: part,
  delta,
});
const reasoningItem = (...texts: readonly string[]) => ({
  type: 'reasoning',
  summary: texts.map((text) => ({ type: 'summary_text', text })),
});
const block = (index: number, content: object) => ({ type: 'content_block_start', index, content_block: content });
const blockDelta = (index: number, delta: object) => ({ type: 'content_block_delta', index, delta });

describe('The text of reasoning', () => {
  const cases: readonly [string, readonly unknown[], string | undefined][] = [
    ['no field', [chat({ content: 'Hello' })], undefined],
    ['null', [chat({ reasoning_content: null, content: 'Hello' })], undefined],
    ['reasoning_content', [chat({ reasoning_content: 'a' }), chat({ reasoning_content: 'b' })], 'ab'],
    ['reasoning', [chat({ reasoning: 'a' }), chat({ reasoning: ' b' })], 'a b'],
    ['the same text in two fields', [chat({ reasoning: 'a', reasoning_content: 'a' })], 'a'],
    ['details', [chat({ reasoning_details: [{ type: 'reasoning.text', text: 'a' }, { text: 'b' }] })], 'ab'],
    ['encrypted details', [chat({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'c2VjcmV0' }] })], ''],
    ['thinking blocks', [chat({ thinking_blocks: [{ type: 'thinking', thinking: 'a', signature: 'x' }] })], 'a'],
    ['parts', [chat({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'a' }] }] })], 'a'],
    ["Gemini's parts", [chat({ content: { parts: [{ thought: true, text: 'a' }, { text: 'b' }] } })], 'a'],
    ["gpt-oss's channel", [chat({ channel: 'analysis', content: 'a' })], 'a'],
    ['a whole message', [message({ content: 'Hello', reasoning_content: 'a' })], 'a'],
    [
      'a last message that repeats the deltas',
      [chat({ reasoning: 'a' }), chat({ reasoning: 'b' }), message({ content: 'Hello', reasoning: 'ab' })],
      'ab',
    ],
    ['summaries', [summary('a'), summary('b'), summary('c', 1)], 'ab\n\nc'],
    ['the text of open models', [{ type: 'response.reasoning_text.delta', delta: 'a' }], 'a'],
    ['an item without a summary', [{ type: 'response.output_item.added', item: reasoningItem() }], ''],
    ['a complete item', [{ type: 'response.output_item.done', item: reasoningItem('a', 'b') }], 'a\n\nb'],
    [
      'a complete item after its deltas',
      [summary('a'), { type: 'response.output_item.done', item: reasoningItem('a') }],
      'a',
    ],
    ['a whole response', [{ object: 'response', status: 'completed', output: [reasoningItem('a')] }], 'a'],
    [
      'thinking blocks of Messages',
      [
        block(0, { type: 'thinking', thinking: '' }),
        blockDelta(0, { type: 'thinking_delta', thinking: 'a' }),
        blockDelta(0, { type: 'thinking_delta', thinking: 'b' }),
        blockDelta(0, { type: 'signature_delta', signature: 'EqQB' }),
        block(1, { type: 'redacted_thinking', data: 'c2VjcmV0' }),
        block(2, { type: 'thinking', thinking: 'c' }),
        block(3, { type: 'text', text: 'Hello' }),
      ],
      'ab\n\nc',
    ],
    ['a whole message of Messages', [{ type: 'message', content: [{ type: 'thinking', thinking: 'a' }] }], 'a'],
    ['deep nesting', [chat({ reasoning: JSON.parse('['.repeat(500) + ']'.repeat(500)) })], undefined],
    ['a number', [chat({ reasoning: 7, content: 'Hello' })], undefined],
    ['true', [chat({ reasoning: true })], ''],
  ];
  for (const [name, chunks, expected] of cases) {
    it(`is read from ${name}`, () => {
      const { reasoning, text } = read(chunks);
      assert.equal(reasoning, expected);
      assert.ok(!text.includes('a'), 'none of it is a part of the answer');
    });
  }

  it('is read in linear time', async () => {
    await assertLinear((count) => {
      const reader = new ChunkReader();
      for (let index = 0; index < count; index += 1) reader.read(chat({ reasoning: 'word ' }));
    }, 20_000);
  });
});
