import { stringify } from 'yaml';
import type { ParameterSet } from '../../core/chat';
import { type DestinationKind, INSERT_ID } from '../../core/destinationKind';
import { findInvisible } from '../../sanitize/invisibleCharacters';
import { toSingleLine } from '../../sanitize/redactor';
import { toLineFeeds } from '../../text/indentation';
import type { JsonObject } from '../../util/json';
import { withoutUndefined } from '../../util/withoutUndefined';
import { type FrontMatter, type ParseOptions, readFrontMatter } from './frontMatter';
import { PROMPT_KEYS } from './frontMatterKeys';
import { MAX_PROMPT_LENGTH, type PromptProblem, type PromptProblemCode } from './promptProblem';
import { escapeForeignVariables, findVariableProblems } from './variables';

/** A parsed prompt. Its templates are not expanded. */
export interface PromptDefinition {
  id: string;
  name: string;
  description: string;
  destination: DestinationKind;
  /** Language ID of the document that the answer opens, or {@link SAME_LANGUAGE}. */
  documentLanguage?: string;
  /** A model ref. Defaults to the selected model. */
  model?: string;
  /** Up to two model refs. Defaults to those of the provider. */
  fallback?: readonly string[];
  parameters: ParameterSet;
  /** Extra fields of the request body. */
  body?: JsonObject;
  system?: string;
  user: string;
  /** Language IDs in which the prompt is offered; all if absent. Run by its ID, it works in any language. */
  languages?: readonly string[];
  /** Templates by language ID, appended to the system prompt as a paragraph. */
  languageNotes?: Readonly<Record<string, string>>;
  menu?: boolean;
  lightbulb?: boolean;
  /** 1-based lines at which the templates start, for error messages. */
  lines?: PromptLines;
}

export interface PromptLines {
  user: number;
  system?: number;
  notes?: Readonly<Record<string, number>>;
}

const MAX_NAME_LENGTH = 100;
const MAX_DESCRIPTION_LENGTH = 300;

const MAX_INVISIBLE_CHARACTER_PROBLEMS = 20;

/** Parses a `*.prompt.md` file: YAML front matter, if any, and a Markdown body. With an error it yields no prompt. */
export function parsePromptFile(
  id: string,
  text: string,
  options: ParseOptions = {},
): { prompt?: PromptDefinition; problems: PromptProblem[] } {
  const { isShared = false } = options;
  if (text.length > MAX_PROMPT_LENGTH) return { problems: [errorAt(1, [1], 'tooLarge')] };
  const normalized = toLineFeeds(text.replace(/^\u{feff}/u, ''));
  const invisibleCharacters = findInvisibleCharacters(normalized);
  const sections = splitFrontMatter(normalized);
  if ('code' in sections) return { problems: sortByPosition([sections, ...invisibleCharacters]) };

  const { frontMatter, problems: frontMatterProblems } = readFrontMatter(sections.frontMatter, options);
  const problems = sortByPosition([
    ...frontMatterProblems,
    ...bodyProblems(sections, isShared),
    ...invisibleCharacters,
  ]);
  const isUsable = problems.every(({ severity }) => severity !== 'error');
  if (frontMatter === undefined || !isUsable) return { problems };
  const definition = toDefinition(id, frontMatter, sections);
  return { prompt: isShared ? escapeForeignVariables(definition) : definition, problems };
}

/** Serializes a prompt, with comments below the keys. Parsing the result gives the same prompt. */
export function formatPromptFile(
  prompt: Omit<PromptDefinition, 'id' | 'lines'>,
  comments: readonly string[] = [],
): string {
  const fields = PROMPT_KEYS.map((key) => [key, prompt[key]] as const).filter(
    ([key, value]) => value !== undefined && value !== '' && (key !== 'parameters' || Object.keys(value).length > 0),
  );
  const yaml = stringify(Object.fromEntries(fields), { lineWidth: 0 });
  const notes = comments.map((comment) => `# ${comment}\n`).join('');
  return `---\n${yaml}${notes}---\n${prompt.user}\n`;
}

interface FileSections {
  readonly frontMatter: string;
  readonly body: string;
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

/** Removes leading blank lines and trailing whitespace, but keeps the indentation of the first line. */
function trimBody(text: string, firstLine: number): Pick<FileSections, 'body' | 'bodyLine'> {
  const trimmed = text.trimEnd();
  const body = trimmed.replace(/^(?:[^\S\n]*\n)+/, '');
  const blankLines = trimmed.slice(0, trimmed.length - body.length).split('\n').length - 1;
  return { body, bodyLine: firstLine + blankLines };
}

function bodyProblems({ body, bodyLine }: FileSections, isShared: boolean): PromptProblem[] {
  if (body === '') return [errorAt(bodyLine, [1], 'emptyBody')];
  if (isShared) return [];
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
    // Shown in lists, dialogs and titles, so they must be single lines.
    name: toSingleLine(name ?? id).slice(0, MAX_NAME_LENGTH),
    description: toSingleLine(description ?? '').slice(0, MAX_DESCRIPTION_LENGTH),
    destination: destination ?? (id === INSERT_ID ? 'insert' : 'thread'),
    parameters: parameters ?? {},
    user: body,
    ...withoutUndefined({
      documentLanguage: frontMatter.documentLanguage,
      model,
      body: frontMatter.body ?? undefined,
      system,
      fallback: toList(frontMatter.fallback),
      languages: toList(languages),
      languageNotes: languageNotes || undefined,
      menu: frontMatter.menu,
      lightbulb: frontMatter.lightbulb,
    }),
    lines: { user: bodyLine, ...lines },
  };
}

function toList(value: string | readonly string[] | null | undefined): readonly string[] | undefined {
  return typeof value === 'string' ? [value] : (value ?? undefined);
}

function sortByPosition(problems: readonly PromptProblem[]): PromptProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function errorAt(line: number, columns: readonly [number, number?], code: PromptProblemCode): PromptProblem {
  const [column, endColumn = column] = columns;
  return { line, column, endColumn, code, severity: 'error' };
}
