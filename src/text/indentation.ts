import { findStringLines } from './multilineStrings';

export interface IndentStyle {
  insertSpaces: boolean;
  tabSize: number;
}

interface SelectedText {
  text: string;
  linePrefix: string;
  languageId?: string;
}

/**
 * Indents an answer like the selection it replaces. The first line follows `linePrefix`, which stays in the document.
 *
 * If the first line is where the selection's first line is, nothing moves. Otherwise all lines shift by the same number
 * of columns, which aligns the least indented lines of both. Lines whose column is part of their meaning stay:
 * preprocessor directives, the contents of strings, and lines left of the selection's first line that it contains too.
 *
 * If the selection was sent without the indentation of its first line, models often answer in the same shape, with the
 * other lines already in place; those lines are not shifted.
 */
export function matchIndentation(answer: string, selection: SelectedText, editorStyle: IndentStyle): string {
  const target = measureSelection(selection, editorStyle, answer);
  const { style } = target;
  const lines = measureAnswer(answer, target);
  const first = lines.find(isMovable)?.columns;
  const base = minColumns(lines);
  if (first === undefined || base === undefined) return answer;
  const isInPlace = first === target.first || firstColumns(lines) === target.firstLine;
  const keepsOtherLines = !isInPlace && areOtherLinesInPlace(lines, target);
  const shift = isInPlace ? 0 : target.base - base;
  const isConverted = isForeignStyle(lines, target, shift);
  const move = (line: MeasuredLine, columns: number): string => {
    const isKept = columns === 0 && target.lines.has(line.space + line.content);
    return isKept ? line.space : shiftSpace(line, columns, { style, isConverted });
  };
  return lines
    .map((line, index) => {
      if (line.columns === undefined) return line.content;
      if (line.isFixed && (index > 0 || target.prefixColumns === 0)) return line.space + line.content;
      if (index > 0) return move(line, keepsOtherLines ? 0 : shift) + line.content;
      if (target.isMidLine) return line.content;
      if (target.prefixColumns === 0)
        return move(line, keepsOtherLines ? target.first - line.columns : shift) + line.content;
      const columns = keepsOtherLines ? target.first : line.columns + shift;
      return indentation(Math.max(0, columns - target.prefixColumns), style) + line.content;
    })
    .join('\n');
}

/** Makes an answer end with the same number of line ends as the selection. An empty selection changes nothing. */
export function matchTrailingNewline(answer: string, selectionText: string): string {
  if (selectionText === '') return answer;
  const lineEnds = toLineFeeds(selectionText.slice(lengthWithoutLineEnds(selectionText)));
  return answer.slice(0, lengthWithoutLineEnds(answer)) + lineEnds;
}

export function toLineFeeds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

interface MeasuredLine {
  /** Undefined for a blank line, which keeps its whitespace in `content`. */
  readonly columns: number | undefined;
  readonly space: string;
  readonly content: string;
  readonly isFixed: boolean;
}

interface TargetIndentation {
  readonly style: IndentStyle;
  readonly isMixed: boolean;
  readonly lines: ReadonlySet<string>;
  readonly firstLine: number | undefined;
  /** Of the first line that can move. */
  readonly first: number;
  readonly rest: number | undefined;
  readonly base: number;
  readonly isMidLine: boolean;
  readonly prefixColumns: number;
  readonly hasUnindentedStrings: boolean;
  readonly columnsByContent: ReadonlyMap<string, number | undefined>;
  readonly keepsDirectives: boolean;
}

