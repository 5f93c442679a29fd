import { DESTINATION_KINDS } from '../../core/destinationKind';
import { findVariables } from '../../text/template';
import { IGNORED_PROMPT_KEYS, PARAMETER_KEYS, PROMPT_KEYS, SAME_LANGUAGE } from './frontMatterKeys';
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
  readonly triggersSuggest?: boolean;
}

interface KnownNames {
  readonly models: readonly string[];
  readonly languages: readonly string[];
}

/** Completions at an offset. Works on incomplete and invalid files. */
export function completionsAt(text: string, offset: number, known: KnownNames): readonly PromptCompletion[] {
  if (text.length > MAX_PROMPT_LENGTH) return [];
  const line = lineAt(text, offset);
  const variables = line.isTemplate ? variableCompletions(line) : [];
  if (!line.isFrontMatter) return [...frontMatterCompletions(text, offset), ...variables];
  return variables.length > 0 ? variables : [...keyCompletions(line), ...valueCompletions(line, known)];
}

export function elementAt(text: string, offset: number): PromptElement | undefined {
  if (text.length > MAX_PROMPT_LENGTH) return undefined;
  const line = lineAt(text, offset);
  return [...variablesIn(line), ...entryIn(line)].find(({ start, end }) => offset >= start && offset < end);
}

interface Line {
  readonly text: string;
  readonly start: number;
  readonly offset: number;
  readonly before: string;
  readonly after: string;
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
  const line = lines[index] ?? '';
  const hasFrontMatter = lines[0]?.trimEnd() === '---';
  const closingIndex = lines.findIndex((other, otherIndex) => otherIndex > 0 && other.trimEnd() === '---');
  const end = !hasFrontMatter ? 0 : closingIndex === -1 ? lines.length : closingIndex;
  const isFrontMatter = index > 0 && index < end;
  const keys = readKeys(lines.slice(0, end));
  const { parentKey = '', isIndented } = keys[index] ?? {};
  const siblings = keys.filter(
    (other, otherIndex) =>
      otherIndex !== index && other.isIndented === isIndented && (!isIndented || other.parentKey === parentKey),
  );
  return {
    text: line,
    start,
    offset,
    before: line.slice(0, offset - start),
    after: line.slice(offset - start),
    isFrontMatter,
    isTemplate: isFrontMatter
      ? parentKey === 'system' || parentKey === 'languageNotes'
      : !hasFrontMatter || index > end,
    parentKey,
    siblingKeys: new Set(siblings.map(({ key }) => key)),
  };
}

function readKeys(lines: readonly string[]) {
  let parentKey = '';
  return lines.map((line) => {
    const [, indentation = '', key = ''] = /^(\s*)([\w-]+)\s*:/.exec(line) ?? [];
    if (key !== '' && indentation === '') parentKey = key;
    return { key, parentKey, isIndented: /^\s/.test(line) };
  });
}

function frontMatterCompletions(text: string, offset: number): PromptCompletion[] {
  const hasOpeningLine = /^---\s*\n/.test(text);
  const end = /^-{0,3}(?![^\r\n])/.exec(text)?.[0].length ?? 0;
  if (hasOpeningLine || offset > end) return [];
  const snippet = `---\nname: \${1:Name}\ndescription: \${2:What it does}\ndestination: \${3|${DESTINATION_KINDS.join(',')}|}\n---\n$0`;
  return [{ kind: 'frontMatter', name: '---', start: 0, end, snippet }];
}

/** Completes after `$` or `${`, and replaces up to the closing brace. */
function variableCompletions({ before, after, offset }: Line): PromptCompletion[] {
  const open = /(?<!\\)\$(?:\{\w*)?$/.exec(before)?.[0];
  if (open === undefined) return [];
  const rest = /^\w*(?:(?::[^{}\n]*)?\})?/.exec(after)?.[0] ?? '';
  const range = { start: offset - open.length, end: offset + (open.length === 1 ? 0 : rest.length) };
  return PROMPT_VARIABLE_NAMES.map((name) => ({ kind: 'variable', name, ...range, snippet: variableSnippet(name) }));
}

function variableSnippet(name: (typeof PROMPT_VARIABLE_NAMES)[number]): string {
  if (name === 'input') return '\\${input:${1:name}:${2:question}\\}$0';
  if (name === 'pick') return '\\${pick:${1:name}:${2:one|other}\\}$0';
  return `\\\${${name}\\}$0`;
}

const KEY_SNIPPETS: Readonly<Partial<Record<string, string>>> = {
  system: ': |\n  $0',
  parameters: ':\n  $0',
  body: ':\n  $0',
  languageNotes: ':\n  $0',
  languages: ': [$0]',
};

