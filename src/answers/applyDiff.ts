interface Hunk {
  readonly before: readonly string[];
  readonly after: readonly { readonly text: string; readonly isKept: boolean }[];
}

export function isDiff(text: string): boolean {
  return /^(?:diff --git |Index: |@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@|--- .*\n\+\+\+ )/.test(text.trimStart());
}

/** Applies a unified diff, with or without headers. Undefined if a hunk isn't found exactly once. */
export function applyDiff(text: string, diff: string): string | undefined {
  const hunks = readHunks(diff.split('\n'));
  const lines = text.split('\n');
  const result: string[] = [];
  let position = 0;
  for (const hunk of hunks) {
    const start = findHunk(lines, hunk, position);
    if (start === undefined) return undefined;
    result.push(...lines.slice(position, start), ...applyHunk(lines, hunk, start));
    position = start + hunk.before.length;
  }
  return hunks.length === 0 ? undefined : [...result, ...lines.slice(position)].join('\n');
}

function readHunks(lines: readonly string[]): Hunk[] {
  const hunks: { before: string[]; after: { text: string; isKept: boolean }[] }[] = [];
  let hunk: (typeof hunks)[number] | undefined;
  for (const [index, line] of lines.entries()) {
    const isHeader = /^(?:diff |index |Index: |={3,}$|\\)/.test(line) || isFileHeader(lines, index);
    if (isHeader || line.startsWith('@@')) {
      if (!line.startsWith('\\')) hunk = undefined;
      continue;
    }
    if (hunk === undefined) {
      if (line.trim() === '') continue;
      hunk = { before: [], after: [] };
      hunks.push(hunk);
    }
    const [sign, rest] = [line.charAt(0), line.slice(1)];
    // Models leave out the space before unchanged lines, above all before blank ones.
    if (sign === '+') hunk.after.push({ text: rest, isKept: false });
    else hunk.before.push(sign === '-' || sign === ' ' ? rest : line);
    if (sign !== '+' && sign !== '-') hunk.after.push({ text: sign === ' ' ? rest : line, isKept: true });
  }
  return hunks.map(withoutTrailingBlank);
}

function isFileHeader(lines: readonly string[], index: number): boolean {
  const [previous, line, next] = [lines[index - 1] ?? '', lines[index] ?? '', lines[index + 1] ?? ''];
  return (
    (line.startsWith('--- ') && next.startsWith('+++ ')) || (line.startsWith('+++ ') && previous.startsWith('--- '))
  );
}

function withoutTrailingBlank({ before, after }: Hunk): Hunk {
  const isBlank = before.length > 1 && before.at(-1) === '' && after.at(-1)?.text === '' && after.at(-1)?.isKept;
  return isBlank ? { before: before.slice(0, -1), after: after.slice(0, -1) } : { before, after };
}

function findHunk(lines: readonly string[], { before }: Hunk, from: number): number | undefined {
  if (before.every((line) => line.trim() === '')) return undefined;
  for (const normalize of [(line: string) => line.trimEnd(), (line: string) => line.trim()]) {
    const starts: number[] = [];
    for (let start = from; start + before.length <= lines.length; start += 1) {
      if (before.every((line, index) => normalize(line) === normalize(lines[start + index] ?? ''))) starts.push(start);
      if (starts.length > 1) return undefined;
    }
    if (starts[0] !== undefined) return starts[0];
  }
  return undefined;
}

function applyHunk(lines: readonly string[], { before, after }: Hunk, start: number): string[] {
  const first = before.findIndex((line) => line.trim() !== '');
  const [space, diffSpace] = [indentOf(lines[start + first] ?? ''), indentOf(before[first] ?? '')];
  const missing = space.endsWith(diffSpace) ? space.slice(0, space.length - diffSpace.length) : '';
  let next = start;
  const keptLines = before.map((line, index) => ({ line, original: lines[start + index] ?? '' }));
  return after.map(({ text, isKept }) => {
    if (!isKept) return text.trim() === '' ? text : missing + text;
    const found = keptLines.findIndex(({ line }, index) => index >= next - start && line === text);
    next = start + found + 1;
    return keptLines[found]?.original ?? text;
  });
}

function indentOf(line: string): string {
  return /^\s*/.exec(line)?.[0] ?? '';
}
