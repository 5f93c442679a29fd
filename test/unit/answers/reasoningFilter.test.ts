import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ReasoningFilter } from '../../../src/answers/reasoningFilter';
import { assertLinear, repeatTo } from '../../support/growth';
import { checkProperty } from '../../support/properties';

function streamed(chunks: readonly string[]): { shown: string; text: string; hasLeaked: boolean } {
  const filter = new ReasoningFilter();
  const shown = chunks.map((chunk) => filter.push(chunk)).join('') + filter.end();
  return { shown, text: filter.text, hasLeaked: filter.hasLeaked };
}

const harmony = (channel: string, text: string) => `<|channel|>${channel}<|message|>${text}`;
const finalHarmony = `<|start|>assistant${harmony('final', 'code')}`;

const blocks: readonly [string, string][] = [
  ['<think>a</think>\n\ncode', 'code'],
  ['\n <think>a\nb</think> code', 'code'],
  ['<think></think>code', 'code'],
  ['<think>a</think>\n\n    indented', '    indented'],
  ['<think>a</think>\r\n\tindented', '\tindented'],
  ['<think>a <think> b</think>code', 'code'],
  ['<think>The tag `</think>` ends it.</think>\ncode', 'code'],
  ['<think>I say "yes"</think>code', 'code'],
  ['<think>a</think>```ts\ncode\n```', '```ts\ncode\n```'],
  ['<think>a\n```\nno\n```</think>\n```\nnew\n```', '```\nnew\n```'],
  ['<think>never closed', ''],
  ['<think>a</think>', ''],
  ['<think>a</think>\n \n', ''],
  ['<think>a</thin', ''],
  ['<thinking>a</thinking>code', 'code'],
  ['<Thinking>\na\n</Thinking>\ncode', 'code'],
  ['<thought>a</thought>\ncode', 'code'],
  ['<reasoning>a</reasoning>code', 'code'],
  ['<seed:think>a</seed:think>code', 'code'],
  ['[THINK]a[/THINK]code', 'code'],
  ['◁think▷a◁/think▷code', 'code'],
  ['<|begin_of_thought|>a<|end_of_thought|>\n<|begin_of_solution|>code<|end_of_solution|>', 'code'],
  ['<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>code<|END_RESPONSE|>', 'code'],
  ['<unused94>thought\na<unused95>code', 'code'],
  ['<|channel>thought\na<channel|>code', 'code'],
  ['<think>a</think>\n\n<think>b</think>\n\ncode', 'code'],
  ['<think>a</think>one\n<think>b</think>two', 'one\ntwo'],
  ['<think>a</think>one <think>b</think>two', 'one two'],
  ['Sure.\n<think>b</think>\ncode', 'Sure.\ncode'],
  [`${harmony('analysis', 'a')}<|end|>${finalHarmony}<|return|>`, 'code'],
  [`${harmony('analysis', 'a')}${harmony('commentary', 'b')}<|end|>${finalHarmony}`, 'code'],
  [`<|start|>assistant${harmony('analysis', 'a')}<|end|>${finalHarmony}<|end|>`, 'code'],
  [`${harmony('final', 'code')}<|return|>`, 'code'],
  [`${harmony('analysis', 'a')}<|end|>`, ''],
  [`${harmony('commentary to=functions.x <|constrain|>json', '{}')}<|call|>`, ''],
  ['code<|im_end|>', 'code'],
  ['code\n<|im_end|>\n', 'code\n'],
  ['<|begin_of_box|>code<|end_of_box|>', 'code'],
  ['<think>Hm.</think>\n<|begin_of_box|>code<|end_of_box|>', 'code'],
  ['<｜Assistant｜>code', 'code'],
  ['code<|fim_pad|>', 'code'],
  ['code<|file_sep|>', 'code'],
  ['code<|role_end|>', 'code'],
  ['code<|eot_id|><|endoftext|>', 'code'],
  ['code</s>', 'code'],
  ['code<end_of_turn>\n', 'code'],
  ['code<｜end▁of▁sentence｜>', 'code'],
  ['<|im_start|>assistant\ncode<|im_end|>', 'code'],
  ['code<|im_end|>\n<|im_start|>user\nthanks<|im_end|>', 'code'],
  ['code<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nthanks', 'code'],
  ['<think>a</think>\n<answer>\ncode\n</answer>', 'code\n'],
  ['<think>a</think>\n\n<answer>code</answer>\n', 'code'],
];

const kept: readonly string[] = [
  '// strip everything before </think>\nfoo();',
  '# drop text until </think> appears\nx = 1',
  'analysisTool.run("assistantfinal")',
  'analysis("a", assistantfinal)',
  '<answer>42</answer>',
  'let x = 1; // <think>a</think>',
  "const CLOSE_TAG = '</think>';",
  'if (text.includes("</think>")) return;',
  'The tag `</think>` ends the reasoning.',
  'text.split(/<\\/think>/)',
  '```xml\n<think>\na\n</think>\n```',
  'Use this:\n```\n<think>a</think>\n```',
  'prompt = f"<|im_start|>user\\n{text}<|im_end|>\\n"',
  '<|im_start|>user\n{{ text }}<|im_end|>\n<|im_start|>assistant',
  'stop = ["<|im_end|>", "<|eot_id|>"]',
  "const start = '<|channel|>';",
  '<s>old</s>',
  'a < b && c <d',
  '[TODO]',
  '<reason>late</reason> is a tag'.replace('<reason>', 'The <reason>'),
  '<th',
  '  code',
  '  <b',
  '',
  ' \n',
];

