import * as assert from 'node:assert/strict';
import fc from 'fast-check';
import { DESTINATION_KINDS } from '../../../../src/core/destinationKind';
import { completionsAt, elementAt } from '../../../../src/prompts/common/completions';
import { PARAMETER_KEYS, PROMPT_KEYS } from '../../../../src/prompts/common/frontMatterKeys';
import { parsePromptFile } from '../../../../src/prompts/common/promptFile';
import { PROMPT_VARIABLE_NAMES } from '../../../../src/prompts/common/variables';

const known = { models: ['work/gpt-5-mini', 'ollama/qwen3:8b'], languages: ['python', 'typescript'] };
const variables = PROMPT_VARIABLE_NAMES;
const efforts = ['minimal', 'low', 'medium', 'high'];
const front = '---\nname: N\n';

/** The text without the `‸` that marks the caret, and where that stood. */
function place(marked: string): [string, number] {
  const offset = marked.indexOf('‸');
  assert.notEqual(offset, -1);
  return [marked.replace('‸', ''), offset];
}

/** The names that are proposed at the caret. */
function names(marked: string): string[] {
  return completionsAt(...place(marked), known).map(({ name }) => name);
}

/** The text after a proposal was chosen, with the places where VS Code puts the caret as `‸`. */
function chosen(marked: string, name: string): string {
  const [text, offset] = place(marked);
  const found = completionsAt(text, offset, known).find((one) => one.name === name);
  assert.ok(found, `${name} is not proposed`);
  const plain = found.snippet
    .replaceAll(/(?<!\\)\$\{\d+:([^}]*)\}/g, '$1')
    .replaceAll(/(?<!\\)\$\{\d+\|([^,|]*)[^}]*\}/g, '$1')
    .replaceAll(/(?<!\\)\$\d/g, '‸')
    .replaceAll(/\\([\\$}])/g, '$1');
  return text.slice(0, found.start) + plain + text.slice(found.end);
}

