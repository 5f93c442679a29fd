import * as assert from 'node:assert/strict';
import fc from 'fast-check';
import { DESTINATION_KINDS } from '../../../../src/core/destinationKind';
import { completionsAt, elementAt } from '../../../../src/prompts/common/completions';
import { PARAMETER_KEYS, PROMPT_KEYS } from '../../../../src/prompts/common/frontMatterKeys';
import { parsePromptFile } from '../../../../src/prompts/common/promptFile';
import { PROMPT_VARIABLE_NAMES } from '../../../../src/prompts/common/variables';
import { assertLinear } from '../../../support/growth';

const known = { models: ['work/gpt-5-mini', 'ollama/qwen3:8b'], languages: ['python', 'typescript'] };
const variables = PROMPT_VARIABLE_NAMES;
const efforts = ['minimal', 'low', 'medium', 'high'];
const front = '---\nname: N\n';

/** Splits a text with a `‸` into the text and the offset of the cursor. */
function place(marked: string): [string, number] {
  const offset = marked.indexOf('‸');
  assert.notEqual(offset, -1);
  return [marked.replace('‸', ''), offset];
}

function names(marked: string): string[] {
  return completionsAt(...place(marked), known).map(({ name }) => name);
}

/** The text after accepting a completion, with `‸` where VS Code places the cursor. */
function chosen(marked: string, name: string): string {
  const [text, offset] = place(marked);
  const found = completionsAt(text, offset, known).find((completion) => completion.name === name);
  assert.ok(found, `${name} is not offered`);
  const plain = found.snippet
    .replaceAll(/(?<!\\)\$\{\d+:([^}]*)\}/g, '$1')
    .replaceAll(/(?<!\\)\$\{\d+\|([^,|]*)[^}]*\}/g, '$1')
    .replaceAll(/(?<!\\)\$\d/g, '‸')
    .replaceAll(/\\([\\$}])/g, '$1');
  return text.slice(0, found.start) + plain + text.slice(found.end);
}

