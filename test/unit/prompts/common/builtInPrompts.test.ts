import * as assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { answer } from '../../../../scripts/demo/answers.mjs';
import { samples } from '../../../../scripts/demo/samples.mjs';
import { parsePromptFile } from '../../../../src/prompts/common/promptFile';
import { needsSelection, renderTemplates } from '../../../../src/prompts/common/renderTemplates';
import { findVariables } from '../../../../src/text/template';

const folder = path.join(process.cwd(), 'media', 'prompts');
const ending = '.prompt.md';

const destinations: Readonly<Record<string, string>> = {
  ask: 'thread',
  commit: 'clipboard',
  document: 'review',
  explain: 'thread',
  fix: 'review',
  insert: 'insert',
  name: 'thread',
  next: 'after',
  review: 'thread',
  rewrite: 'review',
  simplify: 'review',
  staged: 'document',
  terminal: 'document',
  tests: 'document',
  translate: 'review',
};

/** Prompts that are not about a selection, with the variable that they are about. */
const sources: Readonly<Record<string, string>> = { commit: 'gitDiff', staged: 'gitDiff', terminal: 'terminal' };

describe('built-in prompts', () => {
  it('match the prompts that commands and menus refer to', () => {
    assert.deepEqual(
      readdirSync(folder).sort(),
      Object.keys(destinations).map((id) => id + ending),
    );
  });

  for (const [id, destination] of Object.entries(destinations)) {
    it(`${id} has a name, a description, instructions and context, and no problems`, () => {
      const { prompt, problems } = readPrompt(id);
      assert.deepEqual(problems, []);
      assert.ok(prompt !== undefined && prompt.name !== id && prompt.description !== '');
      assert.equal(prompt.destination, destination);
      assert.deepEqual(prompt.parameters, {});
      const variables = findVariables(`${prompt.system ?? ''}\n${prompt.user}`).map((variable) => variable.name);
      assert.ok(variables.includes(sources[id] ?? 'selection'));
      assert.equal(needsSelection(prompt), !Object.hasOwn(sources, id));
      const isExplanation = destination === 'thread' || id === 'staged' || id === 'terminal';
      // Answers that are written into a file use the language of the file.
      assert.equal(variables.includes('answerLanguage'), isExplanation || id === 'commit');
      assert.match(prompt.system ?? '', isExplanation ? /Markdown/ : /no explanation/);
    });
  }

  for (const id of Object.keys(destinations).filter(
    (id) => ![...Object.keys(sources), 'insert', 'translate'].includes(id),
  )) {
    it(`${id} has a prepared answer in the demo model`, () => {
      for (const { file, code } of samples) {
        const text = answered(
          id,
          new Map([
            ['fileBasename', file],
            ['selection', code],
          ]),
        );
        assert.ok(text.trim() !== '');
        assert.doesNotMatch(text, unprepared, `${id} of ${file}`);
      }
    });
  }

  it('commit has a prepared message in the demo model for the change in the demo, and line counts for other changes', () => {
    const diff = (file: string, line: string) =>
      `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n${line}\n`;
    const prepared = answered('commit', new Map([['gitDiff', diff('cart.ts', '+  if (lines.length === 0) {')]]));
    const [subject = '', blank] = prepared.split('\n');
    assert.ok(subject !== '' && subject.length <= 72 && blank === '' && !/[.]$/.test(subject), prepared);
    assert.ok(prepared.split('\n').every((line) => line.length <= 72));
    const counted = answered('commit', new Map([['gitDiff', diff('retry.py', '+x')]]));
    assert.match(counted, /^Update retry\.py\n\nLines added: 1, lines removed: 0\./);
  });

  it('staged and terminal are told apart by the demo model, which has no answers for them', () => {
    const diff = 'diff --git a/a.ts b/a.ts\n+x\n-y\n-z\n';
    assert.match(answered('staged', new Map([['gitDiff', diff]])), /received your staged changes \(4 lines\)/);
    const output = answered('terminal', new Map([['terminal', 'Error: no such file']]));
    assert.match(output, /received the output of your last terminal command \(1 line\)/);
  });

  it('insert has a prepared answer in the demo model', () => {
    const text = answered('insert', new Map([['selection', '// Formats an amount, such as "12.50 EUR".']]));
    assert.match(text, /export function formatAmount/);
  });

  it('translate has a prepared answer in the requested language', () => {
    const selection = 'Three subject lines for our spring sale:';
    assert.equal(
      answered('translate', new Map([['selection', selection]])),
      'Drei Betreffzeilen für unseren Frühlingsverkauf:',
    );
  });
});

function answered(id: string, values: ReadonlyMap<string, string>): string {
  const { prompt } = readPrompt(id);
  assert.ok(prompt);
  const { messages, missing } = renderTemplates(prompt, 'typescript', new Map([...exampleValues, ...values]));
  assert.deepEqual(missing, []);
  return answer(messages);
}

const exampleValues = new Map([
  ['fileBasename', 'newsletter.md'],
  ['languageId', 'typescript'],
  ['answerLanguage', 'English'],
  ['before', 'import x;'],
  ['after', ''],
  ['diagnostics', ''],
  ['input:question', 'Why?'],
  ['input:instruction', 'shorter'],
  ['input:language', 'German'],
]);

/** Matches the answers of the demo model to requests it was not prepared for. */
const unprepared = /it only has prepared answers|demo model (?:rewrites|completes|knows)|only counts lines/;

function readPrompt(id: string) {
  return parsePromptFile(id, readFileSync(path.join(folder, id + ending), 'utf8'));
}
