import * as assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { parsePromptFile } from '../../../src/core/promptFile';
import { findVariables } from '../../../src/core/promptVariables';

const folder = path.join(process.cwd(), 'media', 'prompts');
const ending = '.prompt.md';

const knownVariables = new Set([
  ...['selection', 'file', 'fileBasename', 'languageId', 'before', 'after', 'diagnostics', 'clipboard'],
  ...['answerLanguage', 'workspaceFolderBasename', 'input'],
]);

const destinations: Readonly<Record<string, string>> = {
  ask: 'thread',
  document: 'review',
  explain: 'thread',
  fix: 'review',
  next: 'after',
  review: 'thread',
  rewrite: 'review',
  simplify: 'review',
  tests: 'document',
};

describe('built-in prompts', () => {
  it('are exactly the ones the commands and the menus know', () => {
    assert.deepEqual(
      readdirSync(folder).sort(),
      Object.keys(destinations).map((id) => id + ending),
    );
  });

  for (const [id, destination] of Object.entries(destinations)) {
    it(`${id} is in order: no problems, known variables, a name, a description, instructions`, () => {
      const { prompt, problems } = parsePromptFile(id, readFileSync(path.join(folder, id + ending), 'utf8'));
      assert.deepEqual(problems, []);
      assert.ok(prompt !== undefined && prompt.name !== id && prompt.description !== '');
      assert.equal(prompt.destination, destination);
      assert.deepEqual(prompt.parameters, {});
      const variables = findVariables(`${prompt.system ?? ''}\n${prompt.user}`).map((variable) => variable.name);
      assert.deepEqual(
        variables.filter((name) => !knownVariables.has(name)),
        [],
      );
      assert.ok(variables.includes('selection'));
      assert.equal(variables.includes('answerLanguage'), destination === 'thread');
      assert.match(prompt.system ?? '', destination === 'thread' ? /Markdown/ : /no explanation/);
    });
  }
});
