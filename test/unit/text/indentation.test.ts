import * as assert from 'node:assert/strict';
import { type IndentStyle, matchIndentation, matchTrailingNewline, toLineFeeds } from '../../../src/text/indentation';

const spaces: IndentStyle = { insertSpaces: true, tabSize: 4 };
const tabs: IndentStyle = { insertSpaces: false, tabSize: 4 };

interface Case {
  readonly name: string;
  readonly answer: string;
  readonly text: string;
  readonly linePrefix?: string;
  readonly style?: IndentStyle;
  readonly expected: string;
}

const method = 'def f(self):\n        return 1';

describe('indentation', () => {
  const cases: readonly Case[] = [
    {
      name: 'a method selected from the start of its line',
      answer: 'def f(self):\n    return 2\n\n',
      text: `    ${method}`,
      expected: '    def f(self):\n        return 2\n\n',
    },
    {
      name: 'a method selected from after its indentation',
      answer: 'def f(self):\n    return 2',
      text: method,
      linePrefix: '    ',
      expected: 'def f(self):\n        return 2',
    },
    {
      name: 'a method selected from the middle of its indentation',
      answer: 'def f(self):\n    return 2',
      text: `  ${method}`,
      linePrefix: '  ',
      expected: '  def f(self):\n        return 2',
    },
    {
      name: 'an answer in the shape the selection was sent in, without the first indentation',
      answer: 'def f(self):\n        return 2',
      text: method,
      linePrefix: '    ',
      expected: 'def f(self):\n        return 2',
    },
    {
      name: 'an answer whose first indentation was trimmed',
      answer: 'if (x) {\n        z();\n    }',
      text: '    if (x) {\n        y();\n    }',
      expected: '    if (x) {\n        z();\n    }',
    },
    {
      name: 'an answer that is indented already',
      answer: '    if (x) {\n        z();\n    }',
      text: '    if (x) {\n        y();\n    }',
      expected: '    if (x) {\n        z();\n    }',
    },
    {
      name: 'an answer indented too far',
      answer: '        a\n            b',
      text: '  a',
      expected: '  a\n      b',
    },
    {
      name: 'a selection that ends less indented than it begins',
      answer: '    b\n}',
      text: '        a\n    }',
      expected: '        b\n    }',
    },
    {
      name: 'several lines that replace one',
      answer: 'a(\n    b,\n)',
      text: 'a(b)',
      linePrefix: '        ',
      expected: 'a(\n            b,\n        )',
    },
    {
      name: 'an expression in the middle of a line',
      answer: '{\n  a: 1,\n}',
      text: '{ a: 2 }',
      linePrefix: '  const x = ',
      expected: '{\n    a: 1,\n  }',
    },
    {
      name: 'an answer with blank lines, which stay unchanged',
      answer: 'a\n\n  \nb',
      text: '  x',
      expected: '  a\n\n  \n  b',
    },
    { name: 'nothing in a blank answer', answer: ' \n', text: '    x', expected: ' \n' },
    {
      name: 'an empty selection after an indentation',
      answer: 'a\nb',
      text: '',
      linePrefix: '    ',
      expected: 'a\n    b',
    },
    { name: 'a selection of blank lines', answer: 'a\nb', text: '\n\n', linePrefix: '  ', expected: 'a\n  b' },
    {
      name: 'spaces in a file with tabs',
      answer: 'func f() {\n    if x {\n        y()\n    }\n}',
      text: '\tfunc f() {\n\t\tz()\n\t}',
      style: tabs,
      expected: '\tfunc f() {\n\t\tif x {\n\t\t\ty()\n\t\t}\n\t}',
    },
    {
      name: 'two spaces a level in a file with tabs',
      answer: 'a {\n  b {\n    c\n  }\n}',
      text: 'x',
      linePrefix: '\t',
      style: tabs,
      expected: 'a {\n\t\tb {\n\t\t\tc\n\t\t}\n\t}',
    },
    {
      name: 'comments aligned by one space in a file with tabs',
      answer: '/**\n * a\n */\nf() {\n    b\n}',
      text: '\tx',
      style: tabs,
      expected: '\t/**\n\t * a\n\t */\n\tf() {\n\t\tb\n\t}',
    },
    {
      name: 'tabs in a file with spaces',
      answer: 'a {\n\tb\n}',
      text: '  x',
      style: { insertSpaces: true, tabSize: 2 },
      expected: '  a {\n    b\n  }',
    },
    {
      name: 'tabs in a file with tabs',
      answer: 'a {\n\tb\n}',
      text: '\t\tx',
      style: tabs,
      expected: '\t\ta {\n\t\t\tb\n\t\t}',
    },
    {
      name: 'a CRLF selection',
      answer: 'a:\n    b',
      text: '    x:\r\n        y\r\n',
      expected: '    a:\n        b',
    },
    {
      name: 'characters with a meaning in a snippet',
      answer: '${1:x}\n  $HOME \\n }',
      text: '  x',
      expected: '  ${1:x}\n    $HOME \\n }',
    },
  ];
  for (const { name, answer, text, linePrefix = '', style = spaces, expected } of cases) {
    it(`indents ${name} [U06]`, () => assert.equal(matchIndentation(answer, { text, linePrefix }, style), expected));
  }

  const ends: readonly [string, string, string][] = [
    ['a', 'x\n', 'a\n'],
    ['a\n', 'x\n', 'a\n'],
    ['a\n\n\n', 'x\n', 'a\n'],
    ['a\n', 'x', 'a'],
    ['a\r\n', 'x', 'a'],
    ['a', 'x\r\n\r\n', 'a\n\n'],
    ['a\n', '', 'a\n'],
    ['\n', 'x', ''],
    ['a\n  ', 'x\n', 'a\n  \n'],
  ];
  for (const [answer, selection, expected] of ends) {
    it(`ends ${JSON.stringify(answer)} for ${JSON.stringify(selection)} as ${JSON.stringify(expected)}`, () => {
      assert.equal(matchTrailingNewline(answer, selection), expected);
    });
  }

  it('converts every line end to a line feed and keeps other separators [U05]', () => {
    assert.equal(toLineFeeds('a\r\nb\rc\nd\r\r\ne\u{2028}f\u{85}'), 'a\nb\nc\nd\n\ne\u{2028}f\u{85}');
  });

  it('handles megabytes of line ends and white space quickly [E22]', () => {
    const start = performance.now();
    for (const text of ['\n', ' ', '\t\n', '\r', ' a\n']) {
      const long = text.repeat(500_000);
      matchIndentation(long, { text: long, linePrefix: ' ' }, tabs);
      matchTrailingNewline(long, `${long}x`);
    }
    assert.ok(performance.now() - start < 5_000);
  });
});
