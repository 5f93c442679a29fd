import { l10n } from 'vscode';
import { PROMPT_SUFFIX, type PromptEntry } from '../core/promptLibrary';
import type { PromptProblem, PromptProblemCode } from '../core/promptProblem';
import { singleLine } from '../core/redact';

/** What is the same whatever the file says; the others have words of their own for each place. */
const sentences: Readonly<Partial<Record<PromptProblemCode, () => string>>> = {
  tooLarge: () => l10n.t('A prompt file holds at most 64 KiB.'),
  encoding: () => l10n.t('A prompt file is text in UTF-8.'),
  link: () => l10n.t('A prompt file of a workspace is a file of its own, not a link to another one.'),
  frontMatterLanguage: () => l10n.t('Front matter is YAML, after a line of just ---.'),
  unclosed: () => l10n.t('The front matter has no closing --- line.'),
  emptyBody: () => l10n.t('The prompt has no text.'),
  hidden: () => l10n.t('Characters that cannot be seen, or that change the order of reading.'),
};

/** A problem of a prompt file, as users read it. */
export function problemSentence({ code, message }: PromptProblem): string {
  return sentences[code]?.() ?? singleLine(message);
}

/** The first problem of a file that cannot be used, with its place: `tests.prompt.md:3:5: …`. */
export function describeBroken({ id, problems }: PromptEntry): string {
  const name = `${singleLine(id).slice(0, 60)}${PROMPT_SUFFIX}`;
  const problem = problems.find(({ severity }) => severity === 'error');
  return problem === undefined ? name : `${name}:${problem.line}:${problem.column}: ${problemSentence(problem)}`;
}
