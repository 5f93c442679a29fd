import { DESTINATION_KINDS } from '../../core/destinationKind';
import { findVariables } from '../../text/template';
import {
  IGNORED_PROMPT_KEYS,
  PARAMETER_KEYS,
  PROMPT_KEYS,
  PROMPT_VALUE_KINDS,
  type PromptKey,
  SAME_LANGUAGE,
} from './frontMatterKeys';
import { MAX_PROMPT_LENGTH } from './promptProblem';
import { PROMPT_VARIABLE_NAMES } from './variables';

/** `frontMatter` is the complete front matter, offered in files without one. */
export type PromptElementKind =
  | 'frontMatter'
  | 'key'
  | 'parameter'
  | 'destination'
  | 'model'
  | 'language'
  | 'variable'
  | 'word';

/** An element of a prompt file. Offsets are in UTF-16 units. */
export interface PromptElement {
  readonly kind: PromptElementKind;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface PromptCompletion extends PromptElement {
  /** VS Code snippet syntax. */
  readonly snippet: string;
  /** Whether to open the list again after inserting, to choose the value. */
  readonly triggersSuggest: boolean;
}

export interface KnownNames {
  readonly models: readonly string[];
  readonly languages: readonly string[];
}

/** Completions at an offset. Works on incomplete and invalid files. */
export function completionsAt(text: string, offset: number, known: KnownNames): readonly PromptCompletion[] {
  if (text.length > MAX_PROMPT_LENGTH) return [];
  const line = lineAt(text, offset);
  const templateCompletions = line.isTemplate ? variableCompletions(line, offset) : [];
  if (!line.isFrontMatter) return [...frontMatterCompletions(text, offset), ...templateCompletions];
  return templateCompletions.length > 0
    ? templateCompletions
    : [...keyCompletions(line, offset), ...valueCompletions(line, offset, known)];
}

export function elementAt(text: string, offset: number): PromptElement | undefined {
  if (text.length > MAX_PROMPT_LENGTH) return undefined;
  const line = lineAt(text, offset);
  const variable = line.isTemplate ? variableAt(line, offset) : undefined;
  if (variable !== undefined || !line.isFrontMatter) return variable;
  const entry = parseEntry(line);
  if (entry === undefined) return undefined;
  if (isWithin(entry.key, offset)) return knownKeyElement(entry, line);
  const isDestination = entry.isTopLevel && entry.key.name === 'destination' && isWithin(entry.value, offset);
  const kind = DESTINATION_KINDS.find((destination) => destination === entry.value.name);
  return isDestination && kind !== undefined ? { ...entry.value, kind: 'destination' } : undefined;
}

interface Line {
  readonly text: string;
  readonly start: number;
  readonly isFrontMatter: boolean;
  readonly isTemplate: boolean;
  /** The top-level key that the line belongs to. */
  readonly parentKey: string;
  /** Keys that are already used, except in this line: top-level ones, or those below the same parent key. */
  readonly siblingKeys: ReadonlySet<string>;
}

/** Front matter that is not closed yet extends to the end of the text. */
function lineAt(text: string, offset: number): Line {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const index = text.slice(0, offset).split('\n').length - 1;
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const lineText = lines[index] ?? '';
  const hasFrontMatter = lines[0]?.trimEnd() === '---';
  const closingIndex = hasFrontMatter
    ? lines.findIndex((line, lineIndex) => lineIndex > 0 && line.trimEnd() === '---')
    : 0;
  const end = closingIndex === -1 ? lines.length : closingIndex;
  if (index >= end) {
    const isTemplate = !hasFrontMatter || index > end;
    return { text: lineText, start, isFrontMatter: false, isTemplate, parentKey: '', siblingKeys: new Set() };
  }
  const frontMatter = lines.slice(1, end);
  const parentKeys = findParentKeys(frontMatter);
  const parentKey = parentKeys[index - 1] ?? '';
  const isTemplate = parentKey === 'system' || parentKey === 'languageNotes';
  return {
    text: lineText,
    start,
    isFrontMatter: index > 0,
    isTemplate,
    parentKey,
    siblingKeys: findSiblingKeys(frontMatter, parentKeys, index - 1),
  };
}

function topLevelKey(line: string): string | undefined {
  return /^([\w-]+)[^\S\n]*:/.exec(line)?.[1];
}

function findParentKeys(frontMatter: readonly string[]): string[] {
  let parentKey = '';
  return frontMatter.map((line) => {
    parentKey = topLevelKey(line) ?? parentKey;
    return parentKey;
  });
}

function findSiblingKeys(
  frontMatter: readonly string[],
  parentKeys: readonly string[],
  index: number,
): ReadonlySet<string> {
  const isIndented = /^\s/.test(frontMatter[index] ?? '');
  const siblings = frontMatter.flatMap((line, lineIndex) => {
    if (lineIndex === index) return [];
    if (!isIndented) return topLevelKey(line) ?? [];
    return parentKeys[lineIndex] === parentKeys[index] ? (/^\s+([\w-]+)\s*:/.exec(line)?.[1] ?? []) : [];
  });
  return new Set(siblings);
}

function frontMatterCompletions(text: string, offset: number): PromptCompletion[] {
  const hasOpeningLine = /^---\s*\n/.test(text);
  const end = /^-{0,3}(?![^\r\n])/.exec(text)?.[0].length ?? 0;
  if (hasOpeningLine || offset > end) return [];
  const snippet = `---\nname: \${1:Name}\ndescription: \${2:What it does}\ndestination: \${3|${DESTINATION_KINDS.join(',')}|}\n---\n$0`;
  return [{ kind: 'frontMatter', name: '---', start: 0, end, snippet, triggersSuggest: false }];
}

/** Completes after `$` or `${`, and replaces up to the closing brace. */
function variableCompletions({ text, start }: Line, offset: number): PromptCompletion[] {
  const before = text.slice(0, offset - start);
  const open = /(?<!\\)\$(?:\{\w*)?$/.exec(before)?.[0];
  if (open === undefined) return [];
  const rest = /^\w*(?:(?::[^{}\n]*)?\})?/.exec(text.slice(offset - start))?.[0] ?? '';
  const range = { start: offset - open.length, end: offset + (open.length === 1 ? 0 : rest.length) };
  return PROMPT_VARIABLE_NAMES.map((name) => ({
    kind: 'variable',
    name,
    ...range,
    snippet: variableSnippet(name),
    triggersSuggest: false,
  }));
}

function variableSnippet(name: (typeof PROMPT_VARIABLE_NAMES)[number]): string {
  if (name === 'input') return '\\${input:${1:name}:${2:question}\\}$0';
  if (name === 'pick') return '\\${pick:${1:name}:${2:one|other}\\}$0';
  return `\\\${${name}\\}$0`;
}

function keyCompletions({ text, start, parentKey, siblingKeys }: Line, offset: number): PromptCompletion[] {
  const typed = /^(\s*)([\w-]*)$/.exec(text.slice(0, offset - start));
  if (typed === null) return [];
  const [, indentation = '', word = ''] = typed;
  const rest = text.slice(offset - start);
  const end = offset + (/^[\w-]*/.exec(rest)?.[0].length ?? 0);
  const hasColon = /^[\w-]*\s*:/.test(rest);
  const range = { start: offset - word.length, end };
  if (indentation === '') {
    const unusedKeys = PROMPT_KEYS.filter((name) => !siblingKeys.has(name));
    return unusedKeys.map((name) => ({
      kind: 'key',
      name,
      ...range,
      snippet: hasColon ? name : keySnippet(name),
      triggersSuggest: !hasColon && hasChoices(name),
    }));
  }
  if (parentKey !== 'parameters') return [];
  const unusedParameters = PARAMETER_KEYS.filter((name) => !siblingKeys.has(name));
  return unusedParameters.map((name) => ({
    kind: 'parameter',
    name,
    ...range,
    snippet: hasColon ? name : `${name}: $0`,
    triggersSuggest: name === 'reasoningEffort',
  }));
}

function keySnippet(key: PromptKey): string {
  switch (PROMPT_VALUE_KINDS[key]) {
    case 'block':
      return `${key}: |\n  $0`;
    case 'parameters':
    case 'notes':
      return `${key}:\n  $0`;
    case 'languages':
      return `${key}: [$0]`;
    default:
      return `${key}: $0`;
  }
}

function hasChoices(key: PromptKey): boolean {
  return PROMPT_VALUE_KINDS[key] !== 'text' && PROMPT_VALUE_KINDS[key] !== 'block';
}

function valueCompletions(line: Line, offset: number, known: KnownNames): PromptCompletion[] {
  const { text, start, parentKey } = line;
  const before = text.slice(0, offset - start);
  const entry = /^(\s*)([\w-]+)\s*:\s*(?:\[(?:[^\]]*,)?\s*)?["']?([^\s,[\]"']*)$/.exec(before);
  const item = /^\s+(?:-\s*)?([\w-]*)$/.exec(before);
  const word = entry?.[3] ?? item?.[1];
  if (word === undefined) return [];
  const isTopLevel = entry?.[1] === '';
  const key = entry === null ? '' : (entry[2] ?? '');
  const end = offset + (/^[^\s,\]"']*/.exec(text.slice(offset - start))?.[0].length ?? 0);
  const range = { start: offset - word.length, end };
  // YAML requires a space after the colon.
  const space = before.endsWith(':') ? ' ' : '';
  const toCompletion = (kind: PromptElementKind) => (name: string) =>
    ({ kind, name, ...range, snippet: space + escapeSnippet(name), triggersSuggest: false }) as const;
  if (isTopLevel) return valueChoices(key, known, toCompletion);
  if (entry !== null && parentKey === 'parameters' && key === 'reasoningEffort')
    return REASONING_EFFORTS.map(toCompletion('word'));
  if (entry !== null) return [];
  if (parentKey === 'languages') return known.languages.map(toCompletion('language'));
  if (parentKey !== 'languageNotes' || /-/.test(before)) return [];
  const hasColon = /^\s*:/.test(text.slice(end - start));
  const unusedLanguages = known.languages.filter((name) => !line.siblingKeys.has(name));
  return unusedLanguages.map((name) => ({
    ...toCompletion('language')(name),
    snippet: hasColon ? name : `${name}: $0`,
  }));
}

// Common values. Any other value is sent unchanged.
const REASONING_EFFORTS = ['minimal', 'low', 'medium', 'high'];

function valueChoices(
  key: string,
  known: KnownNames,
  toCompletion: (kind: PromptElementKind) => (name: string) => PromptCompletion,
): PromptCompletion[] {
  switch (PROMPT_VALUE_KINDS[key as PromptKey]) {
    case 'destination':
      return DESTINATION_KINDS.map(toCompletion('destination'));
    case 'model':
      return known.models.map(toCompletion('model'));
    case 'boolean':
      return ['true', 'false'].map(toCompletion('word'));
    case 'languages':
      return known.languages.map(toCompletion('language'));
    case 'documentLanguage':
      return [SAME_LANGUAGE, ...known.languages].map(toCompletion('language'));
    default:
      return [];
  }
}

function escapeSnippet(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

interface Entry {
  readonly key: Omit<PromptElement, 'kind'>;
  readonly value: Omit<PromptElement, 'kind'>;
  readonly isTopLevel: boolean;
}

function parseEntry({ text, start }: Line): Entry | undefined {
  const match = /^(\s*)([\w-]+)(\s*:\s*)(.*?)\s*$/.exec(text);
  if (match === null) return undefined;
  const [, indentation = '', name = '', separator = '', value = ''] = match;
  const keyStart = start + indentation.length;
  const valueStart = keyStart + name.length + separator.length;
  return {
    key: { name, start: keyStart, end: keyStart + name.length },
    value: { name: value, start: valueStart, end: valueStart + value.length },
    isTopLevel: indentation === '',
  };
}

function knownKeyElement({ key, isTopLevel }: Entry, { parentKey }: Line): PromptElement | undefined {
  if (isTopLevel) {
    const isKnown = PROMPT_KEYS.some((name) => name === key.name) || IGNORED_PROMPT_KEYS.includes(key.name);
    return isKnown ? { ...key, kind: 'key' } : undefined;
  }
  const isParameter = parentKey === 'parameters' && PARAMETER_KEYS.some((name) => name === key.name);
  return isParameter ? { ...key, kind: 'parameter' } : undefined;
}

function variableAt({ text, start }: Line, offset: number): PromptElement | undefined {
  const found = findVariables(text)
    .map(({ name, offset: column, length }) => ({ name, start: start + column, end: start + column + length }))
    .find((element) => isWithin(element, offset));
  const isKnown = PROMPT_VARIABLE_NAMES.some((name) => name === found?.name);
  return found === undefined || !isKnown ? undefined : { ...found, kind: 'variable' };
}

function isWithin({ start, end }: Pick<PromptElement, 'start' | 'end'>, offset: number): boolean {
  return offset >= start && offset < end;
}
