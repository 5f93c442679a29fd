import assert from 'node:assert/strict';
import { Anthropic } from '@anthropic-ai/sdk';
import fc from 'fast-check';
import { messagesEndpoint } from '../../support/dialects';
import { newService, runAt, useServer } from '../../support/llmHarness';
import { blockDelta, blockStart, blockStop, messageStart, messagesEvent, textDelta } from '../../support/otherApis';
import { checkAsyncProperty } from '../../support/properties';
import { stubFetch } from '../../support/stubbedFetch';

const words = fc.oneof(
  fc.string({ maxLength: 12, unit: 'grapheme' }),
  fc.string({ maxLength: 6, unit: fc.constantFrom('\n', '\r', '\u2028', '\ufeff', 'é', '—', '😀', '"', '\\', ' ') }),
);

/** The frames of one block; the index is filled in later. */
type Block = (index: number) => readonly string[];

const textBlock: fc.Arbitrary<Block> = fc
  .tuple(words, fc.array(words, { maxLength: 4 }))
  .map(([first, pieces]) => (index) => [
    blockStart(index, { type: 'text', text: first, citations: null }),
    ...pieces.map((piece) => textDelta(piece, index)),
    blockDelta({ type: 'citations_delta', citation: { type: 'char_location', cited_text: 'no' } }, index),
    blockStop(index),
  ]);
const thinkingBlock: fc.Arbitrary<Block> = fc
  .array(words, { maxLength: 3 })
  .map((pieces) => (index) => [
    blockStart(index, { type: 'thinking', thinking: '', signature: '' }),
    ...pieces.map((thinking) => blockDelta({ type: 'thinking_delta', thinking }, index)),
    blockDelta({ type: 'signature_delta', signature: 'EqQB' }, index),
    blockStop(index),
  ]);
const otherBlock: fc.Arbitrary<Block> = fc
  .constantFrom(
    { type: 'redacted_thinking', data: 'Emwk' },
    { type: 'tool_use', id: 'toolu_1', name: 'get', input: {} },
    { type: 'hologram', text: 'no' },
  )
  .map((block) => (index) => [
    blockStart(index, block),
    ...(block.type === 'tool_use' ? [blockDelta({ type: 'input_json_delta', partial_json: '{"a": 1}' }, index)] : []),
    ...(block.type === 'hologram' ? [textDelta('no', index)] : []),
    blockStop(index),
  ]);

const count = fc.option(fc.integer({ min: 1, max: 1_000_000 }));
const counts = fc.record({
  input_tokens: count,
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
  output_tokens: fc.integer({ min: 1, max: 100_000 }),
});
const firstCounts = counts.map((usage) => ({ ...usage, input_tokens: usage.input_tokens ?? 1 }));

const reasons = fc.constantFrom('end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'pause_turn', 'refusal');
const noise = fc.constantFrom('', '', '', ': comment\n\n', messagesEvent('ping'));

interface Sample {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly cuts: readonly number[];
}

/** A whole stream, whose blocks may overlap, and the offsets at which it is cut into packets. */
const sample: fc.Arbitrary<Sample> = fc
  .record({
    blocks: fc.array(fc.oneof({ weight: 3, arbitrary: textBlock }, thinkingBlock, otherBlock), { maxLength: 5 }),
    overlaps: fc.boolean(),
    first: firstCounts,
    last: counts,
    reason: reasons,
    noises: fc.array(noise, { minLength: 1, maxLength: 7 }),
    lineEnd: fc.constantFrom('\n', '\r\n'),
    cuts: fc.array(fc.nat({ max: 100_000 }), { maxLength: 12 }),
  })
  .map(({ blocks, overlaps, first, last, reason, noises, lineEnd, cuts }) => {
    const all = blocks.map((block, index) => block(index));
    const frames = [
      messageStart({ usage: first }),
      ...(overlaps ? interleave(all) : all.flat()),
      messagesEvent('message_delta', { delta: { stop_reason: reason, stop_sequence: null }, usage: last }),
      messagesEvent('message_stop'),
    ];
    const stream = frames.map((frame, index) => (noises[index % noises.length] ?? '') + frame).join('');
    return { bytes: new TextEncoder().encode(stream.replaceAll('\n', lineEnd)), cuts };
  });

/** Starts all blocks in their order, and takes their other frames in turn. */
function interleave(blocks: readonly (readonly string[])[]): string[] {
  const length = Math.max(0, ...blocks.map((frames) => frames.length));
  return Array.from({ length }, (_, round) => blocks.flatMap((frames) => frames.slice(round, round + 1))).flat();
}

function packets({ bytes, cuts }: Sample): Uint8Array<ArrayBuffer>[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((start, index) => bytes.slice(start, places[index] ?? bytes.length));
}

async function readWithSdk(): Promise<Anthropic.Message> {
  const client = new Anthropic({ apiKey: 'none', baseURL: 'https://llm.example.com', maxRetries: 0, logLevel: 'off' });
  const request = { model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'Hello?' }] } as const;
  return client.messages.stream({ ...request, messages: [...request.messages] }).finalMessage();
}

describe("a run compared with Anthropic's SDK", () => {
  useServer('x-api-key');
  const service = newService();

  it('reads thousands of randomly cut streams alike, also with overlapping blocks', async () => {
    await checkAsyncProperty(
      fc.asyncProperty(sample, async (input) => {
        const parts = packets(input);
        const restoreForSdk = stubFetch(parts);
        const { content, stop_reason: reason, usage, model } = await readWithSdk().finally(restoreForSdk);
        const restore = stubFetch(parts);
        const run = await runAt('https://llm.example.com/v1', { service, endpoint: messagesEndpoint }).finally(restore);
        const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('');
        assert.deepEqual([run.text, run.finishReason, run.reportedModel], [text, reason, model]);
        const { input_tokens: rest, cache_read_input_tokens: read, cache_creation_input_tokens: written } = usage;
        assert.deepEqual(
          [run.usage?.inputTokens, run.usage?.outputTokens, run.usage?.cachedTokens, run.usage?.cacheWriteTokens],
          [rest + (read ?? 0) + (written ?? 0), usage.output_tokens, read ?? undefined, written ?? undefined],
        );
      }),
      { seed: 20_261_130, numRuns: 2_000 },
    );
  });
});
