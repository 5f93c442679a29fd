// What the demo model answers. It knows the sample files; for everything else it says what it is.

import { completions, samples, translations } from './samples.mjs';
import { readPrompt } from './templates.mjs';

const connect = 'Run **Quillet: Select Model…** from the Command Palette to connect a real one.';
const plainConnect = connect.replaceAll('**', '');

/** Prompts whose answer is put into a file as it is. */
const codeKinds = new Set(['rewrite', 'simplify', 'document', 'fix', 'tests', 'next']);

/**
 * The text of an answer.
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
  const sample = samples.find((candidate) => isAbout(prompt.selection, candidate));
  if (codeKinds.has(prompt.id)) {
    const wish = replies.at(-1)?.content ?? prompt.instruction;
    return code(prompt, sample, { wish, isReply: replies.length > 0 });
  }
  if (sample === undefined) {
    return unknownText(prompt.selection);
  }
  return replies.length > 0 ? followUp(sample, replies.length) : (sample.answers[prompt.id] ?? sample.answers.ask);
}

/** A selection is about a sample when it holds the sample's name, or is a part of its code. */
function isAbout(selection, sample) {
  const part = selection.trim();
  return part.includes(sample.name) || part.includes(sample.code) || (part.length > 3 && sample.code.includes(part));
}

function code(prompt, sample, { wish, isReply }) {
  if (prompt.id === 'tests') {
    return sample?.answers.tests ?? unknownText(prompt.selection);
  }
  if (prompt.id === 'next') {
    return sample?.answers.next ?? completion(prompt.selection).replace(/^\n+/, '');
  }
  if (sample === undefined || !prompt.selection.includes(sample.code)) {
    return unknownCode(prompt.selection, sample);
  }
  const isShort = isReply || prompt.id === 'simplify' || /short|simpl|concise|compact|fewer/i.test(wish);
  const isComment = prompt.id === 'document' || /docstring|jsdoc|doc comment|comments?\b|document/i.test(wish);
  const kind = isComment ? 'document' : isShort ? 'shorter' : 'rewrite';
  return prompt.selection.replace(sample.code, () => sample.answers[kind]);
}

function followUp(sample, count) {
  if (count === 1) {
    return sample.answers.followup;
  }
  return `That is all I have prepared about \`${sample.file}\`: this is Quillet's demo model. ${connect}`;
}

/** Known languages by what users may call them. */
const languages = new Map([
  ['German', /german|deutsch|^de\b/i],
  ['French', /fren|franç|franc|^fr\b/i],
  ['Spanish', /spa|español|^es\b/i],
]);

/** The selection with every known text in it translated. */
function translation({ selection }, wish) {
  const language = [...languages.keys()].find((name) => languages.get(name)?.test(wish));
  const known = translations.filter(({ text }) => selection.includes(text));
  if (language === undefined || known.length === 0) {
    const mark = commentMark(selection) || guessedMark(selection);
    return `${mark}Quillet's demo model knows some lines of the sample files in German, French and Spanish.\n${mark}${plainConnect}\n${selection}`;
  }
  return known.reduce((text, entry) => text.replace(entry.text, () => entry[language]), selection);
}

/** The prepared message for the change that the demo itself proposes; for any other what can be counted in a diff. */
function commitMessage(diff) {
  if (/^\+.*lines\.length === 0/m.test(diff)) {
    return samples[0].answers.commit;
  }
  const files = [...diff.matchAll(/^diff --git a\/.* b\/(.*)$/gm)].map(([, file]) => file.split('/').at(-1));
  const count = (mark) =>
    diff.split('\n').filter((line) => line.startsWith(mark) && !line.startsWith(mark.repeat(3))).length;
  const what = files.length > 3 ? `${files.length} files` : new Intl.ListFormat('en').format(files);
  return [
    `Update ${what}`,
    `Lines added: ${count('+')}, lines removed: ${count('-')}.`,
    "Written by Quillet's demo model, which only counts lines. A real model\nsays what the change is for.",
  ].join('\n\n');
}

function completion(text) {
  const end = text.trimEnd();
  const found = completions.find(({ after }) => end.endsWith(after));
  if (found !== undefined) {
    return found.completion;
  }
  const mark = commentMark(end.slice(end.lastIndexOf('\n') + 1));
  return `\n${mark}This is Quillet's demo model: it completes the last line of cart.ts and the lines of newsletter.md.\n${mark}${plainConnect}`;
}

function unknownText(selection) {
  const lines = selection.split('\n').length;
  const known = samples.map(({ file, name }) => `- \`${file}\`: ${name}`).join('\n');
  return [
    `This is Quillet's **demo model**. It received your selection (${lines === 1 ? 'one line' : `${lines} lines`}), but it only has prepared answers for the sample files:`,
    known,
    connect,
  ].join('\n\n');
}

/** The selection as it was, under a comment that says why. */
function unknownCode(selection, sample) {
  const indentation = /^[ \t]*/.exec(selection)?.[0] ?? '';
  const mark = indentation + (commentMark(selection) || guessedMark(selection));
  const lines = sample === undefined ? '' : ` (lines ${sample.firstLine} to ${sample.lastLine} of ${sample.file})`;
  const what = sample === undefined ? 'rewrites the sample files only' : `rewrites ${sample.name} as a whole${lines}`;
  return `${mark}Quillet's demo model ${what}.\n${mark}${plainConnect}\n${selection}`;
}

function commentMark(line) {
  return /^\s*(\/\/|#(?!#)|--)\s/.exec(line)?.[1].concat(' ') ?? '';
}

function guessedMark(code) {
  if (/^\s*(SELECT|FROM|WHERE|WITH|GROUP|ORDER)\b/im.test(code)) {
    return '-- ';
  }
  return /^\s*(def|class|import|from|for|if|while|with|try|except|return|raise)\b.*(:|\))$/m.test(code) ? '# ' : '// ';
}
