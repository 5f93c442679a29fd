import assert from 'node:assert/strict';
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { newService, runAt, useServer } from '../../support/llmHarness';
import { checkAsyncProperty } from '../../support/properties';
import { deltaFrame, doneFrame, finishFrame } from '../../support/scenario';
import { stubFetch } from '../../support/stubbedFetch';

// Text with characters that are hard to count in bytes: escapes, line separators, one to four bytes each.
const content = fc.oneof(
  fc.string({ maxLength: 12, unit: 'grapheme' }),
  fc.string({ maxLength: 6, unit: fc.constantFrom('\n', '\r', '\u2028', '\ufeff', 'é', '—', '😀', '"', '\\', ' ') }),
);

// The JSON of a chunk, on one or several lines.
const chunk = fc.tuple(content, fc.boolean()).map(([text, isPretty]) => {
  const body = { choices: [{ index: 0, delta: { content: text } }] };
  return JSON.stringify(body, undefined, isPretty ? 1 : undefined).split('\n');
});

const dataLines = fc
  .tuple(chunk, fc.constantFrom('data: ', 'data:'))
  .map(([lines, field]) => lines.map((line) => field + line));

// Lines of one event, or between events; the blank line is added later.
const block = fc.oneof(
  { weight: 6, arbitrary: dataLines },
  fc.constantFrom(['id: 7'], ['retry: 10'], ['foo: bar'], ['data'], ['data:'], ['event: ping'], [': keep-alive'], ['']),
  fc
    .tuple(fc.constantFrom('event: chunk', 'id: 1', ': comment', 'unknown', 'retry: x'), dataLines)
    .map(([line, data]) => [line, ...data]),
);

const ending = fc.constantFrom(
  [finishFrame().trim(), '', doneFrame.trim(), ''],
  [finishFrame().trim(), ''],
  [finishFrame().trim()],
  [doneFrame.trim(), '', deltaFrame({ content: 'late' }).trim(), ''],
  ['data: {"choices":[{"del'],
  [],
);

interface Sample {
  readonly bytes: Uint8Array;
  readonly cuts: readonly number[];
}

// A body with any line ends, and the offsets at which it is cut into packets.
const sample: fc.Arbitrary<Sample> = fc
  .tuple(
    fc.boolean(),
    fc.array(block, { maxLength: 6 }),
    ending,
    fc.array(fc.constantFrom('\n', '\n', '\r\n', '\r'), { minLength: 1, maxLength: 5 }),
    fc.array(fc.nat({ max: 100_000 }), { maxLength: 12 }),
  )
  .map(([hasMark, blocks, end, lineEnds, cuts]) => {
    const lines = [...blocks.flatMap((lines) => [...lines, '']), ...end];
    const text = lines.map((line, index) => line + (lineEnds[index % lineEnds.length] ?? '\n')).join('');
    return { bytes: new TextEncoder().encode((hasMark ? '\ufeff' : '') + text), cuts };
  });

function packets({ bytes, cuts }: Sample): Uint8Array<ArrayBuffer>[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((start, index) => bytes.slice(start, places[index] ?? bytes.length));
}

interface Reading {
  readonly text: string;
  readonly finishReason: string | undefined;
  readonly isComplete: boolean;
}

/**
 * Reads the same packets by the standard. Quillet differs in three ways on purpose: it ignores events without data and
 * pings, and accepts a last event without a blank line, because servers omit it.
 */
function readByStandard(parts: readonly Uint8Array[]): Reading {
  const events: { readonly event?: string | undefined; readonly data: string }[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const decoder = new TextDecoder();
  for (const part of parts) parser.feed(decoder.decode(part, { stream: true }));
  parser.feed(`${decoder.decode()}\n\n`);
  let text = '';
  let finishReason: string | undefined;
  for (const { data } of events.filter((event) => !/^\n*$/.test(event.data) && event.event !== 'ping')) {
    if (data === '[DONE]') return { text, finishReason, isComplete: true };
    const document = parse(data);
    if (document === undefined) break;
    const choice = document.choices?.[0];
    text += choice?.delta?.content ?? '';
    finishReason = choice?.finish_reason ?? finishReason;
  }
  return { text, finishReason, isComplete: finishReason !== undefined };
}

interface Chunk {
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string };
    readonly finish_reason?: string | null;
  }[];
}

function parse(data: string): Chunk | undefined {
  try {
    return JSON.parse(data) as Chunk;
  } catch {
    return undefined;
  }
}

/**
 * The responses come from a stubbed fetch, because thousands of connections would take minutes. Everything else is
 * real: the guarded fetch and its filter, the SDK and its parser, the service and its outcome.
 */
describe('a run compared with eventsource-parser', () => {
  useServer();
  const service = newService();
  let restore = (): void => undefined;

  it('reads thousands of randomly cut streams alike', async () => {
    await checkAsyncProperty(
      fc.asyncProperty(sample, async (input) => {
        const parts = packets(input);
        const expected = readByStandard(parts);
        restore = stubFetch(parts);
        const run = await runAt('https://llm.example.com/v1', { service }).finally(restore);
        assert.deepEqual([run.text, run.finishReason], [expected.text, expected.finishReason]);
        assert.equal(run.outcome === 'ok', expected.isComplete && expected.text.trim() !== '', run.error?.kind);
      }),
      { seed: 20_261_123, numRuns: 4_000 },
    );
  });
});
