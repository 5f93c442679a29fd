import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { sanitizeMarkdown } from '../../../src/sanitize/sanitizeMarkdown';
import { assertLinear, repeatTo } from '../../support/growth';
import { checkProperty } from '../../support/properties';

/**
 * The text outside of code, by the simplest rules: code blocks are fenced with backticks at column 0, and inline code
 * is on one line. The output must be safe by these rules.
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

/** Outside of code, nothing may load, run or be clicked, except `https:` URLs shown in full. */
function assertSafe(markdown: string): void {
  const text = outsideCode(markdown);
  assert.doesNotMatch(text, /[[\]`<~]/, markdown);
  assert.doesNotMatch(text.replace(/https:\/\/www\./gi, ''), /www\./i, markdown);
  assert.doesNotMatch(text, /(?<!https):\/\//i, markdown);
  for (const [url] of text.matchAll(/https:\/\/\S*/gi))
    assert.doesNotMatch(url.split('/')[2] ?? '', /[@\\%]/, markdown);
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

describe('sanitizeMarkdown', () => {
  for (const attack of attacks) {
    it(`makes ${JSON.stringify(attack.slice(0, 70))} and its prefixes safe [R10, R11, R14]`, () => {
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

  it('makes any mix of punctuation safe (property) [R10]', () => {
    checkProperty(
      fc.property(fc.array(parts, { maxLength: 30 }), (mixture) => assertSafe(sanitizeMarkdown(mixture.join('')))),
      { seed: 10, numRuns: 5_000 },
    );
  });

  it('is idempotent (property)', () => {
    checkProperty(
      fc.property(fc.array(parts, { maxLength: 30 }), (mixture) => {
        const once = sanitizeMarkdown(mixture.join(''));
        assert.equal(sanitizeMarkdown(once), once);
      }),
      { seed: 44, numRuns: 5_000 },
    );
  });

  const kept = [
    'A paragraph with *emphasis*, **strong** text and a ! mark.\n\n## Heading\n\n1. one\n2. two\n   - three\n\n> quote\n\n---',
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
    it(`keeps ${JSON.stringify(text.slice(0, 60))}`, () => assert.equal(sanitizeMarkdown(text), text));
  }

  const rewritten: readonly [string, string, string][] = [
    ['replaces a link with its text and URL [R12]', '[docs](https://host/a).', 'docs (https://host/a).'],
    ['replaces a link whose text is its URL with the URL [R12]', '[https://host/](https://host/)', 'https://host/'],
    ['makes a link without https unclickable [R12]', '[x](http://host/a)', 'x (http&#58;//host/a)'],
    [
      'shows the URL of a link with a misleading text [R12]',
      '[https://good.example](https://evil.example/)',
      'https&#58;//good.example (https://evil.example/)',
    ],
    ['turns a command link into text [R14]', '[x](command:a.b?c)', 'x (command:a.b?c)'],
    ['replaces an image with its text and URL [R10]', '![logo](https://host/a.png)', 'logo (https://host/a.png)'],
    ['keeps a URL in angle brackets clickable', 'See <https://host/a>.', 'See https://host/a .'],
    ['shows HTML as text', 'a <b>c</b>', 'a &lt;b>c&lt;/b>'],
    ['shows brackets as text', 'a[0]', 'a&#91;0&#93;'],
    ['closes an unclosed code block', '```ts\nlet x', '```ts\nlet x\n```'],
    [
      'moves a code block in a list to column 0',
      '1. Do:\n   ```ts\n   a\n     b\n   ```\n2. Done',
      '1. Do:\n\n```ts\na\n  b\n```\n2. Done',
    ],
    ['fences a code block with backticks instead of tildes', '~~~py\na\n~~~', '```py\na\n```'],
    ['uses a fence that the text of a code block cannot close', '~~~\n```\n~~~', '````\n```\n````'],
    ['keeps only the language of an info string', '```ts title="a"\na\n```', '```ts\na\n```'],
    ['shows a code span as text that a table would split', '|a|\n|-|\n| `b | c` |', '|a|\n|-|\n| &#96;b | c&#96; |'],
    ['uses single backticks around inline code', 'use ``a[0]`` here', 'use `a[0]` here'],
    ['shows inline code that contains backticks as text', '`` a`b ``', '&#96;&#96; a&#96;b &#96;&#96;'],
    ['shows strikethrough as text', '~~no~~', '&#126;&#126;no&#126;&#126;'],
    ['converts line ends to line feeds', 'a\r\nb\rc', 'a\nb\nc'],
  ];
  for (const [name, text, expected] of rewritten) it(name, () => assert.equal(sanitizeMarkdown(text), expected));

  for (const filler of ['a', '`a` ', '[', '```\n', 'a\n']) {
    it(`stays below VS Code's length limit for a long text of ${JSON.stringify(filler)} [R10]`, () => {
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
    it(`handles a long text of ${JSON.stringify(text)} in linear time [E22]`, async () => {
      await assertLinear((size) => sanitizeMarkdown(repeatTo(text, size)), 50_000);
    });
  }

  const layouts: readonly [string, string, string][] = [
    ['makes headings at most twice as large as text', '# One\n\n## Two', '## One\n\n## Two'],
    ['does so in quotes and for underlined headings', '> # One\n\nTwo\n===', '> ## One\n\nTwo\n---'],
    ['keeps words that only look like headings', '#one ===', '#one ==='],
    [
      'puts a blank line between a table and a block',
      '|a|b|\n|-|-|\n|1|2|\n```\nx\n```',
      '|a|b|\n|-|-|\n|1|2|\n\n&nbsp;\n\n```\nx\n```',
    ],
    ['puts none between a paragraph and a block', 'a\n```\nx\n```', 'a\n\n```\nx\n```'],
  ];
  for (const [name, text, expected] of layouts) {
    it(name, () => {
      assert.equal(sanitizeMarkdown(text), expected);
      assert.equal(sanitizeMarkdown(expected), expected);
    });
  }

  it('handles many runs of backticks of different lengths in linear time [E22]', async () => {
    // Twice as many runs are four times as many characters.
    const runs = (count: number) => Array.from({ length: count }, (_, index) => '`'.repeat(index)).join(' ');
    await assertLinear((size) => sanitizeMarkdown(runs(Math.sqrt(size))), 490_000);
  });
});
