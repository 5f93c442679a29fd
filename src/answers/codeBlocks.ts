import { toLineFeeds } from '../text/indentation';

/** What is left of an answer when only its code is wanted. */
export type CleanAnswer =
  | { kind: 'text'; text: string }
  /** Several code blocks: which one is meant is for the user to say. */
  | { kind: 'choice'; blocks: readonly string[] }
  /** A block that was opened and never closed: whole if the answer ended on its own, cut off otherwise. */
  | { kind: 'unclosed'; text: string };

const openTag = '<think>';
const closeTag = '</think>';

/** Languages in whose documents a fence is content, and indentation means something else than in code. */
const proseLanguages = new Set(['markdown', 'plaintext', 'mdx', 'quarto', 'rmd', 'prompt', 'git-commit', 'scminput']);

/** Whether answers are written into a document of this language as they are. */
export function isProse(languageId: string): boolean {
  return proseLanguages.has(languageId);
}

/** Takes off a `<think>…</think>` block that opens the answer; one that was never closed leaves nothing. */
export function stripReasoning(text: string): string {
  const filter = new ReasoningFilter();
  return filter.push(text) + filter.end();
}

/**
 * {@link stripReasoning} for an answer that comes in pieces. `push` returns what a piece adds to the text that can be
 * shown, `end` what was held back; together they are what `stripReasoning` makes of the whole.
 */
export class ReasoningFilter {
  private state: FilterState = 'start';
  /** Text not yet decided about, without the white space before it, which is in `space`. */
  private held = '';
  private space = '';

  push(chunk: string): string {
    this.held += chunk;
    if (this.state === 'start') this.state = this.readStart();
    if (this.state === 'inside') this.state = this.readInside();
    if (this.state === 'after') this.state = this.readAfter();
    return this.state === 'text' ? this.takeHeld() : '';
  }

  end(): string {
    return this.state === 'start' ? this.space + this.takeHeld() : '';
  }

  private readStart(): FilterState {
    this.space += this.takeLeadingSpace();
    if (this.held.startsWith(openTag)) return this.enter('inside', this.held.slice(openTag.length));
    if (openTag.startsWith(this.held)) return 'start';
    return this.enter('text', this.space + this.held);
  }

  private readInside(): FilterState {
    const close = this.held.indexOf(closeTag);
    if (close !== -1) return this.enter('after', this.held.slice(close + closeTag.length));
    // Only the beginning of a closing tag can still matter.
    return this.enter('inside', this.held.slice(-(closeTag.length - 1)));
  }

  /** Drops the blank lines behind the block, but not the indentation of the first line that follows. */
  private readAfter(): FilterState {
    const space = this.takeLeadingSpace();
    const lastLineEnd = Math.max(space.lastIndexOf('\n'), space.lastIndexOf('\r'));
    this.space = lastLineEnd === -1 ? this.space + space : space.slice(lastLineEnd);
    if (this.held === '') return 'after';
    return this.enter('text', (/^[\r\n]/.test(this.space) ? this.space.slice(1) : '') + this.held);
  }

  private enter(state: FilterState, held: string): FilterState {
    this.held = held;
    this.space = '';
    return state;
  }

  private takeLeadingSpace(): string {
    const text = this.held.trimStart();
    const space = this.held.slice(0, this.held.length - text.length);
    this.held = text;
    return space;
  }

  private takeHeld(): string {
    const text = this.held;
    this.held = '';
    return text;
  }
}

type FilterState = 'start' | 'inside' | 'after' | 'text';

/**
 * Takes one code fence, and the chatter around it, off an answer that goes into a code document. In documents where
 * fences are content the answer stays as it is. Fences are found as CommonMark finds them; reasoning is not looked for.
 */
export function cleanCodeAnswer(answer: string, languageId: string): CleanAnswer {
  if (isProse(languageId)) return { kind: 'text', text: answer };
  const { blocks, isLastOpen } = findBlocks(answer);
  const [first] = blocks;
  if (first === undefined) return { kind: 'text', text: answer };
  if (blocks.length > 1) return { kind: 'choice', blocks };
  return { kind: isLastOpen ? 'unclosed' : 'text', text: first };
}

/** The blocks of an answer among which a user has to choose; none where it is clear what is meant. */
export function codeBlocks(answer: string, languageId: string): readonly string[] {
  const clean = cleanCodeAnswer(stripReasoning(toLineFeeds(answer)), languageId);
  return clean.kind === 'choice' ? clean.blocks : [];
}

interface OpenFence {
  readonly indent: number;
  readonly marker: string;
  readonly lines: string[];
}

function findBlocks(answer: string): { blocks: string[]; isLastOpen: boolean } {
  const blocks: string[] = [];
  let open: OpenFence | undefined;
  for (const line of answer.split('\n')) {
    if (open === undefined) {
      open = openingFence(line);
    } else if (isClosingFence(line, open.marker)) {
      blocks.push(textOf(open));
      open = undefined;
    } else {
      open.lines.push(line);
    }
  }
  if (open !== undefined) blocks.push(textOf(open));
  return { blocks, isLastOpen: open !== undefined };
}

function openingFence(line: string): OpenFence | undefined {
  const match = /^( {0,3})(?:(`{3,})[^`]*|(~{3,}).*)$/s.exec(line);
  const marker = match?.[2] ?? match?.[3];
  return marker === undefined ? undefined : { indent: match?.[1]?.length ?? 0, marker, lines: [] };
}

function isClosingFence(line: string, marker: string): boolean {
  const text = line.trim();
  return !line.startsWith('    ') && text.length >= marker.length && text === marker.charAt(0).repeat(text.length);
}

/** The text of a block; as many leading spaces as the fence had are no part of it. */
function textOf(fence: OpenFence): string {
  const { indent, lines } = fence;
  const shifted = indent === 0 ? lines : lines.map((line) => line.slice(Math.min(indent, leadingSpaces(line))));
  const text = shifted.join('\n');
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

function leadingSpaces(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}
