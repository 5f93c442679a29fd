import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import * as fc from 'fast-check';
import { PARAMETER_KEYS, PROMPT_KEYS, PROMPT_VALUE_KINDS } from '../../../../src/prompts/common/frontMatterKeys';
import { parsePromptFile } from '../../../../src/prompts/common/promptFile';
import type { YamlErrorKind } from '../../../../src/prompts/common/promptProblem';
import { readRunArguments } from '../../../../src/prompts/common/runArguments';
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

describe('promptFile', () => {
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
    ['U16: no front matter', body, plain],
    ['U16: empty front matter', withFront(), plain],
    ['U16: front matter of comments only', withFront('# nothing'), plain],
    ['U16: BOM', `\u{feff}${withFront('name: N')}`, { ...plain, name: 'N' }],
    ['U16: CRLF', withFront('name: N').replaceAll('\n', '\r\n'), { ...plain, name: 'N' }],
    ['a rule in the body', `${body}\n---\nmore`, { ...plain, user: `${body}\n---\nmore` }],
    ['one stop text', withFront('parameters: { stop: END }'), { ...plain, parameters: { stop: ['END'] } }],
    ['parameters that are not to be sent', withFront('parameters:', '  temperature: null', '  seed:'), plain],
    ['no parameters', withFront('parameters:'), plain],
    [
      'YAML 1.2 texts',
      withFront('name: "yes"', 'description: 2020-01-01'),
      { ...plain, name: 'yes', description: '2020-01-01' },
    ],
    [
      'R26: a few aliases',
      withFront('name: &n Twice', 'description: *n'),
      { ...plain, name: 'Twice', description: 'Twice' },
    ],
    ['U13: template marks in values', withFront('name: "{{selection}}"'), { ...plain, name: '{{selection}}' }],
  ];
  for (const [name, text, prompt] of usable) {
    it(`reads a file with ${name}`, () => {
      assert.deepEqual(parsePromptFile('x', text), { prompt: { ...prompt, lines: linesOf(text) }, problems: [] });
    });
  }

  const bad: readonly [string, string, string[]][] = [
    ['U16: an empty file', '', ['emptyBody 1:1']],
    ['U16: no body', '---\nname: N\n---\n\n', ['emptyBody 4:1']],
    ['U16: an unclosed front matter', '---\nname: N\ntext', ['unclosed 1:1']],
    ['U16: a tab in YAML', withFront('parameters:', '\ttemperature: 1'), ['yaml 3:1']],
    ['U16: a duplicate key', withFront('name: a', 'name: b'), ['yaml 3:1']],
    ['U16: a file of 10 MB', 'a'.repeat(10_000_000), ['tooLarge 1:1']],
    ['U16: a list', withFront('- a'), ['yaml 2:1']],
    ['U16: a text', withFront('just text'), ['yaml 2:1']],
    [
      'U17, R26: JavaScript',
      '---js\n{ name: (() => { globalThis.canary = 1; return 1 })() }\n---\na',
      ['frontMatterLanguage 1:4'],
    ],
    ['U17, R26: JSON', '---json\n{}\n---\na', ['frontMatterLanguage 1:4']],
    ['U17: a function tag', withFront('name: !!js/function "function () {}"'), ['yaml 2:7']],
    ['U17: an unknown tag', withFront('name: !env HOME'), ['yaml 2:7']],
    ['U17: a merge key', withFront('<<: { name: a }'), ['unknownKey 2:1']],
    ['R27, U18: an address', withFront('name: N', 'baseUrl: https://attacker.example'), ['forbidden 3:1']],
    ['R27, U18: an address in other spelling', withFront('base-url: https://attacker.example'), ['forbidden 2:1']],
    ['R27, U18: a key and headers', withFront('apiKey: x', 'headers: { a: b }'), ['forbidden 2:1', 'forbidden 3:1']],
    ['U18: unknown keys', withFront('nam: N', 'Name: N'), ['unknownKey 2:1', 'unknownKey 3:1']],
    [
      'U18: keys that name object members',
      withFront('__proto__: { name: a }', 'constructor: 1'),
      ['unknownKey 2:1', 'unknownKey 3:1'],
    ],
    ['a destination that is none', withFront('name: N', 'destination: panel'), ['invalid 3:1']],
    [
      'values of the wrong type',
      withFront('name: 1', 'description: [a]', 'model: ""'),
      ['invalid 2:1', 'invalid 3:1', 'invalid 4:1'],
    ],
    ['a YAML 1.1 boolean where a text belongs', withFront('name: true'), ['invalid 2:1']],
    [
      'C19: parameters out of range',
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
      'C19: numbers that are none',
      withFront('parameters:', '  temperature: .nan', '  maxOutputTokens: "100"'),
      ['invalid 3:3', 'invalid 4:3'],
    ],
    ['a model without its provider', withFront('model: gpt-5'), ['invalid 2:1']],
    ['languages that are no texts', withFront('languages: [1]'), ['invalid 2:1']],
    ['languages that are a map', withFront('languages: { a: b }'), ['invalid 2:1']],
    ['notes that are no texts', withFront('languageNotes:', '  python: [a]'), ['invalid 3:3']],
    ['notes that are a text', withFront('languageNotes: a'), ['invalid 2:1']],
    ['a menu that is neither yes nor no', withFront('menu: 1', 'lightbulb: "true"'), ['invalid 2:1', 'invalid 3:1']],
    [
      'need 35: unknown variables in the text',
      `${body}\n  \${nope} and \${HOME}`,
      ['unknownVariable 2:3', 'unknownVariable 2:15'],
    ],
    [
      'need 35: unknown variables in a block of the front matter',
      withFront('system: |', '  First.', '  A ${nope} and', '', '  ${other}'),
      ['unknownVariable 4:5', 'unknownVariable 6:3'],
    ],
    [
      'need 35: unknown variables in a folded and in a quoted text',
      withFront('system: >', '  A', '  ${nope}', 'languageNotes:', '  python: "a\\n${other} ${other}"'),
      ['unknownVariable 4:3', 'unknownVariable 6:15', 'unknownVariable 6:24'],
    ],
    [
      'variables without what they need, or with what they do not take',
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
    ['an include, which there is none of (R28, U19)', '${include:../../.ssh/id_rsa}', ['unknownVariable 1:1']],
    ['a parameter that is none', withFront('parameters:', '  topK: 1'), ['invalid 3:3']],
    ['parameters that are no list', withFront('parameters: 1'), ['invalid 2:1']],
    [
      'problems in several places',
      `${withFront('nam: N', 'destination: x').replace(body, '')}`,
      ['unknownKey 2:1', 'invalid 3:1', 'emptyBody 5:1'],
    ],
    ['R26: sixty aliases', withFront('name: &n N', `tools: [${'*n, '.repeat(60)}]`), ['yaml 2:1']],
    ['U17: an alias of nothing', withFront('name: *nothing'), ['yaml 2:1']],
  ];
  for (const [name, text, expected] of bad) {
    it(`refuses ${name}`, () => assert.deepEqual(problemsOf(text), expected));
  }

  it('says where a problem ends, in the same line', () => {
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

  it('R24: points out hidden characters, and still reads the prompt', () => {
    const { prompt, problems } = parsePromptFile(
      'x',
      withFront('name: a\u{202e}b').replace(body, 'one\ntwo\u{e0041}\u{e0042}'),
    );
    assert.equal(prompt?.user, 'one\ntwo\u{e0041}\u{e0042}');
    assert.equal(prompt.name, 'a\\u{202e}b', 'what is shown in lists is written out');
    assert.deepEqual(
      problems.map(({ code, severity, line, column, endColumn }) => [code, severity, line, column, endColumn]),
      [
        ['hidden', 'warning', 2, 8, 9],
        ['hidden', 'warning', 5, 4, 8],
      ],
    );
  });

  it('U21: keeps the names of files and prompts to one line of a reasonable length', () => {
    const id = `${'x'.repeat(200)}\n<img>\u{202e}`;
    assert.equal(parsePromptFile(id, 'text').prompt?.name, 'x'.repeat(100));
    assert.equal(parsePromptFile('a\n<img>', 'text').prompt?.name, 'a\\u{a}<img>');
    assert.equal(parsePromptFile('x', withFront(`description: ${'d'.repeat(400)}`)).prompt?.description.length, 300);
  });

  it('knows the keys and parameters that it says it knows', () => {
    const values = Object.fromEntries(PROMPT_KEYS.map((key) => [key, PROMPT_VALUE_KINDS[key]]));
    const text = withFront(...PROMPT_KEYS.map((key) => `${key}: !x`));
    assert.equal(parsePromptFile('x', text).problems.filter(({ code }) => code === 'unknownKey').length, 0);
    assert.equal(Object.keys(values).length, PROMPT_KEYS.length);
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

  it('U16, U17: any bytes at all give a prompt or an error in the file (property)', () => {
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

  it('names the key and says what it should be', () => {
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

  const mistakes: readonly [string, string, YamlErrorKind | undefined][] = [
    ['a line without a value', 'mod\nname: x', 'colon'],
    ['a last line without a value', 'name: x\nmod', 'colon'],
    ['no space behind a colon', 'name:x\nmenu: true', 'colon'],
    ['a colon in a text', 'description: Tests: for the selection', 'quotes'],
    ['a text that begins with a character of YAML', 'name: `x`', 'quotes'],
    ['a key twice', 'name: a\nname: b', 'duplicateKey'],
    ['a tab', 'parameters:\n\ttopP: 1', 'tab'],
    ['lines that are not in line', 'parameters:\n   topP: 1\n  seed: 2', 'indent'],
    ['an open bracket', 'languages: [a, b\nname: x', 'indent'],
    ['a tag', 'name: !env HOME', 'tag'],
    ['an alias of nothing', 'name: *nothing', 'alias'],
    ['a list', '- a', 'notMap'],
    ['deep nesting', '['.repeat(20), 'complex'],
    ['what nobody has words for', 'name: "a\\q"', undefined],
  ];
  for (const [what, front, expected] of mistakes) {
    it(`U16: knows what to say of ${what}`, () => {
      const [problem] = parsePromptFile('x', withFront(front)).problems;
      assert.equal(problem?.code, 'yaml');
      assert.equal(problem.yamlError, expected);
      assert.equal(problem.detail === undefined, expected !== undefined, 'the words of the library come last');
    });
  }

  it('takes what a file of VS Code’s says to VS Code alone for no mistake, and still lets no address through', () => {
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
    assert.equal(harmful.prompt, undefined, 'U18');
    assert.deepEqual(
      harmful.problems.map(({ code, severity }) => `${code} ${severity}`),
      ['foreignModel info', 'forbidden error', 'invalid error'],
    );
  });

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

  const levels = Array.from({ length: 9 }, (_, index) => index);
  const hostile: readonly [string, string][] = [
    [
      'an alias bomb',
      levels
        .map(
          (level) =>
            `k${level}: &a${level} [${
              level === 0
                ? 'x'
                : Array(9)
                    .fill(`*a${level - 1}`)
                    .join(',')
            }]`,
        )
        .join('\n'),
    ],
    ['10,000 aliases', `name: &n N\ntools: [${'*n,'.repeat(10_000)}]`],
    ['60,000 open brackets', '['.repeat(60_000)],
    ['15,000 nested maps', `a: ${'{a: '.repeat(15_000)}`],
    ['30,000 nested lists', '- '.repeat(30_000)],
    ['30,000 nested keys', '? '.repeat(30_000)],
    [
      'nested lists on many lines',
      Array.from({ length: 40 }, (_, index) => ' '.repeat(index * 60) + '- '.repeat(30)).join('\n'),
    ],
    ['indented maps', Array.from({ length: 340 }, (_, index) => `${' '.repeat(index)}a:`).join('\n')],
    ['thousands of keys', Array.from({ length: 4_000 }, (_, index) => `key${index}: 1`).join('\n')],
    ['quotes', '"\n'.repeat(30_000)],
    ['anchors', '&a '.repeat(20_000)],
    ['tags', '!a '.repeat(20_000)],
    ['commas', `tools: [${','.repeat(60_000)}]`],
    ['colons', ': '.repeat(30_000)],
  ];
  for (const [name, front] of hostile) {
    it(`U17: refuses ${name} in no time`, () => {
      const start = performance.now();
      const { prompt, problems } = parsePromptFile('x', withFront(front));
      assert.ok(performance.now() - start < 1_000);
      assert.equal(prompt, undefined);
      assert.ok(problems.length > 0);
    });
  }
});
