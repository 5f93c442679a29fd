import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import * as fc from 'fast-check';
import { PARAMETER_KEYS, PROMPT_KEYS } from '../../../../src/prompts/common/frontMatterKeys';
import { parsePromptFile } from '../../../../src/prompts/common/promptFile';
import type { YamlErrorKind } from '../../../../src/prompts/common/promptProblem';
import { readRunArguments } from '../../../../src/prompts/common/runArguments';
import { assertLinear } from '../../../support/growth';
import { checkProperty } from '../../../support/properties';

const body = 'Explain ${selection}.';

function withFront(...lines: readonly string[]): string {
  return ['---', ...lines, '---', body].join('\n');
}

function problemsOf(text: string): string[] {
  const { prompt, problems } = parsePromptFile('x', text);
  assert.equal(prompt, undefined);
  return problems.map(({ code, line, column }) => `${code} ${line}:${column}`);
}

describe('parsePromptFile', () => {
  it('reads every key', () => {
    const text = [
      '---',
      'name: Write Tests',
      'description: "Tests: for the selection"',
      'destination: document',
      'documentLanguage: same',
      'model: openai/gpt-5-mini',
      'parameters:',
      '  temperature: 0.2',
      '  topP: 1',
      '  maxOutputTokens: 800',
      '  stop: [a, b]',
      '  seed: -7',
      '  reasoningEffort: low',
      'system: |',
      '  You write tests.',
      '  Only code.',
      'languages: [typescript, python]',
      'languageNotes:',
      '  python: Use pytest.',
      '  typescript: |',
      '    Use node:test.',
      'menu: true',
      'lightbulb: false',
      'agent: ask',
      'mode: ask',
      'tools: [search]',
      'argument-hint: what',
      '---',
      '',
      '  Test this:',
      '${selection}',
      '',
    ].join('\n');
    assert.deepEqual(parsePromptFile('tests', text), {
      prompt: {
        id: 'tests',
        name: 'Write Tests',
        description: 'Tests: for the selection',
        destination: 'document',
        documentLanguage: 'same',
        model: 'openai/gpt-5-mini',
        parameters: {
          temperature: 0.2,
          topP: 1,
          maxOutputTokens: 800,
          stop: ['a', 'b'],
          seed: -7,
          reasoningEffort: 'low',
        },
        system: 'You write tests.\nOnly code.',
        user: '  Test this:\n${selection}',
        languages: ['typescript', 'python'],
        languageNotes: { python: 'Use pytest.', typescript: 'Use node:test.' },
        menu: true,
        lightbulb: false,
        lines: { user: 30, system: 15, notes: { python: 19, typescript: 21 } },
      },
      problems: [],
    });
  });

  const plain = { id: 'x', name: 'x', description: '', destination: 'thread', parameters: {}, user: body };
  const linesOf = (text: string) => ({ user: text.split(/\r?\n/).indexOf(body) + 1 });
  const usable: readonly [string, string, object][] = [
    ['no front matter [U16]', body, plain],
    ['empty front matter [U16]', withFront(), plain],
    ['front matter with only comments [U16]', withFront('# nothing'), plain],
    ['a byte order mark [U16]', `\u{feff}${withFront('name: N')}`, { ...plain, name: 'N' }],
    ['CRLF [U16]', withFront('name: N').replaceAll('\n', '\r\n'), { ...plain, name: 'N' }],
    ['a horizontal rule in the body', `${body}\n---\nmore`, { ...plain, user: `${body}\n---\nmore` }],
    ['a single stop string', withFront('parameters: { stop: END }'), { ...plain, parameters: { stop: ['END'] } }],
    ['null parameters', withFront('parameters:', '  temperature: null', '  seed:'), plain],
    ['an empty parameters key', withFront('parameters:'), plain],
    [
      'strings that YAML 1.1 would convert',
      withFront('name: "yes"', 'description: 2020-01-01'),
      { ...plain, name: 'yes', description: '2020-01-01' },
    ],
    [
      'a few aliases [R26]',
      withFront('name: &n Twice', 'description: *n'),
      { ...plain, name: 'Twice', description: 'Twice' },
    ],
    ['template syntax in values [U13]', withFront('name: "{{selection}}"'), { ...plain, name: '{{selection}}' }],
  ];
  for (const [name, text, prompt] of usable) {
    it(`reads a file with ${name}`, () => {
      assert.deepEqual(parsePromptFile('x', text), { prompt: { ...prompt, lines: linesOf(text) }, problems: [] });
    });
  }

  const bad: readonly [string, string, string[]][] = [
    ['an empty file [U16]', '', ['emptyBody 1:1']],
    ['an empty body [U16]', '---\nname: N\n---\n\n', ['emptyBody 4:1']],
    ['unclosed front matter [U16]', '---\nname: N\ntext', ['unclosed 1:1']],
    ['a tab in YAML [U16]', withFront('parameters:', '\ttemperature: 1'), ['yaml 3:1']],
    ['a duplicate key [U16]', withFront('name: a', 'name: b'), ['yaml 3:1']],
    ['a file of 10 MB [U16]', 'a'.repeat(10_000_000), ['tooLarge 1:1']],
    ['a list as front matter [U16]', withFront('- a'), ['yaml 2:1']],
    ['plain text as front matter [U16]', withFront('just text'), ['yaml 2:1']],
    [
      'JavaScript front matter [U17, R26]',
      '---js\n{ name: (() => { globalThis.canary = 1; return 1 })() }\n---\na',
      ['frontMatterLanguage 1:4'],
    ],
    ['JSON front matter [U17, R26]', '---json\n{}\n---\na', ['frontMatterLanguage 1:4']],
    ['a function tag [U17]', withFront('name: !!js/function "function () {}"'), ['yaml 2:7']],
    ['an unknown tag [U17]', withFront('name: !env HOME'), ['yaml 2:7']],
    ['a merge key [U17]', withFront('<<: { name: a }'), ['unknownKey 2:1']],
    ['an address [R27, U18]', withFront('name: N', 'baseUrl: https://attacker.example'), ['forbidden 3:1']],
    ['an address in another spelling [R27, U18]', withFront('base-url: https://attacker.example'), ['forbidden 2:1']],
    [
      'an API key and headers [R27, U18]',
      withFront('apiKey: x', 'headers: { a: b }'),
      ['forbidden 2:1', 'forbidden 3:1'],
    ],
    ["extra fields in a file that is not the user's own", withFront('body: { top_k: 1 }'), ['ownFilesOnly 2:1']],
    ['unknown keys [U18]', withFront('nam: N', 'Name: N'), ['unknownKey 2:1', 'unknownKey 3:1']],
    [
      'keys named like object members [U18]',
      withFront('__proto__: { name: a }', 'constructor: 1'),
      ['unknownKey 2:1', 'unknownKey 3:1'],
    ],
    ['an unknown destination', withFront('name: N', 'destination: panel'), ['invalid 3:1']],
    [
      'values of the wrong type',
      withFront('name: 1', 'description: [a]', 'model: ""'),
      ['invalid 2:1', 'invalid 3:1', 'invalid 4:1'],
    ],
    ['a boolean instead of a string', withFront('name: true'), ['invalid 2:1']],
    [
      'parameters out of range [C19]',
      withFront(
        'parameters:',
        '  temperature: 9',
        '  topP: -1',
        '  maxOutputTokens: 0.5',
        '  stop: []',
        '  seed: 1e300',
      ),
      ['invalid 3:3', 'invalid 4:3', 'invalid 5:3', 'invalid 6:3', 'invalid 7:3'],
    ],
    [
      'invalid numbers [C19]',
      withFront('parameters:', '  temperature: .nan', '  maxOutputTokens: "100"'),
      ['invalid 3:3', 'invalid 4:3'],
    ],
    ['a model without its provider', withFront('model: gpt-5'), ['invalid 2:1']],
    ['languages that are not strings', withFront('languages: [1]'), ['invalid 2:1']],
    ['languages that are a map', withFront('languages: { a: b }'), ['invalid 2:1']],
    ['notes that are not strings', withFront('languageNotes:', '  python: [a]'), ['invalid 3:3']],
    ['notes that are a single string', withFront('languageNotes: a'), ['invalid 2:1']],
    [
      'values of menu and lightbulb that are not booleans',
      withFront('menu: 1', 'lightbulb: "true"'),
      ['invalid 2:1', 'invalid 3:1'],
    ],
    [
      'unknown variables in the text',
      `${body}\n  \${nope} and \${HOME}`,
      ['unknownVariable 2:3', 'unknownVariable 2:15'],
    ],
    [
      'unknown variables in a block scalar of the front matter',
      withFront('system: |', '  First.', '  A ${nope} and', '', '  ${other}'),
      ['unknownVariable 4:5', 'unknownVariable 6:3'],
    ],
    [
      'unknown variables in folded and quoted text',
      withFront('system: >', '  A', '  ${nope}', 'languageNotes:', '  python: "a\\n${other} ${other}"'),
      ['unknownVariable 4:3', 'unknownVariable 6:15', 'unknownVariable 6:24'],
    ],
    [
      'variables with missing or superfluous arguments',
      '${input} ${input:} ${pick:a} ${pick:a:|} ${selection:x} ${file::x}',
      [
        'nameMissing 1:1',
        'nameMissing 1:10',
        'optionsMissing 1:20',
        'optionsMissing 1:30',
        'argument 1:42',
        'argument 1:57',
      ],
    ],
    ['an include [R28, U19]', '${include:../../.ssh/id_rsa}', ['unknownVariable 1:1']],
    ['an unknown parameter', withFront('parameters:', '  topK: 1'), ['invalid 3:3']],
    ['parameters that are not a map', withFront('parameters: 1'), ['invalid 2:1']],
    [
      'problems in several places',
      `${withFront('nam: N', 'destination: x').replace(body, '')}`,
      ['unknownKey 2:1', 'invalid 3:1', 'emptyBody 5:1'],
    ],
    ['sixty aliases [R26]', withFront('name: &n N', `tools: [${'*n, '.repeat(60)}]`), ['yaml 2:1']],
    ['an undefined alias [U17]', withFront('name: *nothing'), ['yaml 2:1']],
  ];
  for (const [name, text, expected] of bad) {
    it(`rejects ${name}`, () => assert.deepEqual(problemsOf(text), expected));
  }

  it('reports where a problem ends in its line', () => {
    const { problems } = parsePromptFile(
      'x',
      withFront('nam: N', 'parameters: { topK: 1 }').replace(body, 'a ${nope} b'),
    );
    assert.deepEqual(
      problems.map(({ line, column, endColumn, severity }) => [line, column, endColumn, severity]),
      [
        [2, 1, 4, 'error'],
        [3, 15, 19, 'error'],
        [5, 3, 10, 'error'],
      ],
    );
  });

  it('warns about invisible characters and still returns the prompt [R24]', () => {
    const { prompt, problems } = parsePromptFile(
      'x',
      withFront('name: a\u{202e}b').replace(body, 'one\ntwo\u{e0041}\u{e0042}'),
    );
    assert.equal(prompt?.user, 'one\ntwo\u{e0041}\u{e0042}');
    assert.equal(prompt.name, 'a\\u{202e}b', 'invisible characters are escaped in lists');
    assert.deepEqual(
      problems.map(({ code, severity, line, column, endColumn }) => [code, severity, line, column, endColumn]),
      [
        ['hidden', 'warning', 2, 8, 9],
        ['hidden', 'warning', 5, 4, 8],
      ],
    );
  });

  it('limits names and descriptions to one line and a maximum length [U21]', () => {
    const id = `${'x'.repeat(200)}\n<img>\u{202e}`;
    assert.equal(parsePromptFile(id, 'text').prompt?.name, 'x'.repeat(100));
    assert.equal(parsePromptFile('a\n<img>', 'text').prompt?.name, 'a\\u{a}<img>');
    assert.equal(parsePromptFile('x', withFront(`description: ${'d'.repeat(400)}`)).prompt?.description.length, 300);
  });

  it('accepts all documented keys and parameters', () => {
    const text = withFront(...PROMPT_KEYS.map((key) => `${key}: !x`));
    assert.equal(parsePromptFile('x', text).problems.filter(({ code }) => code === 'unknownKey').length, 0);
    const parameters = withFront('parameters:', ...PARAMETER_KEYS.map((key) => `  ${key}: null`));
    assert.deepEqual(parsePromptFile('x', parameters).problems, []);
  });

  const pieces = [
    '---\n',
    'name: ',
    'system: |\n  ',
    '${selection}',
    '${x:',
    '}',
    '\n',
    ': ',
    '- ',
    '[',
    '&a',
    '*a',
    '"',
    '#',
    '\t',
    '\u{202e}',
    '\r\n',
    '\u{feff}',
    '\0',
  ];
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'grapheme', maxLength: 8 })), { maxLength: 40 })
      .map((parts) => parts.join('')),
    fc.uint8Array({ maxLength: 400 }).map((bytes) => new TextDecoder().decode(bytes)),
  );

  it('returns a prompt or errors for any input (property) [U16, U17]', () => {
    checkProperty(
      fc.property(anything, fc.boolean(), (text, hasFront) => {
        const file = hasFront ? `---\n${text}\n---\n${text}` : text;
        const { prompt, problems } = parsePromptFile('x', file);
        const errors = problems.filter(({ severity }) => severity === 'error');
        assert.equal(prompt === undefined, errors.length > 0);
        const lines = file.split(/\r\n|\r|\n/).length;
        for (const { line, column, endColumn } of problems) {
          assert.ok(
            line >= 1 && line <= lines + 1 && column >= 1 && endColumn >= column,
            `${line}:${column}-${endColumn}`,
          );
        }
      }),
      { seed: 35, numRuns: 3_000 },
    );
  });

  it('reports the key and the expected value', () => {
    const { problems } = parsePromptFile(
      'x',
      withFront('destination: panel', 'parameters: { temperature: 3 }', 'baseUrl: x', 'nam: x').replace(
        body,
        '${nope}',
      ),
    );
    assert.deepEqual(
      problems.map(({ code, subject, expected }) => [code, subject, expected]),
      [
        ['invalid', 'destination', 'destination'],
        ['invalid', 'parameters.temperature', 'from0to2'],
        ['forbidden', 'baseUrl', undefined],
        ['unknownKey', 'nam', undefined],
        ['unknownVariable', 'nope', undefined],
      ],
    );
  });

  it('names every unknown parameter and key with the most similar one', () => {
    const front = withFront('nmae: x', 'parameters: { top_k: 1, seed: 1, Stop: x, n: 2 }', 'bodi: {}');
    for (const isOwn of [false, true]) {
      const { problems } = parsePromptFile('x', front, { isOwn });
      assert.deepEqual(
        problems.map(({ subject, suggestion, allowsBody }) => [subject, suggestion, allowsBody]),
        [
          ['nmae', 'name', undefined],
          ['parameters.top_k', undefined, isOwn],
          ['parameters.Stop', 'stop', isOwn],
          ['parameters.n', undefined, isOwn],
          ['bodi', isOwn ? 'body' : undefined, undefined],
        ],
      );
    }
    const alias = parsePromptFile('x', withFront('languageNotes: &a { topK: x }', 'parameters: *a'));
    assert.deepEqual(
      alias.problems.map(({ subject }) => subject),
      ['parameters.topK'],
    );
  });

  describe("in the user's own file", () => {
    const readOwn = (...front: string[]) => parsePromptFile('x', withFront(...front), { isOwn: true });

    it('reads extra fields as JSON', () => {
      const { prompt, problems } = readOwn(
        'body:',
        '  top_k: 40',
        '  chat_template_kwargs: { thinking: false, x: null }',
      );
      assert.deepEqual(problems, []);
      assert.deepEqual(prompt?.body, { top_k: 40, chat_template_kwargs: { thinking: false, x: null } });
      for (const front of ['name: N', 'body:', 'body: null']) assert.equal(readOwn(front).prompt?.body, undefined);
    });

    for (const [name, front, expected] of [
      ['a list', 'body: [top_k]', 'jsonFields body 2:1'],
      ['a text', 'body: top_k', 'jsonFields body 2:1'],
      ['an infinite number', 'body: { a: .inf }', 'jsonFields body 2:1'],
      ['a list that contains itself', 'body: { a: &a [*a] }', 'jsonFields body 2:1'],
      ['a protected field', 'body: { top_k: 1, messages: [] }', 'unprotectedField body.messages 2:19'],
      ['a protected field in another spelling', 'body: { Stream: no }', 'unprotectedField body.Stream 2:9'],
    ] as const) {
      it(`rejects ${name} as extra fields`, () => {
        const { prompt, problems } = readOwn(front);
        assert.equal(prompt, undefined);
        const [problem] = problems;
        const found = `${problem?.expected} ${problem?.subject} ${problem?.line}:${problem?.column}`;
        assert.deepEqual([found, problem?.severity, problems.length], [expected, 'error', 1]);
      });
    }
  });

  const mistakes: readonly [string, string, YamlErrorKind | undefined][] = [
    ['a line without a value', 'mod\nname: x', 'colon'],
    ['a last line without a value', 'name: x\nmod', 'colon'],
    ['no space after a colon', 'name:x\nmenu: true', 'colon'],
    ['a colon in a value', 'description: Tests: for the selection', 'quotes'],
    ['text that starts with a YAML indicator', 'name: `x`', 'quotes'],
    ['a duplicate key', 'name: a\nname: b', 'duplicateKey'],
    ['a tab', 'parameters:\n\ttopP: 1', 'tab'],
    ['inconsistent indentation', 'parameters:\n   topP: 1\n  seed: 2', 'indent'],
    ['an unclosed bracket', 'languages: [a, b\nname: x', 'indent'],
    ['a tag', 'name: !env HOME', 'tag'],
    ['an undefined alias', 'name: *nothing', 'alias'],
    ['a list', '- a', 'notMap'],
    ['deep nesting', '['.repeat(20), 'complex'],
    ['an error without a translated message', 'name: "a\\q"', undefined],
  ];
  for (const [what, front, expected] of mistakes) {
    it(`classifies the YAML error for ${what} [U16]`, () => {
      const [problem] = parsePromptFile('x', withFront(front)).problems;
      assert.equal(problem?.code, 'yaml');
      assert.equal(problem.yamlError, expected);
      assert.equal(
        problem.detail === undefined,
        expected !== undefined,
        'the message of the library is the last resort',
      );
    });
  }

  it('tolerates keys and models of VS Code in shared files but still rejects addresses [U18]', () => {
    const text = withFront('agent: agent', "model: ['GPT-5', 'Claude Sonnet 4.5']", 'title: T', 'tools: [search]');
    assert.deepEqual(problemsOf(text), ['invalid 3:1', 'unknownKey 4:1']);
    const { prompt, problems } = parsePromptFile('x', text, { isShared: true });
    assert.deepEqual([prompt?.user, prompt?.model], [body, undefined]);
    assert.deepEqual(
      problems.map(({ code, severity, line }) => [code, severity, line]),
      [
        ['foreignModel', 'info', 3],
        ['unknownKey', 'info', 4],
      ],
    );
    const named = parsePromptFile('x', withFront('model: ollama/qwen3:8b'), { isShared: true });
    assert.deepEqual([named.prompt?.model, named.problems], ['ollama/qwen3:8b', []]);
    const harmful = parsePromptFile('x', withFront('model: GPT-4o', 'baseUrl: x', 'menu: 1'), { isShared: true });
    assert.equal(harmful.prompt, undefined);
    assert.deepEqual(
      harmful.problems.map(({ code, severity }) => `${code} ${severity}`),
      ['foreignModel info', 'forbidden error', 'invalid error'],
    );
  });

  const loose: readonly [string, string[], string[]][] = [
    ['a colon', ['description: Fix: the cause'], ['Fix: the cause']],
    ['a backtick', ['description: `x` is wrong'], ['`x` is wrong']],
    ['an at sign', ['description: @workspace review'], ['@workspace review']],
    ['a percent sign', ['description: %d items'], ['%d items']],
    ['brackets', ['description: [WIP] review'], ['[WIP] review']],
    ['an apostrophe in quotes', ["description: 'It's done'"], ["It's done"]],
    ['text behind quotes', ['description: "quoted" text'], ['"quoted" text']],
    ['hints in brackets', ['description: D', 'argument-hint: [file] [depth]'], ['D']],
    ['tabs', ['description:\tD', 'tools:', '\t- search', '\t- edit'], ['D']],
    ['a colon beside a list over lines', ['description: A: b', 'tools: [a,', '  b]'], ['A: b']],
    ['CRLF', ['description: A: b\r', 'mode: agent\r'], ['A: b']],
  ];
  for (const [what, front, [description]] of loose) {
    it(`reads front matter of VS Code that is no YAML in shared files: ${what}`, () => {
      const { prompt, problems } = parsePromptFile('x', withFront(...front), { isShared: true });
      assert.deepEqual([prompt?.description, problems], [description, []]);
      assert.equal(parsePromptFile('x', withFront(...front)).prompt, undefined, 'an error in folders of Quillet');
    });
  }

  for (const [what, ...front] of [
    ['an open bracket', 'tools: [a', 'description: D'],
    ['a duplicate key', 'mode: a', 'mode: b'],
    ['a tag on another key', 'tools: !x a'],
    ['a description over lines', 'description: "a', '  b'],
    ['an own key', 'system: a: b'],
  ] as const) {
    it(`still rejects YAML errors in shared files: ${what} [U16]`, () => {
      const { prompt, problems } = parsePromptFile('x', withFront(...front), { isShared: true });
      assert.deepEqual([prompt, problems[0]?.code], [undefined, 'yaml']);
    });
  }

  it('reads the prompt file in README, and accepts the keybindings in docs/prompts.md', () => {
    const [, file = ''] = /```markdown\n([\s\S]*?)```/.exec(fs.readFileSync('README.md', 'utf8')) ?? [];
    const { prompt, problems } = parsePromptFile('tests', file);
    assert.deepEqual([prompt?.name, problems], ['Write Tests', []]);
    const rules = [...fs.readFileSync('docs/prompts.md', 'utf8').matchAll(/^\{ "key".*"quillet\.run".*\}$/gm)].map(
      ([line]) => JSON.parse(line) as { args: unknown },
    );
    assert.ok(rules.length >= 3);
    for (const { args } of rules) assert.doesNotThrow(() => readRunArguments(args));
  });

  /** Front matter that is hostile at any size. A quarter of it is the smaller size. */
  const hostile: readonly [string, (size: number) => string][] = [
    ['an alias bomb', (size) => aliasBomb(Math.round(size / 1_500))],
    ['aliases', (size) => `name: &n N\ntools: [${'*n,'.repeat(size / 4)}]`],
    ['open brackets', (size) => '['.repeat(size)],
    ['nested maps', (size) => `a: ${'{a: '.repeat(size / 4)}`],
    ['nested lists', (size) => '- '.repeat(size / 2)],
    ['nested keys', (size) => '? '.repeat(size / 2)],
    [
      'nested lists on many lines',
      (size) => Array.from({ length: size / 1_500 }, (_, index) => ' '.repeat(index * 60) + '- '.repeat(30)).join('\n'),
    ],
    [
      'indented maps',
      (size) => Array.from({ length: Math.sqrt(2 * size) }, (_, index) => `${' '.repeat(index)}a:`).join('\n'),
    ],
    ['thousands of keys', (size) => Array.from({ length: size / 15 }, (_, index) => `key${index}: 1`).join('\n')],
    ['quotes', (size) => '"\n'.repeat(size / 2)],
    ['anchors', (size) => '&a '.repeat(size / 3)],
    ['tags', (size) => '!a '.repeat(size / 3)],
    ['commas', (size) => `tools: [${','.repeat(size)}]`],
    ['colons', (size) => ': '.repeat(size / 2)],
    ['loose values', (size) => 'mode: a: b\n'.repeat(size / 11)],
    ['tabs', (size) => `mode:\n${'\t'.repeat(size)}- a: - b`],
  ];
  it('reads a long value of VS Code in time in proportion to its length', async () => {
    await assertLinear((size) => {
      const text = withFront(`mode: a: ${'  \t'.repeat(size / 3)}b${' '.repeat(size)}`);
      assert.ok(parsePromptFile('x', text, { isShared: true }).prompt);
    }, 7_000);
  });

  for (const isShared of [false, true]) {
    for (const [name, front] of hostile) {
      it(`rejects ${name} in time in proportion to the size, ${isShared ? 'shared' : 'own'} [U17]`, async () => {
        await assertLinear((size) => {
          const { prompt, problems } = parsePromptFile('x', withFront(front(size)), { isShared });
          assert.equal(prompt, undefined);
          assert.ok(problems.length > 0);
        }, 15_000);
      });
    }
  }
});

function aliasBomb(levels: number): string {
  const lines = Array.from({ length: levels }, (_, level) => {
    const items = level === 0 ? ['x'] : Array(9).fill(`*a${level - 1}`);
    return `k${level}: &a${level} [${items.join(',')}]`;
  });
  return lines.join('\n');
}
