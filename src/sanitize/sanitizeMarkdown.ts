import { fenceFor, isClosingFence, type OpeningFence, openingFence } from '../text/codeFence';
import { toLineFeeds } from '../text/indentation';

/**
 * Makes model output safe to render as Markdown: nothing in it can load, run or be clicked, except plain `https:` URLs
 * that are shown in full. Code keeps its text.
 *
 * Renderers disagree about where code begins and ends, and each disagreement is a hole. So instead of filtering, this
 * parses the text with the simple rules below and writes it in a form that every renderer reads alike:
 * - Code blocks move to column 0, where they are not part of a list or quote, after a blank line, with a fence that
 *   nothing in the block can close.
 * - Inline code stays if it is on one line and no table can split it.
 * - Elsewhere, brackets, `<`, `~`, unmatched backticks and URL punctuation become character references, which no
 *   renderer treats as syntax.
 *
 * Every prefix of a stream is safe, and the function is idempotent.
 */
export function sanitizeMarkdown(text: string): string {
  let shown = text.slice(0, MAX_MARKDOWN_LENGTH);
  let output = rewrite(shown);
  while (output.length > MAX_MARKDOWN_LENGTH) {
    shown = shown.slice(0, Math.floor((shown.length * MAX_MARKDOWN_LENGTH * 0.9) / output.length));
    output = rewrite(shown);
  }
  return shown.length === text.length ? output : `${output}\n\n…`;
}

// VS Code truncates Markdown after 100,000 characters. A cut inside inline code would make its rest live text.
const MAX_MARKDOWN_LENGTH = 99_000;

function rewrite(text: string): string {
  const lines = toLineFeeds(text).split('\n');
  const hasTable = lines.some(isTableDelimiter);
  const output: string[] = [];
  let block: CodeBlock | undefined;
  for (const line of lines) {
    if (block === undefined) {
      const fence = openingFence(line, 'anywhere');
      if (fence === undefined) {
        output.push(sanitizeLine(limitHeading(line, output.at(-1)), hasTable));
        continue;
      }
      block = { fence, lines: [] };
      const listMarker = fence.prefix.trimEnd();
      if (listMarker !== '') writeListMarker(output, listMarker);
    } else if (isClosingFence(line, block.fence.marker, 'anywhere')) {
      writeBlock(output, block, hasTable);
      block = undefined;
    } else {
      block.lines.push(withoutIndent(line, block.fence.prefix.length));
    }
  }
  if (block !== undefined) writeBlock(output, block, hasTable);
  return output.join('\n');
}

/** A first-level heading would be twice as large as the text. */
function limitHeading(line: string, previous = ''): string {
  const isUnderline = /^ {0,3}=+\s*$/.test(line) && previous.trim() !== '';
  return isUnderline ? '---' : line.replace(/^( {0,3}(?:> ?)*)#(?=\s|$)/, '$1##');
}

interface CodeBlock {
  readonly fence: OpeningFence;
  readonly lines: string[];
}

// A marker such as `-` on a line of its own directly below a paragraph would turn the paragraph into a heading.
function writeListMarker(output: string[], listMarker: string): void {
  endParagraph(output);
  output.push(listMarker);
}

function writeBlock(output: string[], block: CodeBlock, hasTable: boolean): void {
  const fence = fenceFor(block.lines.join('\n'));
  const language = /^[\w+#.-]*/.exec(block.fence.info)?.[0] ?? '';
  endParagraph(output);
  // VS Code renders no space between a table and a block.
  if (hasTable && output.at(-2)?.includes('|') === true) output.push('&nbsp;', '');
  output.push(fence + language, ...block.lines, fence);
}

// A blank line keeps a preceding paragraph, table or quote from absorbing the next line.
function endParagraph(output: string[]): void {
  if (output.length > 0 && output.at(-1) !== '') output.push('');
}

function withoutIndent(line: string, indent: number): string {
  let start = 0;
  while (start < indent && (line[start] === ' ' || line[start] === '\t')) start += 1;
  return line.slice(start);
}

// Matches everything that any renderer accepts as the delimiter row of a table.
function isTableDelimiter(line: string): boolean {
  return /^[\s|:>*+\d.)-]*$/.test(line) && line.includes('-') && /[|:]/.test(line);
}

// Alternatives are tried in this order. Each one is bounded, so that a line takes linear time.
const TOKEN = new RegExp(
  [
    // A backslash escape.
    String.raw`\\[!-/:-@[-\x60{-~]`,
    // [label](url "title") or an image, followed by nothing that could become part of the URL.
    String.raw`!?\[([^[\]\\\x60<]{0,200})\]\([ \t]{0,4}([^\s()<>[\]\\\x60]{1,600})(?:[ \t]{1,4}"[^"\\\x60<[\]]{0,200}")?[ \t]{0,4}\)(?=[.,;:!?)*_]{0,4}(?:\s|$))`,
    // <url>
    String.raw`(?<![a-z0-9])<(https:\/\/[^\s<>]{1,600})>`,
    // A bare URL up to the next white space: a character reference after it would become part of it.
    String.raw`(?<![a-z0-9])(https:\/\/\S{0,600})`,
    // After white space, an `@` is part of no address, and screen readers spell out its character reference.
    String.raw`:\/\/|www\.|(?<=\S)@|[[\]<~]+`,
    '`+',
  ].join('|'),
  'gi',
);

interface Line {
  readonly text: string;
  readonly hasTable: boolean;
  /** Maps the start of each run of backticks to the end of the next run of the same length. */
  readonly spanEnds: ReadonlyMap<number, number>;
}

interface Replacement {
  readonly text: string;
  readonly end: number;
}

function sanitizeLine(text: string, hasTable: boolean): string {
  const line: Line = { text, hasTable, spanEnds: findSpanEnds(text) };
  const output: string[] = [];
  let position = 0;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const replacement = sanitizeToken(line, match);
    output.push(text.slice(position, match.index), replacement.text);
    position = replacement.end;
    TOKEN.lastIndex = position;
  }
  output.push(text.slice(position));
  return output.join('');
}

