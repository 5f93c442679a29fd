import type { ParameterSet } from '../../core/chat';
import type { DestinationKind } from '../../core/destinationKind';
import { findInvisible } from '../../sanitize/invisibleCharacters';
import { toSingleLine } from '../../sanitize/redactor';
import { toLineFeeds } from '../../text/indentation';
import { withoutUndefined } from '../../util/withoutUndefined';
import { type FrontMatter, readFrontMatter } from './frontMatter';
import { toParameterSet } from './parameterSchema';
import type { PromptProblem, PromptProblemCode } from './promptProblem';
import { findVariableProblems } from './variables';

/** A prompt as the library holds it: templates, not yet filled in. */
export interface PromptDefinition {
  id: string;
  name: string;
  description: string;
  destination: DestinationKind;
  /** Of a document that the answer opens: an id, or {@link SAME_LANGUAGE}; absent leaves it to `documentLanguageFor`. */
  documentLanguage?: string;
  /** A model ref; absent means the default model. */
  model?: string;
  parameters: ParameterSet;
  system?: string;
  user: string;
  /** Ids of the languages in which it is offered; absent means in all. It can be run by its id in any. */
  languages?: readonly string[];
  /** What is added to the system text, in a paragraph of its own, where the document has that language. Templates too. */
  languageNotes?: Readonly<Record<string, string>>;
  /** Whether the context menu offers it. */
  menu?: boolean;
  /** Whether the lightbulb offers it where something is selected. */
  lightbulb?: boolean;
  /** The lines of the file, from 1, in which its templates begin: what is missing is told by its line there. */
  lines?: PromptLines;
}

export interface PromptLines {
  user: number;
  system?: number;
  /** By language. */
  notes?: Readonly<Record<string, number>>;
}

/** Most bytes and most characters of a prompt file. */
export const MAX_PROMPT_FILE_LENGTH = 64 * 1024;

/** Longer ones would push everything else out of a list. */
const MAX_NAME_LENGTH = 100;
const MAX_DESCRIPTION_LENGTH = 300;

/** So many hidden places are enough to know what to think of a file. */
const MAX_INVISIBLE_CHARACTER_PROBLEMS = 20;

export interface ParseOptions {
  /** Whether the file is VS Code's as well: what it says to VS Code alone is no mistake then. */
  readonly isShared?: boolean;
}

/**
 * Reads a `*.prompt.md` file: optional YAML front matter and a Markdown body. A file with any error gives no prompt,
 * because half of what somebody wrote is not what they wrote. Takes any text at all, and never throws.
 */
export function parsePromptFile(
  id: string,
  text: string,
  { isShared = false }: ParseOptions = {},
): { prompt?: PromptDefinition; problems: PromptProblem[] } {
  if (text.length > MAX_PROMPT_FILE_LENGTH) return { problems: [errorAt(1, [1], 'tooLarge')] };
  const normalized = toLineFeeds(text.replace(/^\u{feff}/u, ''));
  const invisibleCharacters = findInvisibleCharacters(normalized);
  const sections = splitFrontMatter(normalized);
  if ('code' in sections) return { problems: sortByPosition([sections, ...invisibleCharacters]) };

  const { frontMatter, problems: frontMatterProblems } = readFrontMatter(sections.frontMatter, isShared);
  const problems = sortByPosition([...frontMatterProblems, ...bodyProblems(sections), ...invisibleCharacters]);
  const isUsable = problems.every(({ severity }) => severity !== 'error');
  if (frontMatter === undefined || !isUsable) return { problems };
  return { prompt: toDefinition(id, frontMatter, sections), problems };
}

interface FileSections {
  readonly frontMatter: string;
  readonly body: string;
  /** The line of the file in which the body begins. */
  readonly bodyLine: number;
}

function splitFrontMatter(text: string): FileSections | PromptProblem {
  const lines = text.split('\n');
  const first = (lines[0] ?? '').trimEnd();
  if (/^---[a-z]/i.test(first)) {
    return errorAt(1, [4, first.length + 1], 'frontMatterLanguage');
  }
  if (first !== '---') return { frontMatter: '', ...trimBody(text, 1) };
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---');
  if (end === -1) return errorAt(1, [1, 4], 'unclosed');
  return { frontMatter: lines.slice(1, end).join('\n'), ...trimBody(lines.slice(end + 1).join('\n'), end + 2) };
}

/** Takes blank lines off the start and white space off the end; the indentation of the first line stays. */
function trimBody(text: string, firstLine: number): Pick<FileSections, 'body' | 'bodyLine'> {
  const trimmed = text.trimEnd();
  const body = trimmed.replace(/^(?:[^\S\n]*\n)+/, '');
  const blankLines = trimmed.slice(0, trimmed.length - body.length).split('\n').length - 1;
  return { body, bodyLine: firstLine + blankLines };
}

function bodyProblems({ body, bodyLine }: FileSections): PromptProblem[] {
  if (body === '') return [errorAt(bodyLine, [1], 'emptyBody')];
  return findVariableProblems(body).map(({ variable: { name, line, column, length }, code }) => ({
    ...errorAt(bodyLine + line - 1, [column, column + length], code),
    subject: name,
  }));
}

function findInvisibleCharacters(text: string): PromptProblem[] {
  return findInvisible(text)
    .slice(0, MAX_INVISIBLE_CHARACTER_PROBLEMS)
    .map(({ line, column, start, end }) => ({
      line,
      column,
      endColumn: column + end - start,
      code: 'hidden',
      severity: 'warning',
    }));
}

function toDefinition(id: string, frontMatter: FrontMatter, { body, bodyLine }: FileSections): PromptDefinition {
  const { name, description, destination, model, parameters, system, languages, languageNotes, lines } = frontMatter;
  return {
    id,
    // They are shown in lists, questions and titles, where a line is a line.
    name: toSingleLine(name ?? id).slice(0, MAX_NAME_LENGTH),
    description: toSingleLine(description ?? '').slice(0, MAX_DESCRIPTION_LENGTH),
    destination: destination ?? 'thread',
    parameters: toParameterSet(parameters),
    user: body,
    ...withoutUndefined({
      documentLanguage: frontMatter.documentLanguage,
      model,
      system,
      languages: languages ? (typeof languages === 'string' ? [languages] : languages) : undefined,
      languageNotes: languageNotes || undefined,
      menu: frontMatter.menu,
      lightbulb: frontMatter.lightbulb,
    }),
    lines: { user: bodyLine, ...lines },
  };
}

function sortByPosition(problems: readonly PromptProblem[]): PromptProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** An error from a column to the end that is named, or at one place. */
function errorAt(line: number, columns: readonly [number, number?], code: PromptProblemCode): PromptProblem {
  const [column, endColumn = column] = columns;
  return { line, column, endColumn, code, severity: 'error' };
}
