import * as assert from 'node:assert/strict';
import { expandTemplate, findVariables } from '../../../src/core/promptVariables';

describe('promptVariables', () => {
  it('finds every variable with its place', () => {
    assert.deepEqual(findVariables('${selection}\n\n a ${input:question:What is it?}${file}\r\n${input:x}'), [
      { name: 'selection', offset: 0, line: 1, column: 1 },
      { name: 'input', argument: 'question', placeholder: 'What is it?', offset: 17, line: 3, column: 4 },
      { name: 'file', offset: 46, line: 3, column: 33 },
      { name: 'input', argument: 'x', offset: 55, line: 4, column: 1 },
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
    it(`takes ${JSON.stringify(text)} as plain text`, () => {
      assert.deepEqual(expandTemplate(text, new Map([['selection', 'S']])), { text, missing: [] });
    });
  }

  it('puts values in, inputs under their own names', () => {
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
    it(`need 35, R29, U13: inserts ${JSON.stringify(value)} once, as it is`, () => {
      const values = new Map([
        ['selection', value],
        ['file', 'F'],
      ]);
      assert.equal(expandTemplate('a ${selection} b ${file}', values).text, `a ${value} b F`);
    });
  }

  it('need 35: reports all variables without a value at once, with their lines', () => {
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

  it('knows no value but those it was given', () => {
    assert.equal(expandTemplate('${constructor}${toString}', new Map()).missing.length, 2);
  });

  for (const text of ['${', '${a:', '${a:b:', '${input:a:b} ', '\n']) {
    it(`E22: reads many of ${JSON.stringify(text)} in no time`, () => {
      const start = performance.now();
      expandTemplate(text.repeat(200_000), new Map());
      assert.ok(performance.now() - start < 1_000);
    });
  }
});