function stripReasoning(text: string): string {
  const filter = new ReasoningFilter();
  filter.push(text);
  filter.end();
  return filter.text;
}

describe('the reasoning filter', () => {
  const cases = [...blocks, ...kept.map((text): [string, string] => [text, text])];
  for (const [text, expected] of cases) {
    it(`turns ${JSON.stringify(text)} into ${JSON.stringify(expected)}, in any chunks [S25]`, () => {
      assert.equal(stripReasoning(text), expected);
      const whole = { shown: expected, text: expected, hasLeaked: false };
      for (let first = 0; first <= text.length; first += 1)
        assert.deepEqual(streamed([text.slice(0, first), text.slice(first)]), whole);
      assert.deepEqual(streamed(text.split('')), whole);
    });
  }

  const lone: readonly [string, string][] = [
    ['I should rename it.\n</think>\n\ncode', 'code'],
    ['I should rename it.</think>code', 'code'],
    ['Hm.\n```ts\ndraft\n</think>\n```ts\ncode\n```', '```ts\ncode\n```'],
    ['Hm.</think>again</think>code', 'code'],
    ['Hm.\n</thinking>\ncode', 'code'],
    ['Hm.[/THINK]code', 'code'],
    ['Hm.◁/think▷code', 'code'],
    ['He said "yes"</think>code', 'code'],
    ['Hm.\n</think>\n\n<think>more</think>\ncode', 'code'],
    [`Hm.<|end|>${finalHarmony}`, 'code'],
    [`Hm.${harmony('final', 'code')}<|return|>`, 'code'],
    ['analysisWe rename it.assistantfinalcode', 'code'],
    ['analysis\n\nWe rename it.\n\nassistantfinal\n\ncode', 'code'],
    ['Hm.</think>', ''],
  ];
  for (const [text, expected] of lone) {
    it(`drops everything before the end of unmarked reasoning in ${JSON.stringify(text)}`, () => {
      assert.equal(stripReasoning(text), expected);
      const inChunks = streamed(text.split(''));
      assert.deepEqual([inChunks.text, inChunks.hasLeaked], [expected, true]);
    });
  }

  it('does not report a lone closing tag before any text', () => {
    assert.deepEqual(streamed(['\n', '</think>', '\n\ncode']), { shown: 'code', text: 'code', hasLeaked: false });
  });

  it('withholds a streamed block and passes on the rest immediately', () => {
    const filter = new ReasoningFilter();
    const shown = ['<th', 'ink>a</thi', 'nk>\n\nco', 'de', ' a <', ' b'].map((chunk) => filter.push(chunk));
    assert.deepEqual(shown, ['', '', 'co', 'de', ' a ', '< b']);
  });

  it('gives the same answer for any chunks (property)', () => {
    const pieces = fc.constantFrom(
      '<think>',
      '</think>',
      'a',
      '\n',
      ' ',
      '"',
      '`',
      '<|im_end|>',
      '<|channel|>',
      '```\n',
    );
    const more = fc.constantFrom(
      'final',
      '<|message|>',
      '<|start|>assistant',
      '<|end|>',
      '[THINK]',
      '[/THINK]',
      '<|im_start|>',
      'user',
      '<answer>',
      '</answer>',
      '<',
      '◁',
    );
    const input = fc.tuple(fc.array(fc.oneof(pieces, more), { maxLength: 12 }), fc.array(fc.nat({ max: 80 })));
    checkProperty(
      fc.property(input, ([parts, cuts]) => {
        const text = parts.join('');
        const places = [0, ...cuts.filter((cut) => cut < text.length).sort((left, right) => left - right), text.length];
        const chunks = places.slice(1).map((end, index) => text.slice(places[index], end));
        assert.deepEqual(streamed(chunks), streamed([text]));
        assert.deepEqual(streamed(text.split('')), streamed([text]));
      }),
      { seed: 14, numRuns: 2000 },
    );
  });

  // In a fence, after text and at the start; each repeated, whole and in small chunks.
  const repeated = [
    '<think>x</think>\n',
    'a\n<think>x</think>\n',
    '\n<think>',
    '</think>',
    '\n</thinking>x',
    '`</think>`',
    '<|channel|>',
    '<|start|>a<|message|>b<|end|>',
    '<|end|>x',
    '<|im_end|>',
    '<|im_end|>\n',
    '<|im_end|>          ',
    '<',
    ' \n',
  ];
  for (const text of repeated) {
    it(`handles a long text of ${JSON.stringify(text)} in linear time, in chunks too [E22, S38]`, async () => {
      for (const before of ['', 'x\n', '```\n']) {
        for (const chunkLength of [7, 1_000_000]) {
          await assertLinear(
            (size) => {
              const chunks = (before + repeatTo(text, size)).match(new RegExp(`[^]{1,${chunkLength}}`, 'g')) ?? [];
              const filter = new ReasoningFilter();
              for (const chunk of chunks) filter.push(chunk);
              filter.end();
            },
            25_000,
            `after ${JSON.stringify(before)} in chunks of ${chunkLength}`,
          );
        }
      }
    });
  }

  it('handles 200,000 chunks of one character without rereading them [S38]', () => {
    for (const character of [' ', '<', 'a']) {
      for (const start of ['', '<think>', '<think></think>']) {
        const filter = new ReasoningFilter();
        filter.push(start);
        for (let index = 0; index < 200_000; index += 1) filter.push(character);
        filter.end();
      }
    }
  });
});