function keyCompletions({ before, after, offset, parentKey, siblingKeys }: Line): PromptCompletion[] {
  const [typed, indentation = '', word = ''] = /^(\s*)([\w-]*)$/.exec(before) ?? [];
  const isTopLevel = indentation === '';
  if (typed === undefined || !(isTopLevel || parentKey === 'parameters')) return [];
  const rest = /^[\w-]*/.exec(after)?.[0] ?? '';
  const hasColon = /^\s*:/.test(after.slice(rest.length));
  const names: readonly string[] = isTopLevel ? PROMPT_KEYS : PARAMETER_KEYS;
  return names
    .filter((name) => !siblingKeys.has(name))
    .map((name) => ({
      kind: isTopLevel ? 'key' : 'parameter',
      name,
      start: offset - word.length,
      end: offset + rest.length,
      snippet: hasColon ? name : name + (KEY_SNIPPETS[name] ?? ': $0'),
      triggersSuggest: !hasColon && KEYS_WITH_CHOICES.has(name),
    }));
}

function valueCompletions(line: Line, known: KnownNames): PromptCompletion[] {
  const { before, after, offset, parentKey, siblingKeys } = line;
  const entry = /^(\s*)([\w-]+)\s*:\s*(?:\[(?:[^\]]*,)?\s*)?["']?([^\s,[\]"']*)$/.exec(before);
  const item = /^\s+(-\s*)?([\w-]*)$/.exec(before);
  const word = entry?.[3] ?? item?.[2];
  if (word === undefined) return [];
  const key = entry?.[1] === '' ? entry[2] : `${parentKey}.${entry?.[2] ?? item?.[1]?.trim() ?? ''}`;
  const [kind, names] = valueChoices(known).get(key ?? '') ?? ['word', []];
  const end = offset + (/^[^\s,\]"']*/.exec(after)?.[0].length ?? 0);
  const isNote = key === 'languageNotes.';
  const hasColon = /^[^\s,\]"']*\s*:/.test(after);
  // YAML requires a space after the colon.
  const space = before.endsWith(':') ? ' ' : '';
  return names
    .filter((name) => !isNote || !siblingKeys.has(name))
    .map((name) => ({
      kind,
      name,
      start: offset - word.length,
      end,
      snippet: space + name.replace(/[\\$}]/g, '\\$&') + (isNote && !hasColon ? ': $0' : ''),
    }));
}

type Choices = readonly [kind: PromptElementKind, names: readonly string[]];

/** Values by key, or by top-level key and the key or dash below it. */
function valueChoices({ models, languages }: KnownNames): ReadonlyMap<string, Choices> {
  return new Map<string, Choices>([
    ['destination', ['destination', DESTINATION_KINDS]],
    ['documentLanguage', ['language', [SAME_LANGUAGE, ...languages]]],
    ['model', ['model', models]],
    // Common values. Any other value is sent unchanged.
    ['parameters.reasoningEffort', ['word', ['minimal', 'low', 'medium', 'high']]],
    ['languages', ['language', languages]],
    ['languages.', ['language', languages]],
    ['languages.-', ['language', languages]],
    ['languageNotes.', ['language', languages]],
    ['menu', ['word', ['true', 'false']]],
    ['lightbulb', ['word', ['true', 'false']]],
  ]);
}

const KEYS_WITH_CHOICES = new Set(
  [...valueChoices({ models: [], languages: [] }).keys()].flatMap((key) => key.split('.')),
);

function variablesIn({ text, start, isTemplate }: Line): PromptElement[] {
  if (!isTemplate) return [];
  return findVariables(text)
    .filter(({ name }) => PROMPT_VARIABLE_NAMES.some((known) => known === name))
    .map(({ name, offset, length }) => ({
      kind: 'variable',
      name,
      start: start + offset,
      end: start + offset + length,
    }));
}

/** The key of the line, and the destination after it. */
function entryIn({ text, start, isFrontMatter, parentKey }: Line): PromptElement[] {
  const [entry, indentation = '', key = '', separator = '', value = ''] =
    /^(\s*)([\w-]+)(\s*:\s*)(.*?)\s*$/.exec(text) ?? [];
  if (!isFrontMatter || entry === undefined) return [];
  const toElement = (kind: PromptElementKind, name: string, column: number): PromptElement => ({
    kind,
    name,
    start: start + column,
    end: start + column + name.length,
  });
  const keyEnd = indentation.length + key.length;
  if (indentation !== '') {
    const isParameter = parentKey === 'parameters' && PARAMETER_KEYS.some((name) => name === key);
    return isParameter ? [toElement('parameter', key, indentation.length)] : [];
  }
  const isKnown = [...PROMPT_KEYS, ...IGNORED_PROMPT_KEYS].includes(key);
  const isDestination = key === 'destination' && DESTINATION_KINDS.some((kind) => kind === value);
  return [
    ...(isKnown ? [toElement('key', key, 0)] : []),
    ...(isDestination ? [toElement('destination', value, keyEnd + separator.length)] : []),
  ];
}
