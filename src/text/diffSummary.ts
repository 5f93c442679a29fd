interface FileDiff {
  readonly path: string;
  readonly text: string;
}

const LOCK_FILE =
  /(?:^|\/)(?:npm-shrinkwrap\.json|bun\.lockb|go(?:\.work)?\.sum|package\.resolved|packages\.lock\.json|project\.assets\.json|cartfile\.resolved|cabal\.project\.freeze|opam\.locked|paket\.lock|manifest-v\d\.toml|[^/]*[.-]lock(?:\.(?:json|ya?ml|hcl|toml|bazel))?|[^/]*\.lockfile|pylock[^/]*\.toml)$/i;

const GENERATED_FILE =
  /(?:^|\/)(?:node_modules|vendor|dist|__snapshots__|__generated__|generated)\/|\.(?:min\.(?:js|mjs|css)|map|snap|designer\.cs|g\.(?:cs|dart)|freezed\.dart|pb\.(?:go|cc|h|dart|swift)|pb\.gw\.go|gen\.(?:go|ts))$|_pb2(?:_grpc)?\.pyi?$|_pb\.(?:js|d\.ts|ts)$|[._-]generated\.\w+$|(?:^|\/)zz_generated[^/]*$/i;

// By convention on the first lines of a file.
const GENERATED_MARK = /^[ +-].*(?:@generated\b|code generated .*do not edit|auto-?generated (?:by|file|from))/im;
const MARK_SEARCH_LENGTH = 1500;

// Below this, a part of a file says less than its numbers of lines.
const MIN_SHARE = 400;

/** Replaces lock files and generated files by one line each, and truncates the others evenly to the length. */
export function summarizeDiff(diff: string, maxLength: number): string {
  const files = splitDiff(diff).map((file) => {
    const reason = findReason(file);
    return reason === undefined ? file : { ...file, text: summarizeFile(file, reason) };
  });
  const separators = Math.max(0, files.length - 1);
  const share = findShare(
    files.map(({ text }) => text.length),
    maxLength - separators,
  );
  const text = files.map((file) => truncateFile(file, share)).join('\n');
  return text.length <= maxLength ? text : truncateList(text, maxLength);
}

/** Each file begins with its `diff` line; text before the first one is a part without a path. */
export function splitDiff(diff: string): FileDiff[] {
  return diff.split(/\n(?=diff --)/).map((text) => ({ path: readPath(text), text }));
}

function readPath(text: string): string {
  const names = [/^\+\+\+ (.+)$/m, /^--- (.+)$/m, /^diff --git .* (\S+)$/m, /^diff --\w+ (.+)$/m];
  for (const pattern of names) {
    const name = pattern
      .exec(text)?.[1]
      ?.trim()
      .replace(/^"(.*)"$/, '$1');
    if (name !== undefined && name !== '/dev/null') return name.replace(/^[abciow]\//, '');
  }
  return '';
}

function findReason({ path, text }: FileDiff): string | undefined {
  if (path === '' || !/^@@/m.test(text)) return undefined;
  if (LOCK_FILE.test(path)) return 'lock file';
  const hunks = text.slice(text.search(/^@@/m));
  const isAtTop = /^@@+ -[01](?:,\d+)? /.test(hunks);
  const isMarked = isAtTop && GENERATED_MARK.test(hunks.slice(0, MARK_SEARCH_LENGTH));
  return isMarked || GENERATED_FILE.test(path) ? 'generated file' : undefined;
}

function summarizeFile({ path, text }: FileDiff, reason: string): string {
  const status = /^new file/m.test(text) ? 'added, ' : /^deleted file/m.test(text) ? 'deleted, ' : '';
  const trailing = text.endsWith('\n') ? '\n' : '';
  return `diff --git a/${path} b/${path} (${reason}, ${status}${describeChanges(text)})${trailing}`;
}

function describeChanges(text: string): string {
  const hunks = text.slice(Math.max(0, text.search(/^@@/m)));
  const count = (pattern: RegExp): string => (hunks.match(pattern)?.length ?? 0).toLocaleString('en');
  return `${count(/^\+/gm)} lines added, ${count(/^-/gm)} removed`;
}

/** The largest length that every file may have so that all fit: short files leave their rest to long ones. */
function findShare(lengths: readonly number[], total: number): number {
  let rest = total;
  let count = lengths.length;
  for (const length of lengths.toSorted((left, right) => left - right)) {
    if (length * count > rest) return Math.max(0, Math.floor(rest / count));
    rest -= length;
    count -= 1;
  }
  return Number.POSITIVE_INFINITY;
}

function truncateFile(file: FileDiff, share: number): string {
  const { path, text } = file;
  if (text.length <= share) return text;
  if (path === '') return text.slice(0, share).replace(/[\ud800-\udbff]$/, '');
  if (share < MIN_SHARE) return summarizeFile(file, 'left out');
  const note = `\n(${describeChanges(text)} in all of ${path}; the rest is left out)`;
  const kept = text.slice(0, Math.max(0, share - note.length));
  return cutAtLine(kept) + note;
}

function cutAtLine(text: string): string {
  const lineEnd = text.lastIndexOf('\n');
  return lineEnd > text.length / 2 ? text.slice(0, lineEnd) : text.replace(/[\ud800-\udbff]$/, '');
}

function truncateList(text: string, maxLength: number): string {
  const note = '\n(more files left out)';
  const kept = text.slice(0, Math.max(0, maxLength - note.length));
  return (cutAtLine(kept) + note).slice(0, maxLength);
}
