import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type IndentStyle, matchIndentation, matchTrailingNewline, toLineFeeds } from '../../../src/text/indentation';
import { assertLinear } from '../../support/growth';
import { checkProperty } from '../../support/properties';

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

  const heredoc = '    cat <<EOF\nname: x\n  deep\nEOF\n    done';
  const docString = '    def f(self):\n        s = """\none\n  two\n"""\n        return s';
  const guarded = '    a();\n#ifdef X\n    b();\n#endif';
  const goYaml = '\tconst y = `\na:\n  b: 1\n    c: 2\n`\n\tuse(y)';
  const aligned = '\tcall(a,\n\t     b,\n\t         c)';
  const fitting: readonly (readonly [string, string, string, IndentStyle, string?])[] = [
    ['a heredoc', heredoc, heredoc.replace('done', 'fine'), spaces],
    ['a heredoc with another text', heredoc, heredoc.replace('name: x', 'name: y\n more: z'), spaces],
    ['a Python method with a string at column 0', docString, docString.replace('return s', 'return s + s'), spaces],
    ['a Python method with a new string at column 0', docString, docString.replace('one', 'three\nfour'), spaces],
    ['code between #ifdef', guarded, guarded.replace('b()', 'c()'), spaces, 'cpp'],
    ['code that gets an #ifdef', '    a();', '#ifdef X\n    a();\n#endif', spaces, 'c'],
    ['YAML in a Go string', goYaml, goYaml.replace('b: 1', 'b: 2'), tabs],
    ['YAML in a Go string at the top level', goYaml.replaceAll('\t', ''), 'const y = `\na:\n  b: 2\n`\nuse(y)', tabs],
    ['tabs followed by spaces that align', aligned, aligned.replace('c)', 'd)'), tabs],
    ['tabs followed by spaces, in an editor with spaces', aligned, aligned.replace('c)', 'd)'), spaces],
    ['tabs in an editor with spaces', '\ta {\n\t\tb\n\t}', '\ta {\n\t\tc\n\t}', spaces],
    ['spaces in an editor with tabs', '  a {\n    b\n  }', '  a {\n    c\n  }', tabs],
    ['code at column 0', 'a {\n  b\n}', 'a {\n   c\n }', spaces],
    ['a label at column 0', '    a();\nout:\n    b();', '    c();\nout:\n    b();', spaces],
    ['code whose end is less indented', '        a\n    }\n}', '        b\n    }\n}', spaces],
    ['text of one-space steps', ' * a\n * b', ' * a\n * c', tabs],
  ];
  for (const [name, text, answer, style, languageId = 'x'] of fitting) {
    it(`leaves ${name} where it is if it fits [U06]`, () => {
      assert.equal(matchIndentation(answer, { text, linePrefix: '', languageId }, style), answer);
      assert.equal(matchIndentation(text, { text, linePrefix: '', languageId }, style), text);
    });
  }

  const dedented: readonly (readonly [string, string, string, string, string?])[] = [
    ['a heredoc that is new', 'cat <<EOF\nhi\nEOF\nb', '    a\n    b', '    cat <<EOF\nhi\nEOF\n    b'],
    ['a quoted heredoc that is new', "cat <<'sql'\n  hi\nsql", '    a', "    cat <<'sql'\n  hi\nsql"],
    ['a heredoc with a dash', 'cat <<-EOF\nhi\nEOF', '    a', '    cat <<-EOF\n    hi\n    EOF'],
    ['a heredoc', 'cat <<EOF\nname: x\n  deep\nEOF\nfine', heredoc, heredoc.replace('done', 'fine')],
    [
      'a Python method with a string at column 0',
      'def f(self):\n    s = """\nnew\n  two\n"""\n    return s',
      docString,
      docString.replace('one', 'new'),
    ],
    ['code between #ifdef', 'a();\n#ifdef X\nc();\n#endif', guarded, guarded.replace('b()', 'c()'), 'cpp'],
    [
      'code that is wrapped',
      'try:\n    a()\n    b()\nexcept E:\n    c()',
      '    a()\n    b()',
      '    try:\n        a()\n        b()\n    except E:\n        c()',
    ],
    [
      'a block in a block',
      'if a {\n    if b {\n    }\n}',
      '    if a {\n        if b {\n        }\n    }',
      '    if a {\n        if b {\n        }\n    }',
    ],
    [
      'a docstring',
      'def f():\n    """A.\n\n    B.\n    """',
      '    def f():\n        """A.\n        """',
      '    def f():\n        """A.\n\n        B.\n        """',
    ],
    ['a call after an assignment', 'g(\n    a,\n  )', 'f(a)', 'g(\n    a,\n  )', '  const x = '],
  ];
  for (const [name, answer, text, expected, extra = ''] of dedented) {
    it(`indents ${name} that was answered without indentation [U06]`, () => {
      const isPrefix = extra.endsWith(' ');
      const selection = { text, linePrefix: isPrefix ? extra : '', languageId: isPrefix ? 'x' : extra };
      assert.equal(matchIndentation(answer, selection, spaces), expected);
    });
  }

  it('indents with the tabs of the selection in an editor with spaces', () => {
    assert.equal(
      matchIndentation('a {\n    b\n}', { text: '\ta {\n\t\tc\n\t}', linePrefix: '' }, spaces),
      '\ta {\n\t\tb\n\t}',
    );
  });

  it('never moves a line of an answer that is the selection itself (property) [U06]', () => {
    const space = fc.constantFrom('', ' ', '  ', '    ', '\t', '\t\t', '\t  ');
    const line = fc
      .tuple(space, fc.constantFrom('a', '}', '#if x', '"""', 'b <<EOF', 'EOF'))
      .map((all) => all.join(''));
    checkProperty(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), fc.constantFrom(spaces, tabs), (lines, style) => {
        const text = lines.join('\n');
        assert.equal(matchIndentation(text, { text, linePrefix: '', languageId: 'cpp' }, style), text);
      }),
      { seed: 14, numRuns: 500 },
    );
  });

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

  it('takes no more than linear time for line ends and white space [E22]', async () => {
    for (const piece of ['\n', ' ', '\t\n', '\r', ' a\n', '`', '"""', '<<A\n', '#if\n', '\\']) {
      const work = (count: number): void => {
        const text = piece.repeat(count);
        matchIndentation(text, { text, linePrefix: ' ' }, tabs);
        matchTrailingNewline(text, `${text}x`);
      };
      await assertLinear(work, 20_000, JSON.stringify(piece));
    }
  });
});
