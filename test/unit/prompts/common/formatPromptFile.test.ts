import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { DESTINATION_KINDS } from '../../../../src/core/destinationKind';
import { formatPromptFile, type PromptDefinition, parsePromptFile } from '../../../../src/prompts/common/promptFile';
import { promptFileName } from '../../../../src/prompts/common/promptLibrary';
import { findVariableProblems } from '../../../../src/prompts/common/variables';
import { toSingleLine } from '../../../../src/sanitize/redactor';
import { checkProperty } from '../../../support/properties';

const line = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.constantFrom('yes', 'null', '- a', 'a: b', '#x', '"', '${file}'),
  )
  .map((text) => toSingleLine(text).trim())
  .filter((text) => text !== '' && findVariableProblems(text).length === 0);
const block = fc
  .array(fc.oneof(line, fc.constantFrom('', '  indented', '---', '\ttab')), { minLength: 1, maxLength: 6 })
  .map((lines) => lines.join('\n').trim())
  .filter((text) => text !== '');
const prompts: fc.Arbitrary<PromptDefinition> = fc.record(
  {
    id: fc.constant('x'),
    name: line,
    description: fc.oneof(fc.constant(''), line),
    destination: fc.constantFrom(...DESTINATION_KINDS),
    parameters: fc.record(
      { temperature: fc.constantFrom(0, 0.5), stop: fc.constant(['a\n']) },
      { requiredKeys: [], noNullPrototype: true },
    ),
    body: fc
      .tuple(fc.integer(), line, fc.constantFrom(null, false))
      .map(([top_k, note, off]) => ({ top_k, template: { note, off } })),
    user: block,
    system: block,
    model: fc.constant('p/m: n'),
    languages: fc.array(line, { maxLength: 2 }),
    languageNotes: fc.dictionary(line, block, { maxKeys: 2, noNullPrototype: true }),
    menu: fc.boolean(),
    lightbulb: fc.boolean(),
    documentLanguage: fc.constantFrom('same', 'sql', 'objective-c'),
  },
  {
    requiredKeys: ['id', 'name', 'description', 'destination', 'parameters', 'user'],
    noNullPrototype: true,
  },
);

describe('formatPromptFile', () => {
  it('writes readable YAML', () => {
    const prompt: PromptDefinition = {
      id: 'x',
      name: 'Write Tests',
      description: '',
      destination: 'document',
      parameters: { temperature: 0 },
      system: 'You write tests.\n\nOnly code.',
      user: '${selection}',
    };
    assert.equal(
      formatPromptFile(prompt, ['a comment']),
      [
        '---',
        'name: Write Tests',
        'destination: document',
        'parameters:',
        '  temperature: 0',
        'system: |-',
        '  You write tests.',
        '',
        '  Only code.',
        '# a comment',
        '---',
        '${selection}',
        '',
      ].join('\n'),
    );
  });

  it('round-trips through the parser (property)', () => {
    checkProperty(
      fc.property(prompts, (prompt) => {
        const { prompt: found, problems } = parsePromptFile('x', formatPromptFile(prompt, ['a ${nope}: [']), {
          isOwn: true,
        });
        assert.deepEqual(
          problems.filter(({ severity }) => severity === 'error'),
          [],
        );
        const { lines: _lines, ...read } = found ?? ({} as PromptDefinition);
        assert.deepEqual(read, prompt);
      }),
      { seed: 6, numRuns: 2_000 },
    );
  });

  const names: readonly [string, string][] = [
    ['Write Tests', 'write-tests'],
    ['../../.ssh/id_rsa', 'ssh-id-rsa'],
    ['Übersetzen: 日本語', 'übersetzen-日本語'],
    ['***', 'prompt'],
    ['', 'prompt'],
    ['x'.repeat(300), 'x'.repeat(60)],
  ];
  for (const [name, expected] of names) {
    it(`names the file for ${JSON.stringify(name).slice(0, 30)} ${expected.slice(0, 20)} [R28]`, () => {
      assert.equal(promptFileName(name), expected);
    });
  }
});