function measureSelection(selection: SelectedText, editorStyle: IndentStyle, answer: string): TargetIndentation {
  const { linePrefix, languageId = '' } = selection;
  const lines = toLineFeeds(linePrefix + selection.text).split('\n');
  const { style, isMixed } = detectStyle(lines, editorStyle);
  const answerLines = new Set(answer.split('\n'));
  const stringLines = findStringLines(lines);
  const keepsDirectives = hasUnindentedDirectives(lines, languageId);
  const measured = lines.map((line) => measure(line, style.tabSize));
  const isDirectiveLine = (line: MeasuredLine): boolean => keepsDirectives && isUnindentedDirective(line);
  const codeLines = measured.filter(
    (line, index) => isMovable(line) && !stringLines.has(index) && !isDirectiveLine(line),
  );
  const codeColumns = minColumns(codeLines) ?? 0;
  const firstCodeColumns = codeLines[0]?.columns ?? 0;
  const columnsByContent = findColumns(measured);
  const fixed = measured.map((line, index) => {
    const { columns = Number.POSITIVE_INFINITY, content } = line;
    const isLeftString = stringLines.has(index) && columns === 0 && codeColumns > 0;
    const isLeftLine = columns < firstCodeColumns && columnsByContent.get(content) === columns;
    const isKept = isLeftString || (isLeftLine && answerLines.has(line.space + content)) || isDirectiveLine(line);
    return isKept ? { ...line, isFixed: true } : line;
  });
  const prefixColumns = widthOf(/^\s*/.exec(linePrefix)?.[0] ?? '', style.tabSize);
  const rest = minColumns(fixed.slice(1));
  const first = fixed.find(isMovable)?.columns ?? prefixColumns;
  return {
    style,
    isMixed,
    lines: new Set(lines),
    firstLine: firstColumns(measured),
    first,
    rest,
    base: rest === undefined ? first : Math.min(first, rest),
    isMidLine: linePrefix.trim() !== '',
    prefixColumns,
    // Not if the selection begins in a string, where code looks like strings: such code isn't at column 0.
    hasUnindentedStrings: fixed.some((line, index) => line.isFixed && line.columns === 0 && stringLines.has(index)),
    columnsByContent,
    keepsDirectives,
  };
}

/** The columns of each line by its content; undefined for a content that stands at several. */
function findColumns(lines: readonly MeasuredLine[]): ReadonlyMap<string, number | undefined> {
  const found = new Map<string, number | undefined>();
  for (const { content, columns } of lines) {
    const isKnown = found.has(content) && found.get(content) !== columns;
    if (columns !== undefined) found.set(content, isKnown ? undefined : columns);
  }
  return found;
}

function measureAnswer(answer: string, target: TargetIndentation): MeasuredLine[] {
  const { style, keepsDirectives, hasUnindentedStrings } = target;
  const lines = answer.split('\n');
  const stringLines = findStringLines(lines);
  const spacesPerLevel = style.insertSpaces ? undefined : spaceUnit(lines);
  return lines.map((text, index) => {
    const line = measure(text, style.tabSize);
    if (line.columns === undefined) return line;
    const isKnown = target.lines.has(text);
    const isString = stringLines.get(index) === true || (stringLines.has(index) && (isKnown || hasUnindentedStrings));
    const isLeft = line.columns < target.first && target.columnsByContent.get(line.content) === line.columns;
    if (isString || isLeft || (keepsDirectives && isUnindentedDirective(line))) return { ...line, isFixed: true };
    if (spacesPerLevel === undefined) return line;
    // In a document indented with tabs, each level of the answer becomes one tab.
    const levels = Math.floor(line.columns / spacesPerLevel);
    return { ...line, columns: levels * style.tabSize + (line.columns % spacesPerLevel) };
  });
}

function areOtherLinesInPlace(lines: readonly MeasuredLine[], target: TargetIndentation): boolean {
  const first = lines[0]?.columns;
  const rest = minColumns(lines.slice(1));
  const base = minColumns(lines);
  if (first === undefined || rest === undefined || base === undefined || first >= target.first) return false;
  if (target.rest === undefined) {
    const last = lines.findLast(isMovable);
    return last?.columns === target.first && /^[)\]}]|^end\b/.test(last.content);
  }
  return Math.abs(rest - target.rest) < Math.abs(rest + target.base - base - target.rest);
}

/** The style of the lines, or the editor's if they have none or two. */
export function detectStyle(
  lines: readonly string[],
  editorStyle: IndentStyle,
): { readonly style: IndentStyle; readonly isMixed: boolean } {
  const hasTabs = lines.some((line) => /^\t\s*\S/.test(line));
  const hasSpaces = lines.some((line) => /^ {2,}\S/.test(line));
  if (hasTabs === hasSpaces) return { style: editorStyle, isMixed: hasTabs };
  const unit = hasSpaces ? spaceUnit(lines) : undefined;
  const tabSize = unit === 2 || unit === 4 || unit === 8 ? unit : editorStyle.tabSize;
  return { style: { insertSpaces: hasSpaces, tabSize }, isMixed: false };
}

