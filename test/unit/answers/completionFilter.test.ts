import * as assert from 'node:assert/strict';
import { CompletionFilter, type CompletionPlace } from '../../../src/answers/completionFilter';
import { assertLinear } from '../../support/growth';

function complete(place: Partial<CompletionPlace> & { readonly line: string }, answer: string): string {
  const results = [answer.split(''), [answer], [answer.slice(0, 5), answer.slice(5)]].map((chunks) => {
    const filter = new CompletionFilter({ languageId: 'typescript', isAfterLineBreak: false, ...place });
    return chunks.map((chunk) => filter.push(chunk)).join('') + filter.end();
  });
  assert.equal(new Set(results).size, 1, `depends on the chunks: ${JSON.stringify(results)}`);
  return results[0] ?? '';
}

describe('a completion', () => {
  const onNewLine: readonly [string, string, string, string?][] = [
    ['// TODO: make a slug from a title', 'export function slug() {}', 'export function slug() {}'],
    ['  // make it  ', 'return 1;', '  return 1;'],
    ['// make it', ' return 1;', 'return 1;'],
    ['const url = "http://a.b"; // fetch it', 'fetch(url);', 'fetch(url);'],
    ['    # add both', 'return a + b', '    return a + b', 'python'],
    ['x = 1  # one', 'y = 2', 'y = 2', 'python'],
    ['-- all users', 'SELECT 1', 'SELECT 1', 'sql'],
    ['; setup', '(defun f ())', '(defun f ())', 'lisp'],
    ["' adds", 'Sub A()', 'Sub A()', 'vb'],
    ['REM copy', 'copy a b', 'copy a b', 'bat'],
    ['/** Makes a slug. */', 'function slug() {}', 'function slug() {}'],
    ['<!-- a list -->', '<ul></ul>', '<ul></ul>', 'html'],
    ['const first = 1;', 'const second = 2;', 'const second = 2;'],
    ['import "a"', 'import "b"', 'import "b"'],
    ['"""Doc."""', 'x = 1', 'x = 1', 'python'],
    ['}', 'export const a = 1;', 'export const a = 1;'],
    ['- buy milk', '- buy bread', '- buy bread', 'markdown'],
    ['  1. one', '2. two', '  2. two', 'markdown'],
    ['Text', '## Title', '## Title', 'markdown'],
    ['Text', '```ts\na\n```', '```ts\na\n```', 'markdown'],
    ['- a: 1', '- a: 2', '- a: 2', 'yaml'],
  ];
  for (const [line, answer, expected, languageId = 'typescript'] of onNewLine) {
    it(`starts a new line behind ${JSON.stringify(line)} in ${languageId}`, () => {
      assert.equal(complete({ line, languageId }, answer), `\n${expected}`);
    });
  }

  const onSameLine: readonly [string, string, string?][] = [
    ['', 'const a = 1;'],
    ['  ', 'const a = 1;'],
    ['const title = slug', 'ify(name);'],
    ['const a = "Hel', 'lo";'],
    ["const a = 'Hel", "lo';"],
    ['const url = "http://', 'a.b";'],
    ['fetch(https://', 'a.b'],
    ['for (let i = 0;', ' i < n; i++) {'],
    ['if (a) {}', 'else {}'],
    ['f("a"', ', "b")'],
    ['const a = "a"', '.length;'],
    ['//', ' Adds two numbers.'],
    ['echo $#', ' done', 'shellscript'],
    ["fn f<'a>(x: &'a str)", ' -> u8 {}', 'rust'],
    ['- buy milk', ' and bread', 'markdown'],
    ['The answer is', ' 42.', 'markdown'],
    ['// a comment', '\nconst a = 1;'],
    ['// a comment', '  \n  const a = 1;'],
    ['Hel', 'l', 'markdown'],
    ['// a comment', ''],
    ['// a comment', ' \t '],
  ];
  for (const [line, answer, languageId = 'typescript'] of onSameLine) {
    it(`is unchanged behind ${JSON.stringify(line)} in ${languageId}: ${JSON.stringify(answer)}`, () => {
      assert.equal(complete({ line, languageId }, answer), answer);
    });
  }

  it('starts a new line behind any line whose line break was part of the text', () => {
    assert.equal(complete({ line: 'const a = b +', isAfterLineBreak: true }, 'c;'), '\nc;');
    assert.equal(complete({ line: 'Once.', isAfterLineBreak: true, languageId: 'markdown' }, 'Then'), '\nThen');
    assert.equal(complete({ line: 'Once.', isAfterLineBreak: true, languageId: 'markdown' }, '\nThen'), '\n\nThen');
  });

  const indented: readonly [string, string, string][] = [
    [
      'of no indentation at all',
      'let a;\nfor (;;) {\n  f();\n}\n\nend();\n',
      '    let a;\n    for (;;) {\n      f();\n    }\n\n    end();\n',
    ],
    ['of an unindented block', 'if (a) {\n    f();\n}', '    if (a) {\n        f();\n    }'],
    ['whose other lines are in place', 'let a;\n    let b;\n    let c;', '    let a;\n    let b;\n    let c;'],
    ['whose block is in place', 'if (a) {\n        f();\n    }', '    if (a) {\n        f();\n    }'],
    ['that is in place', '    let a;\n    let b;', '    let a;\n    let b;'],
    ['of one line', 'let a;', '    let a;'],
  ];
  for (const [name, answer, expected] of indented) {
    it(`is indented like the comment before it: an answer ${name}`, () => {
      assert.equal(complete({ line: '    // do it' }, answer), `\n${expected}`);
    });
  }

  for (const head of ['', 'a\n']) {
    it(`reads a stream of blanks after ${JSON.stringify(head)} in linear time`, async () => {
      await assertLinear((count) => {
        const filter = new CompletionFilter({ line: '    foo', languageId: 'python', isAfterLineBreak: true });
        filter.push(head);
        for (let index = 0; index < count; index += 1) filter.push(' ');
        return filter.end();
      }, 10_000);
    });
  }
});
