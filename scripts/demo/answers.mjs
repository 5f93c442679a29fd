// The answers of the demo model: prepared ones for the sample files, otherwise an explanation.

import { completions, samples, translations } from './samples.mjs';
import { readPrompt } from './templates.mjs';

const CONNECT_HINT = 'To use a real model, run **Quillet: Select Model…** from the Command Palette.';
const PLAIN_CONNECT_HINT = CONNECT_HINT.replaceAll('**', '');

/** Prompts whose answer is inserted into a file. */
const CODE_PROMPTS = new Set(['rewrite', 'simplify', 'document', 'fix', 'tests', 'next']);

/**
 * @param {readonly { role: string, content: string }[]} messages
 * @returns {string}
 */
export function answer(messages) {
  const prompt = readPrompt(messages);
  const replies = messages.filter(({ role }) => role === 'user').slice(1);
  if (prompt.id === 'insert') {
    return completion(prompt.selection);
  }
  if (prompt.id === 'commit') {
    return commitMessage(prompt.diff);
  }
  if (prompt.id === 'translate') {
    return translation(prompt, replies.at(-1)?.content ?? prompt.instruction);
  }
  if (prompt.id === 'staged') {
    return unknownText(prompt.diff, 'your staged changes');
  }
  if (prompt.id === 'terminal') {
    return unknownText(prompt.terminal, 'the output of your last terminal command');
  }
  const sample = samples.find((candidate) => isAbout(prompt.selection, candidate));
  if (CODE_PROMPTS.has(prompt.id)) {
    const instruction = replies.at(-1)?.content ?? prompt.instruction;
    return code(prompt, sample, { instruction, isReply: replies.length > 0 });
  }
  if (sample === undefined) {
    return unknownText(prompt.selection);
  }
  return replies.length > 0 ? followUp(sample, replies.length) : (sample.answers[prompt.id] ?? sample.answers.ask);
}

/** Whether a selection contains the sample's name or code, or is a part of its code. */
function isAbout(selection, sample) {
  const part = selection.trim();
  return part.includes(sample.name) || part.includes(sample.code) || (part.length > 3 && sample.code.includes(part));
}

function code(prompt, sample, { instruction, isReply }) {
  if (prompt.id === 'tests') {
    return sample?.answers.tests ?? unknownText(prompt.selection);
  }
  if (prompt.id === 'next') {
    return sample?.answers.next ?? completion(prompt.selection).replace(/^\n+/, '');
  }
  if (sample === undefined || !prompt.selection.includes(sample.code)) {
    return unknownCode(prompt.selection, sample);
  }
  const isShort = isReply || prompt.id === 'simplify' || /short|simpl|concise|compact|fewer/i.test(instruction);
  const isComment = prompt.id === 'document' || /docstring|jsdoc|doc comment|comments?\b|document/i.test(instruction);
  const kind = isComment ? 'document' : isShort ? 'shorter' : 'rewrite';
  return prompt.selection.replace(sample.code, () => sample.answers[kind]);
}

function followUp(sample, count) {
  if (count === 1) {
    return sample.answers.followup;
  }
  return `I have no more prepared answers about \`${sample.file}\`, because this is Quillet's demo model. ${CONNECT_HINT}`;
}

/** Patterns that recognize a language in an instruction. */
const LANGUAGES = new Map([
  ['German', /german|deutsch|^de\b/i],
  ['French', /fren|franç|franc|^fr\b/i],
  ['Spanish', /spa|español|^es\b/i],
]);

/** The selection with all prepared texts translated. */
function translation({ selection }, instruction) {
  const language = [...LANGUAGES.keys()].find((name) => LANGUAGES.get(name)?.test(instruction));
  const known = translations.filter(({ text }) => selection.includes(text));
  if (language === undefined || known.length === 0) {
    const prefix = commentPrefix(selection) || guessCommentPrefix(selection);
    return `${prefix}Quillet's demo model knows some lines of the sample files in German, French and Spanish.\n${prefix}${PLAIN_CONNECT_HINT}\n${selection}`;
  }
  return known.reduce((text, entry) => text.replace(entry.text, () => entry[language]), selection);
}

/** The prepared message for the change that the demo proposes; for any other change, a line count. */
function commitMessage(diff) {
  if (/^\+.*lines\.length === 0/m.test(diff)) {
    return samples[0].answers.commit;
  }
  const files = [...diff.matchAll(/^diff --git a\/.* b\/(.*)$/gm)].map(([, file]) => file.split('/').at(-1));
  const count = (sign) =>
    diff.split('\n').filter((line) => line.startsWith(sign) && !line.startsWith(sign.repeat(3))).length;
  const changed = files.length > 3 ? `${files.length} files` : new Intl.ListFormat('en').format(files);
  return [
    `Update ${changed}`,
    `Lines added: ${count('+')}, lines removed: ${count('-')}.`,
    "Written by Quillet's demo model, which only counts lines. A real model\nexplains the change.",
  ].join('\n\n');
}

function completion(text) {
  const end = text.trimEnd();
  const found = completions.find(({ after }) => end.endsWith(after));
  if (found !== undefined) {
    return found.completion;
  }
  const prefix = commentPrefix(end.slice(end.lastIndexOf('\n') + 1));
  return `\n${prefix}Quillet's demo model completes only the last line of cart.ts and the lines of newsletter.md.\n${prefix}${PLAIN_CONNECT_HINT}`;
}

function unknownText(text, what = 'your selection') {
  const lines = text.trimEnd().split('\n').length;
  const known = samples.map(({ file, name }) => `- \`${file}\`: ${name}`).join('\n');
  return [
    `This is Quillet's **demo model**. It received ${what} (${lines === 1 ? '1 line' : `${lines} lines`}), but it only has prepared answers for the sample files:`,
    known,
    CONNECT_HINT,
  ].join('\n\n');
}

/** The unchanged selection, below a comment with the reason. */
function unknownCode(selection, sample) {
  const indentation = /^[ \t]*/.exec(selection)?.[0] ?? '';
  const prefix = indentation + (commentPrefix(selection) || guessCommentPrefix(selection));
  const lines = sample === undefined ? '' : ` (lines ${sample.firstLine} to ${sample.lastLine} of ${sample.file})`;
  const reason =
    sample === undefined ? 'rewrites only the sample files' : `rewrites only ${sample.name} as a whole${lines}`;
  return `${prefix}Quillet's demo model ${reason}.\n${prefix}${PLAIN_CONNECT_HINT}\n${selection}`;
}

function commentPrefix(line) {
  return /^\s*(\/\/|#(?!#)|--)\s/.exec(line)?.[1].concat(' ') ?? '';
}

function guessCommentPrefix(code) {
  if (/^\s*(SELECT|FROM|WHERE|WITH|GROUP|ORDER)\b/im.test(code)) {
    return '-- ';
  }
  return /^\s*(def|class|import|from|for|if|while|with|try|except|return|raise)\b.*(:|\))$/m.test(code) ? '# ' : '// ';
}
