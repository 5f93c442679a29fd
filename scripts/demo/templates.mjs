// Recognizes which built-in prompt produced a list of messages, and extracts the values of its variables.
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { inProject } from '../lib/paths.mjs';

const folder = inProject('media', 'prompts');

/**
 * @typedef {object} ReadPrompt
 * @property {string} id of the built-in prompt, also `insert` for a single user message, otherwise `other`
 * @property {string} selection
 * @property {string} instruction the user's question, instruction or reply
 * @property {string} diff for a commit message or a review of staged changes
 * @property {string} terminal output to explain
 */

/**
 * @param {readonly { role: string, content: string }[]} messages
 * @returns {ReadPrompt}
 */
export function readPrompt(messages) {
  const system = textOf(messages, 'system');
  const user = textOf(messages, 'user');
  for (const template of templates()) {
    const values = template.user.exec(user.trim());
    if (values !== null && template.system.test(system.trim())) {
      const { selection = '', input = '', gitDiff = '', terminal = '' } = values.groups ?? {};
      return { id: template.id, selection, instruction: input, diff: gitDiff, terminal };
    }
  }
  const isBare = messages.length === 1 && system === '';
  return {
    id: isBare ? 'insert' : 'other',
    selection: lastCodeBlock(user) ?? user,
    instruction: '',
    diff: '',
    terminal: '',
  };
}

function textOf(messages, role) {
  const content = messages.find((message) => message.role === role)?.content ?? '';
  return typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('');
}

let cachedTemplates;

function templates() {
  cachedTemplates ??= fs
    .readdirSync(folder)
    .filter((file) => file.endsWith('.prompt.md'))
    .map(readTemplate);
  return cachedTemplates;
}

function readTemplate(file) {
  const text = fs.readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n');
  const match = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text);
  const frontMatter = match === null ? {} : (parse(match[1]) ?? {});
  return {
    id: path.basename(file, '.prompt.md'),
    system: toPattern(frontMatter.system ?? ''),
    user: toPattern(match === null ? text : match[2]),
  };
}

/** The variables whose values are extracted. */
const EXTRACTED_VARIABLES = new Set(['selection', 'input', 'gitDiff', 'terminal']);

/** Converts a template to a regular expression with a named group for the first use of each variable. */
function toPattern(template) {
  const seen = new Set();
  const pattern = template
    .trim()
    .split(/(\$\{\w+(?::[^{}\n]*)?\})/)
    .map((part) => {
      const name = /^\$\{(\w+)/.exec(part)?.[1];
      if (name === undefined) {
        return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      }
      if (seen.has(name) || !EXTRACTED_VARIABLES.has(name)) {
        return '[^]*?';
      }
      seen.add(name);
      return `(?<${name}>[^]*?)`;
    });
  return new RegExp(`^${pattern.join('')}$`);
}

function lastCodeBlock(text) {
  return [...text.matchAll(/^(`{3,}|~{3,})[^\n]*\n([\s\S]*?)\n?^\1/gm)].at(-1)?.[2];
}
