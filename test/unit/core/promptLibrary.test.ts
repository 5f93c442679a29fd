import * as assert from 'node:assert/strict';
import type { PromptDefinition } from '../../../src/core/promptFile';
import { mergePrompts } from '../../../src/core/promptLibrary';

function prompt(id: string, name: string): PromptDefinition {
  return { id, name, description: '', destination: 'thread', parameters: {}, user: 'text' };
}

describe('promptLibrary', () => {
  it('lets later layers win by id and says which one won', () => {
    const merged = mergePrompts([
      { source: 'builtIn', prompts: [prompt('explain', 'Explain'), prompt('tests', 'Tests')] },
      { source: 'user', prompts: [prompt('tests', 'My tests'), prompt('own', 'Own')] },
      { source: 'workspace', prompts: [prompt('tests', 'Our tests')] },
    ]);
    assert.deepEqual(
      merged.map(({ prompt: { id, name }, source }) => [id, name, source]),
      [
        ['explain', 'Explain', 'builtIn'],
        ['tests', 'Our tests', 'workspace'],
        ['own', 'Own', 'user'],
      ],
    );
  });

  it('keeps ids apart that only differ in case, and ids that name object members', () => {
    const prompts = ['a', 'A', '__proto__', 'constructor'].map((id) => prompt(id, id));
    assert.equal(mergePrompts([{ source: 'user', prompts }]).length, 4);
  });
});