function sanitizeToken(line: Line, match: RegExpExecArray): Replacement {
  const [found, label, url, autolink, bare] = match;
  const end = match.index + found.length;
  if (found.startsWith('`')) return replaceCodeSpan(line, match.index, end);
  if (label !== undefined && url !== undefined) return { text: linkToText(label, url), end };
  if (autolink !== undefined && isSafeUrl(autolink)) return { text: `${autolink} `, end };
  if (autolink !== undefined) return { text: toCharacterReferences('<'), end: match.index + 1 };
  if (bare !== undefined) return replaceBareUrl(bare, match.index);
  if (found.startsWith('\\')) return { text: replaceBackslashEscape(found), end };
  return { text: toCharacterReferences(found), end };
}

// VS Code's renderer has its own rules for code spans when it looks for emphasis. In these, only single backticks
// without others between them reliably delimit code.
function replaceCodeSpan(line: Line, start: number, end: number): Replacement {
  const spanEnd = line.spanEnds.get(start);
  const escapedMarks = { text: toCharacterReferences(line.text.slice(start, end)), end };
  if (spanEnd === undefined) return escapedMarks;
  const code = line.text.slice(end, spanEnd - (end - start));
  const isCut = line.hasTable && /(?:^|[^\\]|\\\\)\|/.test(code);
  return isCut || code.includes('`') ? escapedMarks : { text: `\`${code}\``, end: spanEnd };
}

function linkToText(label: string, url: string): string {
  const shown = isSafeUrl(url) ? url : escapeLinkText(url);
  if (label === url) return shown;
  return label === '' ? `(${shown})` : `${escapeLinkText(label)} (${shown})`;
}

function replaceBareUrl(run: string, start: number): Replacement {
  const url = run.replace(/[.,;:!?)"'*_]+$/, '');
  if (run.length < MAX_URL_LENGTH && isSafeUrl(url)) return { text: url, end: start + url.length };
  const scheme = run.slice(0, 'https://'.length);
  return { text: toCharacterReferences(scheme), end: start + scheme.length };
}

// The token pattern stops at this length, so a longer URL may continue after the match.
const MAX_URL_LENGTH = 600;

// Clickable URLs need https, a plain host without user info, no characters that Markdown could interpret, and a query
// too short to exfiltrate text.
function isSafeUrl(url: string): boolean {
  const match = /^https:\/\/[a-z0-9][a-z0-9.-]*(?::\d{1,5})?(?:[/?#][\w./?#&'+,;=%!$():@-]*)?$/i.exec(url);
  if (match === null || !URL.canParse(url)) return false;
  const query = url.search(/[?#]/);
  const rest = url.slice('https://'.length);
  return !/:\/\/|[^/]@|.www(?:\.|$)/i.test(rest) && (query === -1 || url.length - query <= 201);
}

function replaceBackslashEscape(pair: string): string {
  const character = pair.slice(1);
  return /[[\]<`~@:]/.test(character) ? toCharacterReference(character) : pair;
}

function escapeLinkText(text: string): string {
  return text.replace(/:\/\/|www\.|[[\]<@`~]/gi, toCharacterReferences);
}

function toCharacterReferences(text: string): string {
  return text.replace(/[[\]<`~@:.]/g, toCharacterReference);
}

function toCharacterReference(character: string): string {
  return character === '<' ? '&lt;' : `&#${character.charCodeAt(0)};`;
}

function findSpanEnds(text: string): Map<number, number> {
  const nextEnd = new Map<number, number>();
  const ends = new Map<number, number>();
  for (const run of [...text.matchAll(/`+/g)].reverse()) {
    const length = run[0].length;
    const end = nextEnd.get(length);
    if (end !== undefined) ends.set(run.index, end);
    nextEnd.set(length, run.index + length);
  }
  return ends;
}