describe('completions in a prompt file', () => {
  const all = [...PROMPT_KEYS];
  const without = (...gone: readonly string[]) => all.filter((key) => !gone.includes(key));
  for (const [what, marked, expected] of [
    ['offer complete front matter in an empty file', '‸', ['---']],
    ['offer complete front matter after its first dashes', '--‸', ['---']],
    ['offer complete front matter before text without any', '‸Explain this.', ['---']],
    ['offer no front matter within the text', 'Explain ‸this.', []],
    ['offer keys in front matter', '---\n‸\n---\nx', all],
    ['offer keys if the closing line is missing', '---\n‸', all],
    ['offer only unused keys', `${front}des‸\nsystem: x\n---\nx`, without('name', 'system')],
    ['offer keys in a file with CRLF', '---\r\nname: N\r\n‸\r\n---\r\nx', without('name')],
    ['offer no keys on the delimiter lines', '---‸\nname: N\n---\nx', []],
    ['offer no keys in the text', `${front}---\n‸`, []],
    ['offer no keys after a key without a colon', `${front}destination ‸`, []],
    ['offer destinations', `${front}destination: ‸\n---\nx`, [...DESTINATION_KINDS]],
    ['offer destinations without a space after the colon', `${front}destination:th‸\n---\nx`, [...DESTINATION_KINDS]],
    ['offer models from the settings', `${front}model: ‸`, known.models],
    ['offer models after a slash', `${front}model: work/gp‸`, known.models],
    ['offer true and false', `${front}menu: ‸`, ['true', 'false']],
    ['offer languages', `${front}languages: ‸`, known.languages],
    ['offer languages in a list', `${front}languages: [python, ‸]`, known.languages],
    ['offer languages in a list with one item per line', `${front}languages:\n  - ‸`, known.languages],
    ['offer languages for notes', `${front}languageNotes:\n  ‸`, known.languages],
    ['offer only languages that have no note yet', `${front}languageNotes:\n  python: x\n  ‸`, ['typescript']],
    ['offer parameters', `${front}parameters:\n  ‸`, [...PARAMETER_KEYS]],
    [
      'offer only unused parameters',
      `${front}parameters:\n  seed: 1\n  t‸`,
      PARAMETER_KEYS.filter((key) => key !== 'seed'),
    ],
    ['offer languages for a document', `${front}documentLanguage: ‸`, ['same', ...known.languages]],
    ['offer reasoning efforts', `${front}parameters:\n  reasoningEffort: ‸`, efforts],
    ['offer nothing for a name', '---\nname: ‸', []],
    ['offer nothing for a number', `${front}parameters:\n  temperature: ‸`, []],
    ['offer variables in the text', 'Explain ${‸', [...variables]],
    ['offer variables after a lone dollar sign', 'Explain $‸', [...variables]],
    ['offer variables within braces', 'Explain ${sel‸ection}', [...variables]],
    ['offer no variables after a backslash', 'Explain \\${‸', []],
    ['offer no variables in the name of an input', 'Explain ${input:‸}', []],
    ['offer no variables after a variable', 'Explain ${selection}‸', []],
    ['offer variables in the system prompt', `${front}system: |\n  Be brief, \${‸\n---\nx`, [...variables]],
    ['offer variables in a note', `${front}languageNotes:\n  python: Use \${‸`, [...variables]],
    ['offer no variables in the description', '---\ndescription: Costs ${‸', []],
    ['offer no keys in the system prompt', `${front}system: |\n  Be ‸\n---\nx`, []],
  ] as const) {
    it(what, () => assert.deepEqual(names(marked), expected));
  }

  for (const [what, marked, name, expected] of [
    ['a key with its colon', `${front}des‸\n---\nx`, 'destination', `${front}destination: ‸\n---\nx`],
    ['a key without another colon', `${front}des‸: x\n---\nx`, 'description', `${front}description: x\n---\nx`],
    ['a block of text', `${front}‸`, 'system', `${front}system: |\n  ‸`],
    ['a list', `${front}‸`, 'languages', `${front}languages: [‸]`],
    ['parameters below their key', `${front}‸`, 'parameters', `${front}parameters:\n  ‸`],
    ['a parameter', `${front}parameters:\n  t‸`, 'topP', `${front}parameters:\n  topP: ‸`],
    ['a destination, replacing another', `${front}destination: th‸read`, 'after', `${front}destination: after`],
    ['a value directly after the colon', `${front}destination:‸`, 'after', `${front}destination: after`],
    ['a model', `${front}model: oll‸`, 'ollama/qwen3:8b', `${front}model: ollama/qwen3:8b`],
    ['a language in a list', `${front}languages: [py‸, x]`, 'python', `${front}languages: [python, x]`],
    ['a note', `${front}languageNotes:\n  py‸`, 'python', `${front}languageNotes:\n  python: ‸`],
    ['a variable with its braces', 'Explain $‸', 'selection', 'Explain ${selection}‸'],
    ['a variable without doubling a brace', 'Explain ${se‸} now', 'selection', 'Explain ${selection}‸ now'],
    ['a variable, replacing another', 'Explain ${‸file:=x} now', 'symbol', 'Explain ${symbol}‸ now'],
    ['an input with its question', 'Ask ${in‸', 'input', 'Ask ${input:name:question}‸'],
    ['a pick with its options', 'Ask ${‸', 'pick', 'Ask ${pick:name:one|other}‸'],
  ] as const) {
    it(`insert ${what}`, () => assert.equal(chosen(marked, name), expected));
  }

  it('offer nothing in a text that is too long for a prompt [U16]', () => {
    const text = `${front}${'x'.repeat(64 * 1024)}`;
    assert.deepEqual(completionsAt(text, front.length, known), []);
    assert.equal(elementAt(text, front.indexOf('name')), undefined);
  });

  it('turn an empty file into a valid prompt', () => {
    const text = chosen('‸', '---').replaceAll('‸', 'Explain ${selection}');
    assert.deepEqual(parsePromptFile('new', text).problems, []);
  });

  it('reopen the list after keys with a choice of values', () => {
    const continued = completionsAt(...place('---\n‸'), known).filter(({ triggersSuggest }) => triggersSuggest);
    assert.deepEqual(
      continued.map(({ name }) => name),
      ['destination', 'documentLanguage', 'model', 'parameters', 'languages', 'languageNotes', 'menu', 'lightbulb'],
    );
  });

  it('stay within the line for any text and offset (property)', () => {
    const piece = fc.constantFrom(
      '---',
      '\n',
      '\r\n',
      ':',
      ' ',
      '  ',
      '${',
      '}',
      '$',
      '[',
      'system',
      'parameters',
      '-',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.nat(120), (pieces, at) => {
        const text = pieces.join('');
        const offset = Math.min(at, text.length);
        for (const { start, end } of completionsAt(text, offset, known)) {
          assert.ok(start <= offset && offset <= end && end <= text.length);
          assert.ok(!text.slice(start, end).includes('\n'));
        }
        elementAt(text, offset);
      }),
    );
  });

  it('take time in proportion to the lines of the front matter', async () => {
    await assertLinear((lines) => {
      const text = `---\n${'a:\n'.repeat(lines)}`;
      assert.ok(completionsAt(text, text.length, known).length > 0);
    }, 5_000);
  });
});

describe('the element at an offset of a prompt file', () => {
  const file = [
    '---',
    'name: Name',
    'tools: [a]',
    'destination: review',
    'parameters:',
    '  topP: 1',
    'system: |',
    '  Answer in ${answerLanguage}, name: x',
    'baseUrl: x',
    '---',
    'destination: ${input:what:Which one?} \\${file} ${nothing} ${selectedText} ${workspaceFolder:=x}',
  ].join('\n');

  for (const [word, expected] of [
    ['name: Name', 'key name'],
    ['tools', 'key tools'],
    ['destination: review', 'key destination'],
    ['review', 'destination review'],
    ['parameters', 'key parameters'],
    ['topP', 'parameter topP'],
    ['${answerLanguage}', 'variable answerLanguage'],
    ['guage}', 'variable answerLanguage'],
    ['${input', 'variable input'],
    ['Which one', 'variable input'],
    ['name: x', undefined],
    ['baseUrl', undefined],
    ['destination: $', undefined],
    ['${file}', undefined],
    ['${nothing}', undefined],
    ['${selectedText}', 'variable selectedText'],
    ['Folder:=x', 'variable workspaceFolder'],
    ['1\nsystem', undefined],
    [': review', undefined],
  ] as const) {
    it(`is ${expected ?? 'undefined'} at ${JSON.stringify(word)}`, () => {
      const part = elementAt(file, file.indexOf(word));
      assert.equal(part === undefined ? undefined : `${part.kind} ${part.name}`, expected);
      if (part !== undefined) assert.ok(file.slice(part.start, part.end).includes(part.name));
    });
  }
});
