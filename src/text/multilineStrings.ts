// A heredoc's word is quoted, in capitals, or directly after the operator, unlike a shift's operand.
const OPENING =
  /"""|'''|`|<<<?[-~]?(?:[ \t]*(["'])(?<quoted>\w+)\1|[ \t]*(?<capitals>[A-Z_][A-Z0-9_]*)\b|(?<word>[A-Za-z_]\w*))/g;

interface OpenString {
  readonly isPlainHeredoc: boolean;
  readonly isEnd: (line: string, from: number) => number;
  readonly firstLine: number;
}

/**
 * Finds the lines that begin inside a string with triple quotes, a template or raw string in backticks, or a heredoc.
 * Independent of the language, so a string that never ends doesn't count. The value tells whether the line must keep its
 * column: shells find the end of a heredoc only at the start of a line.
 */
export function findStringLines(lines: readonly string[]): ReadonlyMap<number, boolean> {
  const found = new Map<number, boolean>();
  let open: OpenString | undefined;
  for (const [index, line] of lines.entries()) {
    let position = 0;
    if (open !== undefined) {
      const end = open.isEnd(line, 0);
      if (end === -1) continue;
      const isFixed = open.isPlainHeredoc && /^\S/.test(line);
      for (let inside = open.firstLine + 1; inside <= index; inside += 1) found.set(inside, isFixed);
      position = end;
    }
    open = findOpenString(line, position, index);
  }
  return found;
}

function findOpenString(line: string, from: number, index: number): OpenString | undefined {
  let position = from;
  for (;;) {
    OPENING.lastIndex = position;
    const match = OPENING.exec(line);
    if (match === null) return undefined;
    const [opening] = match;
    const { quoted, capitals, word = quoted ?? capitals } = match.groups ?? {};
    const after = match.index + opening.length;
    const isPlainHeredoc = word !== undefined && !/^<+[-~]/.test(opening);
    if (word !== undefined) return { isEnd: heredocEnd(word), firstLine: index, isPlainHeredoc };
    const isEnd = (text: string, start: number): number => findUnescaped(text, opening, start);
    const end = isEnd(line, after);
    if (end === -1) return { isEnd, firstLine: index, isPlainHeredoc };
    position = end;
  }
}

function heredocEnd(word: string): (line: string) => number {
  return (line) => {
    const text = line.trim();
    return text.startsWith(word) && /^[;,)]*$/.test(text.slice(word.length)) ? line.length : -1;
  };
}

function findUnescaped(text: string, delimiter: string, from: number): number {
  for (let index = text.indexOf(delimiter, from); index !== -1; index = text.indexOf(delimiter, index + 1)) {
    let backslashes = 0;
    while (text[index - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return index + delimiter.length;
  }
  return -1;
}