describe('what a prompt file can hold at a place', () => {
  const all = [...PROMPT_KEYS];
  const without = (...gone: readonly string[]) => all.filter((key) => !gone.includes(key));
  for (const [what, marked, expected] of [
    ['the front matter as a whole in an empty file', '‸', ['---']],
    ['also behind its first dashes', '--‸', ['---']],
    ['and in front of a text without one', '‸Explain this.', ['---']],
    ['not within the text', 'Explain ‸this.', []],
    ['keys in front matter', '---\n‸\n---\nx', all],
    ['keys while there is no closing line yet', '---\n‸', all],
    ['only keys that are not there already', `${front}des‸\nsystem: x\n---\nx`, without('name', 'system')],
    ['keys in a file with CRLF', '---\r\nname: N\r\n‸\r\n---\r\nx', without('name')],
    ['no keys on the lines of dashes', '---‸\nname: N\n---\nx', []],
    ['no keys in the text', `${front}---\n‸`, []],
    ['no keys behind a key without a colon', `${front}destination ‸`, []],
    ['destinations', `${front}destination: ‸\n---\nx`, [...DESTINATION_KINDS]],
    ['destinations without a space', `${front}destination:th‸\n---\nx`, [...DESTINATION_KINDS]],
    ['models of the settings', `${front}model: ‸`, known.models],
    ['models with a slash', `${front}model: work/gp‸`, known.models],
    ['true and false', `${front}menu: ‸`, ['true', 'false']],
    ['languages', `${front}languages: ‸`, known.languages],
    ['languages in a list', `${front}languages: [python, ‸]`, known.languages],
    ['languages in a list on lines of its own', `${front}languages:\n  - ‸`, known.languages],
    ['languages with a note', `${front}languageNotes:\n  ‸`, known.languages],
    ['languages without a note yet', `${front}languageNotes:\n  python: x\n  ‸`, ['typescript']],
    ['parameters', `${front}parameters:\n  ‸`, [...PARAMETER_KEYS]],
    [
      'parameters that are not there already',
      `${front}parameters:\n  seed: 1\n  t‸`,
      PARAMETER_KEYS.filter((key) => key !== 'seed'),
    ],
    ['languages for a document', `${front}documentLanguage: ‸`, ['same', ...known.languages]],
    ['words for the effort', `${front}parameters:\n  reasoningEffort: ‸`, efforts],
    ['nothing for a name', '---\nname: ‸', []],
    ['nothing for a number', `${front}parameters:\n  temperature: ‸`, []],
    ['variables in the text', 'Explain ${‸', [...variables]],
    ['variables after a lone dollar sign', 'Explain $‸', [...variables]],
    ['variables within their braces', 'Explain ${sel‸ection}', [...variables]],
    ['no variables behind a backslash', 'Explain \\${‸', []],
    ['no variables in the name of an input', 'Explain ${input:‸}', []],
    ['no variables behind one', 'Explain ${selection}‸', []],
    ['variables in the system text', `${front}system: |\n  Be brief, \${‸\n---\nx`, [...variables]],
    ['variables in a note', `${front}languageNotes:\n  python: Use \${‸`, [...variables]],
    ['no variables in the description', '---\ndescription: Costs ${‸', []],
    ['no keys in the system text', `${front}system: |\n  Be ‸\n---\nx`, []],
  ] as const) {
    it(what, () => assert.deepEqual(names(marked), expected));
  }

  for (const [what, marked, name, expected] of [
    ['a key with its colon', `${front}des‸\n---\nx`, 'destination', `${front}destination: ‸\n---\nx`],
    ['a key without another colon', `${front}des‸: x\n---\nx`, 'description', `${front}description: x\n---\nx`],
    ['a text of several lines', `${front}‸`, 'system', `${front}system: |\n  ‸`],
    ['a list', `${front}‸`, 'languages', `${front}languages: [‸]`],
    ['parameters below their key', `${front}‸`, 'parameters', `${front}parameters:\n  ‸`],
    ['a parameter', `${front}parameters:\n  t‸`, 'topP', `${front}parameters:\n  topP: ‸`],
    ['a destination in the place of another', `${front}destination: th‸read`, 'after', `${front}destination: after`],
    ['a value right behind the colon', `${front}destination:‸`, 'after', `${front}destination: after`],
    ['a model', `${front}model: oll‸`, 'ollama/qwen3:8b', `${front}model: ollama/qwen3:8b`],
    ['a language of a list', `${front}languages: [py‸, x]`, 'python', `${front}languages: [python, x]`],
    ['a note', `${front}languageNotes:\n  py‸`, 'python', `${front}languageNotes:\n  python: ‸`],
    ['a variable with its braces', 'Explain $‸', 'selection', 'Explain ${selection}‸'],
    ['a variable without doubling a brace', 'Explain ${se‸} now', 'selection', 'Explain ${selection}‸ now'],
    ['a variable in the place of another', 'Explain ${‸file:=x} now', 'symbol', 'Explain ${symbol}‸ now'],
    ['an input with its question', 'Ask ${in‸', 'input', 'Ask ${input:name:question}‸'],
    ['a pick with its choices', 'Ask ${‸', 'pick', 'Ask ${pick:name:one|other}‸'],
  ] as const) {
    it(`completes ${what}`, () => assert.equal(chosen(marked, name), expected));
  }

  it('U16: leaves a text alone that is too long for a prompt', () => {
    const text = `${front}${'x'.repeat(64 * 1024)}`;
    assert.deepEqual(completionsAt(text, front.length, known), []);
    assert.equal(elementAt(text, front.indexOf('name')), undefined);
  });

  it('completes an empty file to a prompt without a problem', () => {
    const text = chosen('‸', '---').replaceAll('‸', 'Explain ${selection}');
    assert.deepEqual(parsePromptFile('new', text).problems, []);
  });

  it('asks for the next choice behind a key with choices', () => {
    const continued = completionsAt(...place('---\n‸'), known).filter(({ triggersSuggest }) => triggersSuggest);
    assert.deepEqual(
      continued.map(({ name }) => name),
      ['destination', 'documentLanguage', 'model', 'parameters', 'languages', 'languageNotes', 'menu', 'lightbulb'],
    );
  });

  it('stays within the line, whatever the text and the place (property)', () => {
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

  it('answers at once in a front matter of many thousand lines', () => {
    const text = `---\n${'a:\n'.repeat(20_000)}`;
    const start = performance.now();
    assert.ok(completionsAt(text, text.length, known).length > 0);
    assert.ok(performance.now() - start < 500);
  });
});

describe('what stands at a place of a prompt file', () => {
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
    'destination: ${input:what:Which one?} \\${file} ${nothing}',
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
    ['1\nsystem', undefined],
    [': review', undefined],
  ] as const) {
    it(`${JSON.stringify(word)} is ${expected ?? 'nothing to be explained'}`, () => {
      const part = elementAt(file, file.indexOf(word));
      assert.equal(part === undefined ? undefined : `${part.kind} ${part.name}`, expected);
      if (part !== undefined) assert.ok(file.slice(part.start, part.end).includes(part.name));
    });
  }
});