/** Whether tabs become spaces, or spaces tabs. Spaces next to tabs are alignment, or text in another language. */
function isForeignStyle(lines: readonly MeasuredLine[], { style, isMixed }: TargetIndentation, shift: number): boolean {
  const hasBoth = lines.some(({ space }) => space.includes('\t')) && lines.some(({ space }) => space.startsWith('  '));
  if (shift === 0) return !isMixed && !hasBoth;
  return style.insertSpaces || !hasBoth;
}

function shiftSpace(
  { space, columns = 0 }: MeasuredLine,
  shift: number,
  { style, isConverted }: { readonly style: IndentStyle; readonly isConverted: boolean },
): string {
  const isForeign = style.insertSpaces ? space.includes('\t') : space.startsWith('  ') || space.includes(' \t');
  if (isForeign && isConverted) return indentation(Math.max(0, columns + shift), style);
  if (shift === 0) return space;
  const added = indentation(Math.abs(shift), style);
  // Adding or removing whole levels keeps spaces after tabs, which align.
  if (shift > 0 && (style.insertSpaces || !added.includes(' '))) return added + space;
  if (shift < 0 && space.startsWith(added)) return space.slice(added.length);
  return indentation(Math.max(0, columns + shift), style);
}

function measure(line: string, tabSize: number): MeasuredLine {
  const content = line.trimStart();
  if (content === '') return { columns: undefined, space: '', content: line, isFixed: false };
  const space = line.slice(0, line.length - content.length);
  return { columns: widthOf(space, tabSize), space, content, isFixed: false };
}

const DIRECTIVE_LANGUAGES = new Set([
  ...['c', 'cpp', 'cuda-cpp', 'objective-c', 'objective-cpp', 'arduino', 'csharp', 'fsharp', 'swift'],
  ...['glsl', 'hlsl', 'shaderlab', 'opencl', 'ispc', 'rc', 'dts', 'idl'],
]);

function isDirective(content: string): boolean {
  return /^#[ \t]*(?:if|ifdef|ifndef|elif|elseif|else|endif|define|undef|include|import|pragma|error|warning|line|region|endregion)\b/.test(
    content,
  );
}

function isUnindentedDirective({ columns, content }: MeasuredLine): boolean {
  return columns === 0 && isDirective(content);
}

/** By convention directives start at column 0, unless the selection has indented ones. */
function hasUnindentedDirectives(lines: readonly string[], languageId: string): boolean {
  if (!DIRECTIVE_LANGUAGES.has(languageId)) return false;
  const directives = lines.filter((line) => isDirective(line.trimStart()));
  return directives.length === 0 || directives.some((line) => line.startsWith('#'));
}

function widthOf(text: string, tabSize: number): number {
  let columns = 0;
  for (const character of text) columns += character === '\t' ? tabSize - (columns % tabSize) : 1;
  return columns;
}

function isMovable({ columns, isFixed }: MeasuredLine): boolean {
  return columns !== undefined && !isFixed;
}

// The smallest step inwards of more than one column; steps of one column are alignment, as in block comments.
function spaceUnit(lines: readonly string[]): number | undefined {
  if (lines.some((line) => line.startsWith('\t'))) return undefined;
  let unit: number | undefined;
  let previous: number | undefined;
  for (const line of lines) {
    const { columns } = measure(line, 1);
    if (columns === undefined) continue;
    const step = columns - (previous ?? columns);
    if (step > 1 && (unit === undefined || step < unit)) unit = step;
    previous = columns;
  }
  return unit;
}

function firstColumns(lines: readonly MeasuredLine[]): number | undefined {
  return lines.find(({ columns }) => columns !== undefined)?.columns;
}

function minColumns(lines: readonly MeasuredLine[]): number | undefined {
  let smallest: number | undefined;
  for (const { columns, isFixed } of lines) {
    if (columns !== undefined && !isFixed && (smallest === undefined || columns < smallest)) smallest = columns;
  }
  return smallest;
}

function indentation(columns: number, style: IndentStyle): string {
  if (style.insertSpaces) return ' '.repeat(columns);
  return '\t'.repeat(Math.floor(columns / style.tabSize)) + ' '.repeat(columns % style.tabSize);
}

function lengthWithoutLineEnds(text: string): number {
  let length = text.length;
  while (length > 0 && (text[length - 1] === '\n' || text[length - 1] === '\r')) length -= 1;
  return length;
}
