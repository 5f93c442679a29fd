import { type PromptKey, SAME_LANGUAGE } from './frontMatterKeys';
import type { PromptDefinition } from './promptFile';
import type { PromptProblem } from './promptProblem';

/** Finds language IDs that are not installed, such as `js` for `javascript`, for which a prompt is never offered. */
export function unknownLanguages(
  text: string,
  { languages = [], languageNotes = {}, documentLanguage = SAME_LANGUAGE }: PromptDefinition,
  knownLanguages: readonly string[],
): PromptProblem[] {
  const namedLanguages: readonly (readonly [PromptKey, string])[] = [
    ...languages.map((name) => ['languages', name] as const),
    ...Object.keys(languageNotes).map((name) => ['languageNotes', name] as const),
    ['documentLanguage', documentLanguage],
  ];
  return namedLanguages
    .filter(([, name]) => name !== SAME_LANGUAGE && !knownLanguages.includes(name))
    .map(([key, subject]) => ({
      ...locateName(text, key, subject),
      code: 'unknownLanguage',
      severity: 'info',
      subject,
    }));
}

/** The position of the name after its key, quoted or not, or else of the key. */
function locateName(text: string, key: PromptKey, name: string): Pick<PromptProblem, 'line' | 'column' | 'endColumn'> {
  const lines = text.split('\n');
  const first = Math.max(
    0,
    lines.findIndex((line) => line.startsWith(key)),
  );
  for (const [index, line] of lines.entries()) {
    const column = index < first ? -1 : line.indexOf(name, index === first ? key.length : 0);
    if (column !== -1) return { line: index + 1, column: column + 1, endColumn: column + 1 + name.length };
  }
  return { line: first + 1, column: 1, endColumn: key.length + 1 };
}
