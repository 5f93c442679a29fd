/** The path in one file's part of a Git diff, or both paths of a renamed file. Undefined if the part names no file. */
export function readDiffPaths(part: string): readonly string[] | undefined {
  const header = part.split(/\n(?:@@|GIT binary patch)/, 1)[0] ?? '';
  const renamed = header.matchAll(/^(?:(?:rename|copy) (?:from|to)|diff --(?:cc|combined)) (.+)$/gm);
  const paths = [...renamed].map(([, name = '']) => unquote(name));
  if (paths.length > 0) return paths;
  const names = /^diff --git (.+)/.exec(header)?.[1];
  const path = names === undefined ? undefined : readCommonPath(names);
  return path === undefined ? undefined : [path];
}

/** `a/src/my file b/src/my file` names `src/my file`. Users can change the prefixes or turn them off. */
function readCommonPath(names: string): string | undefined {
  const spaces = [...names.matchAll(/ /g)].map(({ index }) => index);
  const paths = spaces.map((space) => {
    const old = unquote(names.slice(0, space)).split('/');
    const current = unquote(names.slice(space + 1)).split('/');
    const count = old.findLastIndex((segment, index) => segment !== current.at(index - old.length));
    return old.slice(count + 1).join('/');
  });
  // With spaces in the name, other splits have a shorter path in common.
  const [longest = ''] = paths.toSorted((left, right) => right.length - left.length);
  return longest === '' ? undefined : longest;
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/** Git quotes names with special characters as in C: each byte of a character beyond ASCII is an octal number. */
function unquote(name: string): string {
  const quoted = /^"(.*)"$/.exec(name)?.[1];
  if (quoted === undefined) return name;
  const pieces = quoted.match(/\\[0-7]{3}|\\.|[^\\]+/g) ?? [];
  const bytes = pieces.flatMap((piece) => {
    if (!piece.startsWith('\\')) return [...new TextEncoder().encode(piece)];
    const escaped = piece.slice(1);
    return [escaped.length === 3 ? Number.parseInt(escaped, 8) : (ESCAPES[escaped] ?? escaped.charCodeAt(0))];
  });
  return new TextDecoder().decode(new Uint8Array(bytes));
}
