import { DESTINATION_KINDS } from '../../core/destinationKind';
import { findVariables } from '../../text/template';
import {
  ignoredPromptKeys,
  type PromptKey,
  parameterKeys,
  promptKeys,
  promptValueKinds,
  SAME_LANGUAGE,
} from './frontMatterKeys';
import { promptVariableNames } from './variables';

/** What something in a prompt file is. `frontMatter` is the whole of it, offered where there is none. */
export type PromptPartKind =
  | 'frontMatter'
  | 'key'
  | 'parameter'
  | 'destination'
  | 'model'
  | 'language'
  | 'variable'
  | 'word';

/** A part of a prompt file; from `start` to `end`, in UTF-16 units. */
export interface PromptPart {
  readonly kind: PromptPartKind;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Something that can be written in the place of what stands there. */
export interface PromptCompletion extends PromptPart {
  /** In the syntax of VS Code's snippets. */
  readonly snippet: string;
  /** Whether there is something to choose again behind it. */
  readonly isContinued: boolean;
}

/** What only VS Code and the settings know. */
export interface KnownNames {
  /** Model refs. */
  readonly models: readonly string[];
  /** Ids of languages. */
  readonly languages: readonly string[];
}

/** No longer text is a prompt file. */
const longestRead = 64 * 1024;

/** Everything that can be written at an offset of a prompt file, whatever state the file is in. */
export function completionsAt(text: string, offset: number, known: KnownNames): readonly PromptCompletion[] {
  if (text.length > longestRead) return [];
  const line = lineAt(text, offset);
  const ofTemplate = line.isTemplate ? variables(line, offset) : [];
  if (!line.isFrontMatter) return [...skeleton(text, offset), ...ofTemplate];
  return ofTemplate.length > 0 ? ofTemplate : [...keys(line, offset), ...values(line, offset, known)];
}

/** What a reader may want explained at an offset. */
export function partAt(text: string, offset: number): PromptPart | undefined {
  if (text.length > longestRead) return undefined;
  const line = lineAt(text, offset);
  const variable = line.isTemplate ? variableAt(line, offset) : undefined;
  if (variable !== undefined || !line.isFrontMatter) return variable;
  const entry = readEntry(line);
  if (entry === undefined) return undefined;
  if (isWithin(entry.key, offset)) return describedKey(entry, line);
  const isDestination = entry.isOuter && entry.key.name === 'destination' && isWithin(entry.value, offset);
  const kind = DESTINATION_KINDS.find((one) => one === entry.value.name);
  return isDestination && kind !== undefined ? { ...entry.value, kind: 'destination' } : undefined;
}

/** A line, and what is known of where it stands. */
interface Line {
  /** Without its line end. */
  readonly text: string;
  readonly start: number;
  readonly isFrontMatter: boolean;
  /** Whether variables are read in it. */
  readonly isTemplate: boolean;
  /** The key of the front matter that the line belongs to: its own, or that of the lines above it. */
  readonly owner: string;
  /** The names of keys that are there already, beside this line: outer ones, and those under the same owner. */
  readonly present: ReadonlySet<string>;
}

/** Front matter that is not closed yet ends where the text does: that is how it is while it is written. */
function lineAt(text: string, offset: number): Line {
  const lines = text.split('\n').map((one) => one.replace(/\r$/, ''));
  const index = text.slice(0, offset).split('\n').length - 1;
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const own = lines[index] ?? '';
  const hasFront = lines[0]?.trimEnd() === '---';
  const close = hasFront ? lines.findIndex((one, at) => at > 0 && one.trimEnd() === '---') : 0;
  const end = close === -1 ? lines.length : close;
  if (index >= end) {
    const isTemplate = !hasFront || index > end;
    return { text: own, start, isFrontMatter: false, isTemplate, owner: '', present: new Set() };
  }
  const front = lines.slice(1, end);
  const owners = ownersOf(front);
  const owner = owners[index - 1] ?? '';
  const isTemplate = owner === 'system' || owner === 'languageNotes';
  return {
    text: own,
    start,
    isFrontMatter: index > 0,
    isTemplate,
    owner,
    present: presentKeys(front, owners, index - 1),
  };
}

function outerKey(line: string): string | undefined {
  return /^([\w-]+)[^\S\n]*:/.exec(line)?.[1];
}

function ownersOf(front: readonly string[]): string[] {
  let owner = '';
  return front.map((line) => {
    owner = outerKey(line) ?? owner;
    return owner;
  });
}

/** Outer keys for an outer line; for an inner one its siblings, which stand under the same owner. */
function presentKeys(front: readonly string[], owners: readonly string[], index: number): ReadonlySet<string> {
  const isInner = /^\s/.test(front[index] ?? '');
  const others = front.flatMap((line, at) => {
    if (at === index) return [];
    if (!isInner) return outerKey(line) ?? [];
    return owners[at] === owners[index] ? (/^\s+([\w-]+)\s*:/.exec(line)?.[1] ?? []) : [];
  });
  return new Set(others);
}

function skeleton(text: string, offset: number): PromptCompletion[] {
  const isBegun = /^---\s*\n/.test(text);
  const end = /^-{0,3}(?![^\r\n])/.exec(text)?.[0].length ?? 0;
  if (isBegun || offset > end) return [];
  const snippet = `---\nname: \${1:Name}\ndescription: \${2:What it does}\ndestination: \${3|${DESTINATION_KINDS.join(',')}|}\n---\n$0`;
  return [{ kind: 'frontMatter', name: '---', start: 0, end, snippet, isContinued: false }];
}

/** Where a `$` or `${` is open; what follows up to the closing brace is replaced. */
function variables({ text, start }: Line, offset: number): PromptCompletion[] {
  const before = text.slice(0, offset - start);
  const open = /(?<!\\)\$(?:\{\w*)?$/.exec(before)?.[0];
  if (open === undefined) return [];
  const rest = /^\w*(?:(?::[^{}\n]*)?\})?/.exec(text.slice(offset - start))?.[0] ?? '';
  const place = { start: offset - open.length, end: offset + (open.length === 1 ? 0 : rest.length) };
  return promptVariableNames.map((name) => ({
    kind: 'variable',
    name,
    ...place,
    snippet: variableSnippet(name),
    isContinued: false,
  }));
}

function variableSnippet(name: (typeof promptVariableNames)[number]): string {
  if (name === 'input') return '\\${input:${1:name}:${2:question}\\}$0';
  if (name === 'pick') return '\\${pick:${1:name}:${2:one|other}\\}$0';
  return `\\\${${name}\\}$0`;
}

function keys({ text, start, owner, present }: Line, offset: number): PromptCompletion[] {
  const typed = /^(\s*)([\w-]*)$/.exec(text.slice(0, offset - start));
  if (typed === null) return [];
  const [, indentation = '', word = ''] = typed;
  const behind = text.slice(offset - start);
  const end = offset + (/^[\w-]*/.exec(behind)?.[0].length ?? 0);
  const hasColon = /^[\w-]*\s*:/.test(behind);
  const place = { start: offset - word.length, end };
  if (indentation === '') {
    const free = promptKeys.filter((name) => !present.has(name));
    return free.map((name) => ({
      kind: 'key',
      name,
      ...place,
      snippet: hasColon ? name : keySnippet(name),
      isContinued: !hasColon && isChosen(name),
    }));
  }
  if (owner !== 'parameters') return [];
  const free = parameterKeys.filter((name) => !present.has(name));
  return free.map((name) => ({
    kind: 'parameter',
    name,
    ...place,
    snippet: hasColon ? name : `${name}: $0`,
    isContinued: name === 'reasoningEffort',
  }));
}

function keySnippet(key: PromptKey): string {
  switch (promptValueKinds[key]) {
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

/** Whether there is a list to choose the value from. */
function isChosen(key: PromptKey): boolean {
  return promptValueKinds[key] !== 'text' && promptValueKinds[key] !== 'block';
}

/** The last word in front of the offset that a value can be, and where it ends. */
function values(line: Line, offset: number, known: KnownNames): PromptCompletion[] {
  const { text, start, owner } = line;
  const before = text.slice(0, offset - start);
  const entry = /^(\s*)([\w-]+)\s*:\s*(?:\[(?:[^\]]*,)?\s*)?["']?([^\s,[\]"']*)$/.exec(before);
  const item = /^\s+(?:-\s*)?([\w-]*)$/.exec(before);
  const word = entry?.[3] ?? item?.[1];
  if (word === undefined) return [];
  const isOuter = entry?.[1] === '';
  const key = entry === null ? '' : (entry[2] ?? '');
  const end = offset + (/^[^\s,\]"']*/.exec(text.slice(offset - start))?.[0].length ?? 0);
  const place = { start: offset - word.length, end };
  // Without a space behind its colon a key is none.
  const space = before.endsWith(':') ? ' ' : '';
  const asCompletion = (kind: PromptPartKind) => (name: string) =>
    ({ kind, name, ...place, snippet: space + escapeSnippet(name), isContinued: false }) as const;
  if (isOuter) return choicesOf(key, known, asCompletion);
  if (entry !== null && owner === 'parameters' && key === 'reasoningEffort') return efforts.map(asCompletion('word'));
  if (entry !== null) return [];
  if (owner === 'languages') return known.languages.map(asCompletion('language'));
  if (owner !== 'languageNotes' || /-/.test(before)) return [];
  const hasColon = /^\s*:/.test(text.slice(end - start));
  const free = known.languages.filter((name) => !line.present.has(name));
  return free.map((name) => ({ ...asCompletion('language')(name), snippet: hasColon ? name : `${name}: $0` }));
}

/** What servers that know the parameter take; any other word is sent as it is. */
const efforts = ['minimal', 'low', 'medium', 'high'];

function choicesOf(
  key: string,
  known: KnownNames,
  as: (kind: PromptPartKind) => (name: string) => PromptCompletion,
): PromptCompletion[] {
  switch (promptValueKinds[key as PromptKey]) {
    case 'destination':
      return DESTINATION_KINDS.map(as('destination'));
    case 'model':
      return known.models.map(as('model'));
    case 'boolean':
      return ['true', 'false'].map(as('word'));
    case 'languages':
      return known.languages.map(as('language'));
    case 'documentLanguage':
      return [SAME_LANGUAGE, ...known.languages].map(as('language'));
    default:
      return [];
  }
}

function escapeSnippet(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

interface Entry {
  readonly key: Omit<PromptPart, 'kind'>;
  readonly value: Omit<PromptPart, 'kind'>;
  readonly isOuter: boolean;
}

function readEntry({ text, start }: Line): Entry | undefined {
  const match = /^(\s*)([\w-]+)(\s*:\s*)(.*?)\s*$/.exec(text);
  if (match === null) return undefined;
  const [, indentation = '', name = '', between = '', value = ''] = match;
  const keyStart = start + indentation.length;
  const valueStart = keyStart + name.length + between.length;
  return {
    key: { name, start: keyStart, end: keyStart + name.length },
    value: { name: value, start: valueStart, end: valueStart + value.length },
    isOuter: indentation === '',
  };
}

function describedKey({ key, isOuter }: Entry, { owner }: Line): PromptPart | undefined {
  if (isOuter) {
    const isKnown = promptKeys.some((name) => name === key.name) || ignoredPromptKeys.includes(key.name);
    return isKnown ? { ...key, kind: 'key' } : undefined;
  }
  const isParameter = owner === 'parameters' && parameterKeys.some((name) => name === key.name);
  return isParameter ? { ...key, kind: 'parameter' } : undefined;
}

function variableAt({ text, start }: Line, offset: number): PromptPart | undefined {
  const found = findVariables(text)
    .map(({ name, offset: at, length }) => ({ name, start: start + at, end: start + at + length }))
    .find((part) => isWithin(part, offset));
  const isKnown = promptVariableNames.some((name) => name === found?.name);
  return found === undefined || !isKnown ? undefined : { ...found, kind: 'variable' };
}

function isWithin({ start, end }: Pick<PromptPart, 'start' | 'end'>, offset: number): boolean {
  return offset >= start && offset < end;
}
