import * as assert from 'node:assert/strict';
import {
  isOfferedIn,
  mergePrompts,
  type PromptEntry,
  type PromptSource,
  promptIdFromFileName,
} from '../../../../src/prompts/common/promptLibrary';

function entry(source: PromptSource, id: string, name: string): PromptEntry {
  const prompt = { id, name, description: '', destination: 'thread', parameters: {}, user: 'text' } as const;
  return { id, source, prompt, problems: [] };
}

const broken: PromptEntry = {
  id: 'explain',
  source: 'workspace',
  problems: [{ line: 2, column: 1, endColumn: 2, code: 'yaml', severity: 'error' }],
};

describe('the prompt library', () => {
  it('lets later entries override earlier ones by ID and lists the overridden sources', () => {
    const { prompts } = mergePrompts([
      entry('builtIn', 'explain', 'Explain'),
      entry('builtIn', 'tests', 'Tests'),
      entry('user', 'tests', 'My tests'),
      entry('user', 'own', 'Own'),
      entry('workspace', 'tests', 'Our tests'),
      entry('workspace', 'tests', 'Our other tests'),
    ]);
    assert.deepEqual(
      prompts.map(({ id, prompt: { name }, source, overriddenSources }) => [id, name, source, overriddenSources]),
      [
        ['explain', 'Explain', 'builtIn', []],
        ['tests', 'Our other tests', 'workspace', ['workspace', 'user', 'builtIn']],
        ['own', 'Own', 'user', []],
      ],
    );
  });

  it('lists broken files separately and does not let them override prompts [U16]', () => {
    const library = mergePrompts([entry('builtIn', 'explain', 'Explain'), broken, entry('workspace', 'own', 'Own')]);
    assert.deepEqual(
      library.prompts.map(({ id, source }) => [id, source]),
      [
        ['explain', 'builtIn'],
        ['own', 'workspace'],
      ],
    );
    assert.deepEqual(library.broken, [broken]);
  });

  it('distinguishes IDs by case and accepts IDs named like object members', () => {
    const entries = ['a', 'A', '__proto__', 'constructor'].map((id) => entry('user', id, id));
    assert.equal(mergePrompts(entries).prompts.length, 4);
  });

  it('offers a prompt only in its languages', () => {
    assert.equal(isOfferedIn({}, 'python'), true);
    assert.equal(isOfferedIn({ languages: ['go', 'python'] }, 'python'), true);
    assert.equal(isOfferedIn({ languages: ['go'] }, 'python'), false);
    assert.equal(isOfferedIn({ languages: [] }, 'python'), false);
  });

  const names: readonly [string, string | undefined][] = [
    ['tests.prompt.md', 'tests'],
    ['a.b.prompt.md', 'a.b'],
    ['.prompt.md', undefined],
    ['tests.md', undefined],
    ['tests.prompt.md.bak', undefined],
    ['..\\..\\x.prompt.md', undefined],
    ['../x.prompt.md', undefined],
    ['a\0b.prompt.md', undefined],
    [`${'x'.repeat(256)}.prompt.md`, undefined],
    ['a\n<img>.prompt.md', 'a\n<img>'],
  ];
  for (const [name, id] of names) {
    it(`derives the ID ${JSON.stringify(id)} from the file name ${JSON.stringify(name).slice(0, 40)} [R28, U21]`, () => {
      assert.equal(promptIdFromFileName(name), id);
    });
  }
});
