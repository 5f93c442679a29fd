import * as assert from 'node:assert/strict';
import { type PromptDefinition, parsePromptFile } from '../../../../src/prompts/common/promptFile';
import { findPromptVariables, needsSelection, renderTemplates } from '../../../../src/prompts/common/renderTemplates';

const text = [
  '---',
  'system: |',
  '  Use ${answerLanguage}.',
  '',
  '  Mind ${symbol}.',
  'languageNotes:',
  '  python: "Use ${file}."',
  '  go: |',
  '    Use',
  '    ${gitDiff}.',
  '---',
  '',
  'Look:',
  '${selection} ${terminal}',
].join('\n');

function read(file: string): PromptDefinition {
  const { prompt } = parsePromptFile('x', file);
  assert.ok(prompt);
  return prompt;
}

describe('renderTemplates', () => {
  it('appends the language note to the system prompt as a paragraph', () => {
    const values = new Map([
      ['answerLanguage', 'English'],
      ['symbol', 'f'],
      ['file', 'a.py'],
      ['selection', 'S'],
      ['terminal', 'T'],
    ]);
    assert.deepEqual(renderTemplates(read(text), 'python', values), {
      messages: [
        { role: 'system', content: 'Use English.\n\nMind f.\n\nUse a.py.' },
        { role: 'user', content: 'Look:\nS T' },
      ],
      missing: [],
    });
    assert.equal(renderTemplates(read(text), 'typescript', values).messages[0]?.content, 'Use English.\n\nMind f.');
    assert.equal(renderTemplates(read(text), 'constructor', values).messages[0]?.content, 'Use English.\n\nMind f.');
  });

  it('uses the note as the system prompt if there is none', () => {
    const prompt = read('---\nlanguageNotes: { python: Use pytest. }\n---\ntext');
    assert.deepEqual(renderTemplates(prompt, 'python', new Map()).messages, [
      { role: 'system', content: 'Use pytest.' },
      { role: 'user', content: 'text' },
    ]);
  });

  it('reports all missing variables at once with their lines in the file', () => {
    const { missing } = renderTemplates(read(text), 'go', new Map());
    assert.deepEqual(
      missing.map(({ name, line, column }) => [name, line, column]),
      [
        ['answerLanguage', 3, 5],
        ['symbol', 5, 6],
        ['gitDiff', 10, 1],
        ['selection', 14, 1],
        ['terminal', 14, 14],
      ],
    );
    assert.deepEqual(
      findPromptVariables(read(text), 'python').map(({ name, line }) => [name, line]),
      [
        ['answerLanguage', 3],
        ['symbol', 5],
        ['file', 7],
        ['selection', 14],
        ['terminal', 14],
      ],
    );
  });

  it('counts lines from the start of a file without front matter', () => {
    assert.deepEqual(
      renderTemplates(read('\n\n${selection}'), 'go', new Map()).missing.map(({ line }) => line),
      [3],
    );
  });

  it('needs a selection if the prompt sends or replaces it', () => {
    assert.equal(needsSelection(read('${selection}')), true);
    assert.equal(needsSelection(read('${clipboard}')), false);
    assert.equal(needsSelection(read('${selectedText}')), true);
    assert.equal(needsSelection(read('${clipboard}'), 'replace'), true);
    assert.equal(needsSelection(read('---\nsystem: "${selection}"\n---\ntext')), true);
    assert.equal(needsSelection(read('---\ndestination: review\n---\ntext')), true);
  });
});
