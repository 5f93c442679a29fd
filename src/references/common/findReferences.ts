/** References by a name of their own, each to something the workspace has one of. */
export const CONTEXT_NAMES = ['definitions', 'problems', 'gitDiff', 'terminal'] as const;

export type ContextName = (typeof CONTEXT_NAMES)[number];

/** 1-based and inclusive. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

export type ReferenceTarget =
  | { readonly kind: 'file'; readonly path: string; readonly lines?: LineRange }
  | { readonly kind: 'symbol'; readonly name: string; readonly path?: string }
  | { readonly kind: 'context'; readonly name: ContextName };

/** An `@` reference in a question. */
export interface Reference {
  /** As it is written in the question. */
  readonly label: string;
  readonly target: ReferenceTarget;
}

// Code spans and fenced blocks match first, so that an `@` in them is text. So is one in an email address.
const REFERENCE_PATTERN =
  /```[^`]*```|`[^`\n]*`|(?<![\p{L}\p{N}_.@/])@(?:"(?<quoted>[^"\n]+)"|(?<bare>(?:symbol:)?[\p{L}\p{N}_$.#/+~-]+))(?<lines>:\d+(?:[-–]\d+)?)?/gu;

/**
 * Finds `@src/cart.ts`, `@cart.ts:8-17`, `@"a b.ts"`, `@symbol:total`, `@symbol:cart.ts#total`, `@problems` and the like,
 * each once. A word such as `@Component`, `@angular/core` or `@app.get("/")` is text.
 */
export function findReferences(question: string): readonly Reference[] {
  const found = new Map<string, Reference>();
  for (const match of question.matchAll(REFERENCE_PATTERN)) {
    const { quoted, bare, lines = '' } = match.groups ?? {};
    const name = quoted ?? (lines === '' ? withoutPunctuation(bare ?? '') : (bare ?? ''));
    if (question[match.index + match[0].length] === '(') continue;
    const target = quoted === undefined ? toTarget(name, lines) : toFile(name, lines);
    if (target === undefined) continue;
    const label = quoted === undefined ? `@${name}${lines}` : `@"${name}"${lines}`;
    found.set(label, { label, target });
  }
  return [...found.values()];
}

function toTarget(name: string, lines: string): ReferenceTarget | undefined {
  const context = CONTEXT_NAMES.find((contextName) => contextName === name);
  if (context !== undefined) return { kind: 'context', name: context };
  const [, path, symbol] = /^symbol:(?:([^#]+)#)?([^#]+)$/.exec(name) ?? [];
  if (symbol !== undefined) return { kind: 'symbol', name: symbol, ...(path !== undefined && { path }) };
  const isPath = lines !== '' || /\.[\p{L}\p{N}_]+(?:#L\d.*)?$/u.test(name);
  return isPath ? toFile(name, lines) : undefined;
}

function toFile(path: string, lines: string): ReferenceTarget {
  const [first, last = first] = lines.slice(1).split(/[-–]/).map(Number);
  return {
    kind: 'file',
    path,
    ...(lines !== '' && first !== undefined && last !== undefined && { lines: { first, last } }),
  };
}

function withoutPunctuation(name: string): string {
  let end = name.length;
  while ('.:/+~#-'.includes(name.charAt(end - 1)) && end > 0) end -= 1;
  return name.slice(0, end);
}

/** The text that refers to a file. Quoted if a bare path would not be recognized. */
export function formatFileReference(path: string): string {
  const label = `@${path}`;
  const [reference] = findReferences(label);
  return reference?.label === label && reference.target.kind === 'file' ? label : `@"${path}"`;
}

/** Undefined if the symbol can't be written as a reference, such as a Markdown heading with spaces. */
export function formatSymbolReference(name: string, path?: string): string | undefined {
  const label = `@symbol:${path === undefined ? '' : `${path}#`}${name}`;
  const [reference] = findReferences(label);
  const { target } = reference ?? {};
  const isSame = target?.kind === 'symbol' && target.name === name && target.path === path;
  return isSame ? label : undefined;
}
