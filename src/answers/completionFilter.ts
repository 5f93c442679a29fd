import { isMarkdownLanguage, isProseLanguage } from './languages';
import { findLineComment } from './proseComments';

export interface CompletionPlace {
  readonly line: string;
  readonly languageId: string;
  readonly isAfterLineBreak: boolean;
}

// Two words, or enough characters to tell how the answer starts.
const DECIDABLE = /^[^\S\n]*(?:\n|\S(?:\S{6}|\S*\s))/;

// The buffer is scanned again with every chunk, so it must stay short, even in a stream of blanks.
const MAX_BUFFER_LENGTH = 1000;

const LIST_ITEM = /^(?:[-*+]|\d{1,9}[.)])\s/;
const MARKDOWN_BLOCK = /^(?:#{1,6}\s|>\s?|\||```|~~~)/;

/** Starts a completion on a new line where it would otherwise be glued to the last one, such as after a comment. */
export class CompletionFilter {
  private buffer = '';
  private hasStarted = false;
  /** Undefined once it is known that lines keep their indentation. */
  private indentation: string | undefined;
  private firstLine = '';
  private isShifting = false;
  private isAtLineStart = false;

  constructor(private readonly place: CompletionPlace) {}

  push(text: string): string {
    if (this.hasStarted) return this.indent(text);
    this.buffer += text;
    return this.buffer.length > MAX_BUFFER_LENGTH || DECIDABLE.test(this.buffer) ? this.start() : '';
  }

  end(): string {
    const rest = this.hasStarted || this.buffer.trim() === '' ? '' : this.start();
    const { buffer } = this;
    this.buffer = '';
    return rest + buffer;
  }

  private start(): string {
    const { line, isAfterLineBreak } = this.place;
    const { buffer } = this;
    this.buffer = '';
    this.hasStarted = true;
    if (!isAfterLineBreak && !startsNewLine(buffer, this.place)) return buffer;
    if (/^[^\S\n]*\n/.test(buffer)) return `\n${buffer}`;
    const [indentation, space] = [leadingSpace(line), leadingSpace(buffer)];
    const text = buffer.slice(space.length);
    // A single space belongs to the word: models separate words that way.
    const isUnindentedLine = space.length <= 1 && space !== '\t';
    if (!isUnindentedLine && widthOf(space) >= widthOf(indentation)) return `\n${buffer}`;
    if (isUnindentedLine && indentation !== '') this.indentation = indentation;
    return `\n${indentation}${this.indent(text)}`;
  }

  private indent(text: string): string {
    let ready = '';
    for (const part of (this.buffer + text).split(/(?<=\n)/)) {
      const mayBeHeld = this.indentation !== undefined && this.isAtLineStart && part.length <= MAX_BUFFER_LENGTH;
      const isHeld = mayBeHeld && !/\S|\n/.test(part);
      this.buffer = isHeld ? part : '';
      if (!isHeld) ready += this.indentPart(part);
    }
    return ready;
  }

  private indentPart(part: string): string {
    const { indentation } = this;
    if (indentation === undefined || part === '') return part;
    const isLineStart = this.isAtLineStart && part.trim() !== '';
    this.isAtLineStart = part.endsWith('\n');
    if (!isLineStart && !this.isShifting) this.firstLine += part;
    if (!isLineStart) return part;
    this.isShifting ||= isUnindented(leadingSpace(part), indentation, this.firstLine);
    if (!this.isShifting) this.indentation = undefined;
    return this.isShifting ? indentation + part : part;
  }
}

/** Whether the second line of an answer shows that it was written without the indentation of its place. */
function isUnindented(space: string, indentation: string, firstLine: string): boolean {
  const difference = widthOf(space) - widthOf(indentation);
  return difference < 0 || (difference === 0 && /[:{([]\s*$/.test(firstLine));
}

function startsNewLine(answer: string, { line, languageId }: CompletionPlace): boolean {
  if (line.trim() === '' || /^[^\S\n]*\n/.test(answer)) return false;
  if (isMarkdownLanguage(languageId)) return LIST_ITEM.test(answer) || MARKDOWN_BLOCK.test(answer);
  const end = readLineEnd(line, languageId);
  if (end === 'comment') return true;
  const isList = isProseLanguage(languageId) || /yaml|compose/.test(languageId);
  if (isList && LIST_ITEM.test(answer)) return true;
  if (end === 'string' || /^ \S/.test(answer)) return false;
  if (/(?:;|\*\/|-->)$/.test(line)) return true;
  return /["'`}]$/.test(line) && /^\s*(?:[\p{L}\p{N}_$@#]|\/[/*])/u.test(answer) && !/^else\b/.test(answer);
}

function readLineEnd(line: string, languageId: string): 'comment' | 'string' | 'code' {
  const marker = findLineComment(languageId);
  let quote = '';
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index);
    if (quote !== '') {
      if (character === '\\') index += 1;
      else if (character === quote) quote = '';
    } else if (marker !== undefined && isCommentStart(line, index, marker)) {
      return line.slice(index + marker.length).trim() === '' ? 'code' : 'comment';
    } else if (/["`]/.test(character) || (character === "'" && line.includes("'", index + 1))) quote = character;
  }
  return quote === '' ? 'code' : 'string';
}

/** Not within a word or an address, such as `$#` or `https://`. */
function isCommentStart(line: string, index: number, marker: string): boolean {
  if (line.slice(index, index + marker.length).toUpperCase() !== marker) return false;
  const before = line.slice(0, index);
  if (marker === 'REM' || marker === '"') return before.trim() === '';
  return marker === '//' ? !before.endsWith(':') : before === '' || /\s$/.test(before);
}

function leadingSpace(line: string): string {
  return /^[^\S\n]*/.exec(line)?.[0] ?? '';
}

function widthOf(space: string): number {
  return space.replaceAll('\t', '    ').length;
}
