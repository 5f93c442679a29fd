export interface IndentStyle {
  insertSpaces: boolean;
  tabSize: number;
}

interface SelectedText {
  text: string;
  linePrefix: string;
}

/**
 * Indents an answer like the selection it replaces. All non-blank lines shift by the same number of columns, which
 * aligns the least indented lines of both. The first line follows `linePrefix`, which stays in the document.
 *
 * If the selection was sent without the indentation of its first line, models often answer in the same shape, with the
 * other lines already in place; those lines are not shifted.
 */
export function matchIndentation(answer: string, selection: SelectedText, style: IndentStyle): string {
  const target = measureSelection(selection, style.tabSize);
  const lines = measureAnswer(answer, style);
  const first = lines[0]?.columns;
  const rest = minColumns(lines.slice(1));
  const base = minColumns(lines);
  if (base === undefined) return answer;

  const shift = target.base - base;
  const keepsOtherLines =
    first !== undefined &&
    rest !== undefined &&
    target.rest !== undefined &&
    first < target.first &&
    Math.abs(rest - target.rest) < Math.abs(rest + shift - target.rest);

  return lines
    .map((line, index) => {
      if (line.columns === undefined) return line.content;
      if (index > 0) return indentation(line.columns + (keepsOtherLines ? 0 : shift), style) + line.content;
      if (target.isMidLine) return line.content;
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
  readonly content: string;
}

interface TargetIndentation {
  readonly first: number;
  readonly rest: number | undefined;
  readonly base: number;
  readonly isMidLine: boolean;
  readonly prefixColumns: number;
}

function measureSelection(selection: SelectedText, tabSize: number): TargetIndentation {
  const prefix = measure(selection.linePrefix, tabSize);
  const isMidLine = prefix.columns !== undefined;
  const [, ...otherLines] = toLineFeeds(selection.text)
    .split('\n')
    .map((line) => measure(line, tabSize));
  const firstLine = toLineFeeds(selection.text).split('\n', 1)[0] ?? '';
  const firstLineColumns = measure(selection.linePrefix + firstLine, tabSize).columns;
  const rest = minColumns(otherLines);
  const first = firstLineColumns ?? rest ?? widthOf(selection.linePrefix, tabSize);
  const base = rest === undefined ? first : Math.min(first, rest);
  return { first, rest, base, isMidLine, prefixColumns: widthOf(selection.linePrefix, tabSize) };
}

function measureAnswer(answer: string, style: IndentStyle): MeasuredLine[] {
  const lines = answer.split('\n');
  const spacesPerLevel = style.insertSpaces ? undefined : spaceUnit(lines);
  return lines.map((line) => {
    const measured = measure(line, style.tabSize);
    if (spacesPerLevel === undefined || measured.columns === undefined) return measured;
    // In a document indented with tabs, each level of the answer becomes one tab.
    const levels = Math.floor(measured.columns / spacesPerLevel);
    return { columns: levels * style.tabSize + (measured.columns % spacesPerLevel), content: measured.content };
  });
}

function measure(line: string, tabSize: number): MeasuredLine {
  const content = line.trimStart();
  if (content === '') return { columns: undefined, content: line };
  return { columns: widthOf(line.slice(0, line.length - content.length), tabSize), content };
}

function widthOf(text: string, tabSize: number): number {
  let columns = 0;
  for (const character of text) columns += character === '\t' ? tabSize - (columns % tabSize) : 1;
  return columns;
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

function minColumns(lines: readonly MeasuredLine[]): number | undefined {
  let smallest: number | undefined;
  for (const { columns } of lines) {
    if (columns !== undefined && (smallest === undefined || columns < smallest)) smallest = columns;
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
