/** Where a fence may start: as in CommonMark, or at any indentation and directly after a list marker. */
export type FencePosition = 'line' | 'anywhere';

export interface OpeningFence {
  readonly prefix: string;
  readonly marker: string;
  readonly info: string;
}

const OPENING: Readonly<Record<FencePosition, RegExp>> = {
  line: /^( {0,3})(?:(`{3,})([^`]*)|(~{3,})(.*))$/s,
  anywhere: /^([ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]{1,4})?)(?:(`{3,})([^`]*)|(~{3,})(.*))$/s,
};

export function openingFence(line: string, position: FencePosition = 'line'): OpeningFence | undefined {
  const match = OPENING[position].exec(line);
  const marker = match?.[2] ?? match?.[4];
  if (match === null || marker === undefined) return undefined;
  return { prefix: match[1] ?? '', marker, info: (match[3] ?? match[5] ?? '').trim() };
}

export function isClosingFence(line: string, marker: string, position: FencePosition = 'line'): boolean {
  const text = line.trim();
  const isInPlace = position === 'anywhere' || !line.startsWith('    ');
  return isInPlace && text.length >= marker.length && text === marker.charAt(0).repeat(text.length);
}

export interface CodeBlock {
  readonly fence: OpeningFence;
  readonly lines: readonly string[];
  readonly isClosed: boolean;
}

/** A text as alternating code blocks and lines around them, in order. */
export type FencedPart = CodeBlock | { readonly text: readonly string[] };

/**
 * Reads fences as CommonMark does, except that a fence inside a block opens a nested block if it names a language or is
 * indented deeper: models quote Markdown that way. If that leaves a block open, a fence with a language ends the block
 * before it.
 */
export function readFences(text: string): FencedPart[] {
  const lines = text.split('\n');
  const nested = splitAtFences(lines, true);
  return nested.every((part) => 'text' in part || part.isClosed) ? nested : splitAtFences(lines, false);
}

function splitAtFences(lines: readonly string[], allowsNesting: boolean): FencedPart[] {
  const parts: FencedPart[] = [];
  const open: OpeningFence[] = [];
  let current: string[] = [];
  const endPart = (isClosed: boolean): void => {
    const [fence] = open;
    if (fence !== undefined) parts.push({ fence, lines: unindent(current, fence), isClosed });
    else if (current.length > 0) parts.push({ text: current });
    current = [];
  };
  for (const line of lines) {
    const innermost = open.at(-1);
    const fence = openingFence(line);
    if (fence !== undefined && (innermost === undefined || isFenceInside(line, fence, innermost, allowsNesting))) {
      if (open.length > 0 && allowsNesting) current.push(line);
      else endPart(false);
      if (!allowsNesting) open.length = 0;
      open.push(fence);
    } else if (innermost !== undefined && isClosingFence(line, innermost.marker)) {
      if (open.length > 1) current.push(line);
      else endPart(true);
      open.pop();
    } else current.push(line);
  }
  endPart(false);
  return parts;
}

function isFenceInside(line: string, fence: OpeningFence, open: OpeningFence, allowsNesting: boolean): boolean {
  if (!fence.marker.startsWith(open.marker)) return false;
  if (fence.info === '') return allowsNesting && fence.prefix.length > open.prefix.length;
  return /^ *[`~]+[^`~\s]/.test(line);
}

// CommonMark removes as many leading spaces from each line as the opening fence has.
function unindent(lines: readonly string[], { prefix }: OpeningFence): readonly string[] {
  const pattern = new RegExp(`^ {0,${prefix.length}}`);
  return prefix === '' ? lines : lines.map((line) => line.replace(pattern, ''));
}

/** A fence that is longer than any run of backticks in the text, so that no line of it can close the block. */
export function fenceFor(text: string): string {
  let longest = 2;
  for (const run of text.match(/`+/g) ?? []) longest = Math.max(longest, run.length);
  return '`'.repeat(longest + 1);
}

export function fencedCodeBlock(text: string, language: string): string {
  const fence = fenceFor(text);
  return `${fence}${language}\n${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${fence}`;
}
