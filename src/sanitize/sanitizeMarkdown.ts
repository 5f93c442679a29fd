import { fenceFor } from '../text/codeFence';
import { toLineFeeds } from '../text/indentation';

/**
 * Makes model text safe to show as Markdown: nothing in it can load, run or be clicked, except plain `https:` addresses
 * that are shown in full. Code keeps its text.
 *
 * Renderers disagree about where code begins and ends, and each disagreement is a hole. So the text is not searched for
 * dangers; it is read by the simple rules below and written again in a form that every renderer reads alike:
 * - Code blocks are moved to column 0, where a fence is never inside a list or a quote, behind a blank line, with a fence
 *   that nothing in the block can close.
 * - Inline code stays where a span begins and ends on one line and nothing can cut it in two.
 * - Everywhere else brackets, `<`, `~`, unmatched backticks and the marks of an address become character references, which no
 *   renderer takes for syntax.
 *
 * Each prefix of a stream is safe by itself, and a second pass changes nothing.
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

/**
 * The editor cuts Markdown off behind 100,000 characters, wherever that is. A cut through inline code would turn what is
 * left of it into live text, so that what is written here has to stay shorter.
 */
const MAX_MARKDOWN_LENGTH = 99_000;

function rewrite(text: string): string {
  const lines = toLineFeeds(text).split('\n');
  const hasTable = lines.some(isTableDelimiter);
  const output: string[] = [];
  let block: CodeBlock | undefined;
  for (const line of lines) {
    if (block === undefined) {
      block = openBlock(line);
      if (block === undefined) output.push(sanitizeLine(line, hasTable));
      else if (block.listMarker !== '') writeListMarker(output, block.listMarker);
    } else if (isClosingFence(block, line)) {
      writeBlock(output, block);
      block = undefined;
    } else {
      block.lines.push(withoutIndent(line, block.indent));
    }
  }
  if (block !== undefined) writeBlock(output, block);
  return output.join('\n');
}

interface CodeBlock {
  readonly listMarker: string;
  readonly indent: number;
  readonly marker: string;
  readonly language: string;
  readonly lines: string[];
}

/** A fence at any depth of indentation, also right behind the marker of a list item. */
function openBlock(line: string): CodeBlock | undefined {
  const match = /^([ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]{1,4})?)(?:(`{3,})([^`]*)|(~{3,})(.*))$/.exec(line);
  const marker = match?.[2] ?? match?.[4];
  if (match === null || marker === undefined) return undefined;
  const [, before = ''] = match;
  const language = /^[ \t]*([\w+#.-]*)/.exec(match[3] ?? match[5] ?? '')?.[1] ?? '';
  return { listMarker: before.trimEnd(), indent: before.length, marker, language, lines: [] };
}

function isClosingFence(block: CodeBlock, line: string): boolean {
  const text = line.replace(/^[ \t]+/, '').trimEnd();
  return text.length >= block.marker.length && text === block.marker.charAt(0).repeat(text.length);
}

/** A list marker whose line held nothing but a fence; right below a paragraph it would make that a heading. */
function writeListMarker(output: string[], listMarker: string): void {
  endParagraph(output);
  output.push(listMarker);
}

function writeBlock(output: string[], block: CodeBlock): void {
  const fence = fenceFor(block.lines.join('\n'));
  endParagraph(output);
  output.push(fence + block.language, ...block.lines, fence);
}

/** A blank line ends whatever stands before, so that no paragraph, table or quote can take in what follows. */
function endParagraph(output: string[]): void {
  if (output.length > 0 && output.at(-1) !== '') output.push('');
}

function withoutIndent(line: string, indent: number): string {
  let start = 0;
  while (start < indent && (line[start] === ' ' || line[start] === '\t')) start += 1;
  return line.slice(start);
}

/** Whether a line could make the lines around it a table, in the widest reading of any renderer. */
function isTableDelimiter(line: string): boolean {
  return /^[\s|:>*+\d.)-]*$/.test(line) && line.includes('-') && /[|:]/.test(line);
}

/** What stands out in a line of text, tried in this order. Each branch is bounded, so that a line takes linear time. */
const TOKEN = new RegExp(
  [
    // A backslash and what it escapes.
    String.raw`\\[!-/:-@[-\x60{-~]`,
    // [label](address "title"), also as an image, with nothing behind it that could grow into the address.
    String.raw`!?\[([^[\]\\\x60<]{0,200})\]\([ \t]{0,4}([^\s()<>[\]\\\x60]{1,600})(?:[ \t]{1,4}"[^"\\\x60<[\]]{0,200}")?[ \t]{0,4}\)(?=[.,;:!?)*_]{0,4}(?:\s|$))`,
    // <address>
    String.raw`(?<![a-z0-9])<(https:\/\/[^\s<>]{1,600})>`,
    // A bare address up to the next white space, because what is written for a mark behind it would become part of it.
    String.raw`(?<![a-z0-9])(https:\/\/\S{0,600})`,
    String.raw`:\/\/|www\.|[[\]<@~]+`,
    '`+',
  ].join('|'),
  'gi',
);

interface Line {
  readonly text: string;
  readonly hasTable: boolean;
  /** For the start of each run of backticks, the end of the next run of the same length. */
  readonly spanEnds: ReadonlyMap<number, number>;
}

/** What is written for a piece of a line, and where the next piece begins. */
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

/**
 * Inline code keeps its text, unless a table would cut it or it holds backticks itself: the editor's renderer looks for
 * emphasis with a reading of its own, in which only spans of single backticks without any inside are sure to be code.
 */
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

/** A bare address that reaches this length may go on behind what was read of it. */
const MAX_URL_LENGTH = 600;

/**
 * Whether an address may stay clickable: https, a plain host without user-info, nothing in it that Markdown could take
 * apart, and not so long a query that it could carry text away.
 */
function isSafeUrl(url: string): boolean {
  const match = /^https:\/\/[a-z0-9][a-z0-9.-]*(?::\d{1,5})?(?:[/?#][\w./?#&'+,;=%!$():@-]*)?$/i.exec(url);
  if (match === null || !URL.canParse(url)) return false;
  const query = url.search(/[?#]/);
  const rest = url.slice('https://'.length);
  return !/:\/\/|[^/]@|.www(?:\.|$)/i.test(rest) && (query === -1 || url.length - query <= 201);
}

/** A backslash pair, as a reference where the character could matter; other pairs keep their meaning. */
function replaceBackslashEscape(pair: string): string {
  const character = pair.slice(1);
  return /[[\]<`~@:]/.test(character) ? toCharacterReference(character) : pair;
}

/** Text of a link, in which nothing is clickable and nothing is syntax. */
function escapeLinkText(text: string): string {
  return text.replace(/:\/\/|www\.|[[\]<@`~]/gi, toCharacterReferences);
}

/** Writes the characters that make the text special as character references, and the others as they are. */
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
