import { QuilletError } from '../core/errors';
import {
  detectStyle,
  type IndentStyle,
  matchIndentation,
  matchTrailingNewline,
  toLineFeeds,
} from '../text/indentation';
import { applyDiff, isDiff } from './applyDiff';
import { CompletionFilter } from './completionFilter';
import { type ExtractedCode, extractCode } from './extractCode';
import {
  hasFixedIndentation,
  isDiffLanguage,
  isMakefileLanguage,
  isMarkdownLanguage,
  isProseLanguage,
} from './languages';

/** The selected code that an answer replaces. `linePrefix` is the text before it on its first line. */
export interface CodeTarget {
  readonly text: string;
  readonly linePrefix: string;
  readonly languageId: string;
  readonly style: IndentStyle;
  /** Whether no text follows on the last line. */
  readonly isLineEnd?: boolean;
}

/** Throws `body.empty` if no code is left, and `doc.choice` if it is unclear what the code is. */
export function fitCode(answer: string, target: CodeTarget): string {
  const extracted = readCode(toLineFeeds(answer), target);
  if (extracted.kind === 'choice') throw createChoiceError(extracted.blocks);
  if (extracted.text.trim() === '') throw new QuilletError('body.empty');
  if (extracted.isFitted) return matchTrailingNewline(extracted.text, target.text);
  if (target.text === '' && target.isLineEnd === true) return fitCompletion(extracted.text, target);
  return fitIndentation(extracted.text, target, extracted.language);
}

function fitCompletion(text: string, { linePrefix, languageId }: CodeTarget): string {
  const filter = new CompletionFilter({ line: linePrefix, languageId, isAfterLineBreak: false });
  return filter.push(text) + filter.end();
}

/** The blocks to choose from if {@link fitCode} throws `doc.choice`. */
export function findChoices(answer: string, target: CodeTarget): readonly string[] {
  const extracted = readCode(toLineFeeds(answer), target);
  return extracted.kind === 'choice' ? extracted.blocks : [];
}

export function fitIndentation(code: string, target: CodeTarget, language = ''): string {
  const { languageId } = target;
  const isFixed =
    !isRecipe(code, target) &&
    (isProseLanguage(languageId) || [languageId, language].some((id) => hasFixedIndentation(id, code)));
  const shifted = isFixed || isDiff(code) ? code : matchIndentation(code, target, target.style);
  return matchTrailingNewline(shifted, target.text);
}

/** Lines of a makefile's recipe whose tabs the answer left out. */
function isRecipe(code: string, { languageId, linePrefix, text }: CodeTarget): boolean {
  const lines = toLineFeeds(linePrefix + text).split('\n');
  return isMakefileLanguage(languageId) && !/^\t/m.test(code) && lines.every((line) => /^(?:\t|$)/.test(line));
}

export function createChoiceError(blocks: readonly string[]): QuilletError {
  const [first = '', ...rest] = blocks;
  const isDiffOnly = rest.length === 0 && (isDiff(first) || /^(?:[-+@ \\].*\n?|\n)+$/.test(first));
  return new QuilletError('doc.choice', { subject: isDiffOnly ? 'diff' : String(blocks.length) });
}

/** For code on lines of its own next to the selection, indented like its first line. */
export function adjacentLineTarget(target: CodeTarget): CodeTarget {
  const lines = toLineFeeds(target.linePrefix + target.text).split('\n');
  const text = lines.find((line) => line.trim() !== '') ?? '';
  return { ...target, text, linePrefix: '', style: detectStyle(lines, target.style).style };
}

type ReadCode = ExtractedCode & { readonly isFitted?: boolean };

function readCode(answer: string, target: CodeTarget): ReadCode {
  const { languageId, linePrefix, text } = target;
  const extracted = extractCode(answer, languageId);
  if (extracted.kind === 'choice' || isMarkdownLanguage(languageId) || isDiffLanguage(languageId)) return extracted;
  if (!isDiffLanguage(extracted.language ?? '') && !isDiff(extracted.text)) return extracted;
  const changed = applyDiff(linePrefix + toLineFeeds(text), extracted.text);
  if (changed?.startsWith(linePrefix) !== true) return { kind: 'choice', blocks: [extracted.text] };
  return { kind: 'text', text: changed.slice(linePrefix.length), isFitted: true };
}
