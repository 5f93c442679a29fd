import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  escapeForeignVariables,
  findVariableProblems,
  PROMPT_VARIABLE_NAMES,
  parsePickOptions,
  unescapeForeignVariables,
} from '../../../../src/prompts/common/variables';
import { expandTemplate, fillInputs, findVariables } from '../../../../src/text/template';
import { assertLinear } from '../../../support/growth';
import { checkProperty } from '../../../support/properties';

const COUNT = PROMPT_VARIABLE_NAMES.length;

describe('prompt variables', () => {
  it('are found with their positions', () => {
    assert.deepEqual(findVariables('${selection}\n\n a ${input:question:What is it?}${file}\r\n${input:x}'), [
      { name: 'selection', offset: 0, length: 12, line: 1, column: 1 },
      { name: 'input', argument: 'question', placeholder: 'What is it?', offset: 17, length: 29, line: 3, column: 4 },
      { name: 'file', offset: 46, length: 7, line: 3, column: 33 },
      { name: 'input', argument: 'x', offset: 55, length: 10, line: 4, column: 1 },
    ]);
  });

  const literal = [
    '$selection',
    '{selection}',
    '${}',
    '${1:x}',
    '${a b}',
    '${a.b}',
    '${selection',
    '$ {selection}',
    '${input:a\n}',
    '${input:{}}',
  ];
  for (const text of literal) {
    it(`treat ${JSON.stringify(text)} as plain text`, () => {
      assert.deepEqual(expandTemplate(text, new Map([['selection', 'S']])), { text, missing: [] });
    });
  }

  it('are replaced by their values, inputs by name', () => {
    const values = new Map([
      ['selection', 'S'],
      ['input:question', 'Q'],
      ['file', ''],
    ]);
    const { text, missing } = expandTemplate('${file}[${selection}] ${input:question:Why?} ${selection}', values);
    assert.equal(text, '[S] Q S');
    assert.deepEqual(missing, []);
  });

  const hostile = [
    '${selection}',
    '$&',
    '$1',
    "$'",
    '$`',
    '$$',
    '${file}',
    '{{selection}}',
    '</system>',
    '<|im_start|>system',
    '\\n',
    '\u{0}',
  ];
  for (const value of hostile) {
    it(`insert ${JSON.stringify(value)} once and unchanged [R29, U13]`, () => {
      const values = new Map([
        ['selection', value],
        ['file', 'F'],
      ]);
      assert.equal(expandTemplate('a ${selection} b ${file}', values).text, `a ${value} b F`);
    });
  }

  it('without a value are reported together with their lines', () => {
    const { text, missing } = expandTemplate(
      '${nope}\n${selection} ${input:q:Why?}\n${selection:x} ${input}',
      new Map([['selection', 'S']]),
    );
    assert.equal(text, '${nope}\nS ${input:q:Why?}\n${selection:x} ${input}');
    assert.deepEqual(
      missing.map(({ name, argument, line, column }) => [name, argument, line, column]),
      [
        ['nope', undefined, 1, 1],
        ['input', 'q', 2, 14],
        ['selection', 'x', 3, 1],
        ['input', undefined, 3, 16],
      ],
    );
  });

  it('do not resolve to inherited object members', () => {
    assert.equal(expandTemplate('${constructor}${toString}', new Map()).missing.length, 2);
  });

  const defaults: readonly [string, string, string][] = [
    ['without a value', '${symbol:=none}', 'none'],
    ['with an empty value', '${clipboard:=nothing}', 'nothing'],
    ['with a value', '${selection:=x}', 'S'],
    ['that is empty', '[${symbol:=}]', '[]'],
    ['of an input', '${input:tone:How?:=kind}', 'kind'],
    ['of an input without a question', '${input:tone:=kind}', 'kind'],
    ['of a pick', '${pick:size:small|large:=large}', 'large'],
    ['that looks like a variable', '${symbol:=$selection}', '$selection'],
  ];
  for (const [name, template, expected] of defaults) {
    it(`use the default ${name}`, () => {
      const values = new Map([
        ['selection', 'S'],
        ['clipboard', ''],
      ]);
      assert.deepEqual(expandTemplate(template, values), { text: expected, missing: [] });
    });
  }

  it('parse argument, placeholder and default', () => {
    const read = (template: string) =>
      findVariables(template).map(({ argument, placeholder, fallback }) => [argument, placeholder, fallback]);
    assert.deepEqual(read('${input:q:What: now?:=a:b}'), [['q', 'What: now?', 'a:b']]);
    assert.deepEqual(read('${pick:size:small|large}'), [['size', 'small|large', undefined]]);
    assert.deepEqual(read('${symbol:=this code}'), [[undefined, undefined, 'this code']]);
  });

  it('offer each option of a pick once', () => {
    const [variable] = findVariables('${pick:size: small | large||small }');
    assert.deepEqual(variable && parsePickOptions(variable), ['small', 'large']);
  });

  const plain: readonly [string, string][] = [
    ['\\${selection}', '${selection}'],
    ['\\${HOME} ${selection}', '${HOME} S'],
    ['\\\\${selection}', '\\${selection}'],
    ['\\$selection', '\\$selection'],
  ];
  for (const [template, expected] of plain) {
    it(`treat ${JSON.stringify(template)} as escaped text`, () => {
      assert.deepEqual(expandTemplate(template, new Map([['selection', 'S']])), { text: expected, missing: [] });
    });
  }

  it('include all documented names and no others', () => {
    for (const name of PROMPT_VARIABLE_NAMES) {
      const argument = { input: ':name', pick: ':name:a|b' }[name as string] ?? '';
      assert.deepEqual(findVariableProblems(`\${${name}${argument}}`), [], name);
    }
    for (const name of ['constructor', 'Selection', 'include', 'HOME']) {
      assert.deepEqual(
        findVariableProblems(`\${${name}}`).map(({ code }) => code),
        ['unknownVariable'],
      );
    }
  });

  for (const [written, shared] of [
    ['${name}', '\\${name}'],
    ['`${a}${b}`', '`\\${a}\\${b}`'],
    ['\\${name}', '\\\\${name}'],
    ['$${name}', '$\\${name}'],
    ['${input:-x} ${input} ${file:-x} ${pick:a}', '\\${input:-x} \\${input} \\${file:-x} \\${pick:a}'],
    ['${file:src/cart.ts} ${symbol:x}', '${file:src/cart.ts} \\${symbol:x}'],
    ['${selection} \\${selection} ${input:x:Y} ${symbol:=z}', '${selection} \\${selection} ${input:x:Y} ${symbol:=z}'],
    ['${{ x }} ${a.b} ${1} ${', '${{ x }} ${a.b} ${1} ${'],
  ] as const) {
    it(`escape only foreign variables in ${JSON.stringify(written)}`, () => {
      assert.equal(escapeForeignVariables({ user: written }).user, shared);
      assert.equal(unescapeForeignVariables({ user: shared }).user, written);
    });
  }

  it('are sent as written or as a value in any shared text (property)', () => {
    const piece = fc.oneof(
      fc.constantFrom('\\', '$', '{', '}', '${', '${x}', '${x:=y}', '${input:-y}', '${input', '`', ':', '\n', 'a'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    checkProperty(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join('');
        const escaped = escapeForeignVariables({ user: text }).user;
        assert.equal(unescapeForeignVariables({ user: escaped }).user, text);
        fc.pre(findVariables(escaped).length === 0);
        assert.equal(expandTemplate(escaped, new Map()).text, text);
      }),
      { seed: 31, numRuns: 3_000 },
    );
  });

  const templateParts = fc.array(
    fc.oneof(
      fc.constantFrom(...PROMPT_VARIABLE_NAMES).map((name) => ({ name, text: `\${${name}}` })),
      fc.constantFrom('text', '$', '{', '}', '\n', ' ').map((text) => ({ name: undefined, text })),
    ),
    { maxLength: 12 },
  );
  const anyValue = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom(...PROMPT_VARIABLE_NAMES).map((name) => `a \${${name}} \\\${${name}:=x} $& $1`),
  );

  it('insert any value without expanding or changing it (property) [R29, U13]', () => {
    checkProperty(
      fc.property(templateParts, fc.array(anyValue, { minLength: COUNT, maxLength: COUNT }), (parts, list) => {
        const values = new Map(PROMPT_VARIABLE_NAMES.map((name, index) => [name as string, list[index] ?? '']));
        // The separator prevents adjacent parts from forming a variable.
        const template = parts.map(({ text }) => text).join('|');
        const expected = parts.map(({ name, text }) => (name === undefined ? text : values.get(name))).join('|');
        assert.equal(expandTemplate(template, values).text, expected);
      }),
      { seed: 29, numRuns: 3_000 },
    );
  });

  it('keep typed input unchanged in a saved prompt (property) [R29]', () => {
    checkProperty(
      fc.property(anyValue, (typed) => {
        const saved = fillInputs('a ${input:what:Say it} b ${selection} ${pick:p:x|y}', new Map([['what', typed]]));
        const text = expandTemplate(
          saved,
          new Map([
            ['selection', 'S'],
            ['pick:p', 'x'],
          ]),
        ).text;
        assert.equal(text, `a ${typed} b S x`);
      }),
      { seed: 30, numRuns: 3_000 },
    );
  });

  for (const text of ['${', '${a:', '${a:b:', '${input:a:b} ', '\\${x}', '\\', '\n']) {
    it(`are found in time in proportion to the repetitions of ${JSON.stringify(text)} [E22]`, async () => {
      await assertLinear((times) => {
        expandTemplate(text.repeat(times), new Map());
        escapeForeignVariables({ user: text.repeat(times) });
      }, 40_000);
    });
  }
});
