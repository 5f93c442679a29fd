import { toLineFeeds } from '../text/indentation';

export type ExtractedCode =
  | { kind: 'text'; text: string }
  | { kind: 'choice'; blocks: readonly string[] }
  | { kind: 'unclosed'; text: string };

const OPEN_TAG = '<think>';
const CLOSE_TAG = '</think>';

// In these languages a fence is content, and indentation has a meaning of its own.
const PROSE_LANGUAGES = new Set(['markdown', 'plaintext', 'mdx', 'quarto', 'rmd', 'prompt', 'git-commit', 'scminput']);

/** Whether answers go into documents of this language unchanged. */
export function isProseLanguage(languageId: string): boolean {
  return PROSE_LANGUAGES.has(languageId);
}

/** Removes a leading `<think>…</think>` block. An unclosed block leaves nothing. */
export function stripReasoning(text: string): string {
  const filter = new ReasoningFilter();
  return filter.push(text) + filter.end();
}

/** {@link stripReasoning} for a stream. `push` returns the text that is ready, `end` the rest. */
export class ReasoningFilter {
  private state: ReasoningState = 'start';
  private buffer = '';
  private whitespace = '';

  push(chunk: string): string {
    this.buffer += chunk;
    if (this.state === 'start') this.state = this.readStart();
    if (this.state === 'inside') this.state = this.readInside();
    if (this.state === 'after') this.state = this.readAfter();
    return this.state === 'text' ? this.flush() : '';
  }

  end(): string {
    return this.state === 'start' ? this.whitespace + this.flush() : '';
  }

  private readStart(): ReasoningState {
    this.whitespace += this.takeLeadingWhitespace();
    if (this.buffer.startsWith(OPEN_TAG)) return this.enter('inside', this.buffer.slice(OPEN_TAG.length));
    if (OPEN_TAG.startsWith(this.buffer)) return 'start';
    return this.enter('text', this.whitespace + this.buffer);
  }

  private readInside(): ReasoningState {
    const close = this.buffer.indexOf(CLOSE_TAG);
    if (close !== -1) return this.enter('after', this.buffer.slice(close + CLOSE_TAG.length));
    // Keep only what may be the beginning of a closing tag.
    return this.enter('inside', this.buffer.slice(-(CLOSE_TAG.length - 1)));
  }

  // Drops the blank lines after the block, but keeps the indentation of the first line that follows.
  private readAfter(): ReasoningState {
    const whitespace = this.takeLeadingWhitespace();
    const lastLineEnd = Math.max(whitespace.lastIndexOf('\n'), whitespace.lastIndexOf('\r'));
    this.whitespace = lastLineEnd === -1 ? this.whitespace + whitespace : whitespace.slice(lastLineEnd);
    if (this.buffer === '') return 'after';
    return this.enter('text', (/^[\r\n]/.test(this.whitespace) ? this.whitespace.slice(1) : '') + this.buffer);
  }

  private enter(state: ReasoningState, buffer: string): ReasoningState {
    this.buffer = buffer;
    this.whitespace = '';
    return state;
  }

  private takeLeadingWhitespace(): string {
    const text = this.buffer.trimStart();
    const whitespace = this.buffer.slice(0, this.buffer.length - text.length);
    this.buffer = text;
    return whitespace;
  }

  private flush(): string {
    const text = this.buffer;
    this.buffer = '';
    return text;
  }
}

type ReasoningState = 'start' | 'inside' | 'after' | 'text';

/** Removes a code fence and the prose around it. Follows CommonMark's rules for fences; does not strip reasoning. */
export function extractCode(answer: string, languageId: string): ExtractedCode {
  if (isProseLanguage(languageId)) return { kind: 'text', text: answer };
  const { blocks, isLastOpen } = findCodeBlocks(answer);
  const [first] = blocks;
  if (first === undefined) return { kind: 'text', text: answer };
  if (blocks.length > 1) return { kind: 'choice', blocks };
  return { kind: isLastOpen ? 'unclosed' : 'text', text: first };
}

export function findAmbiguousBlocks(answer: string, languageId: string): readonly string[] {
  const extracted = extractCode(stripReasoning(toLineFeeds(answer)), languageId);
  return extracted.kind === 'choice' ? extracted.blocks : [];
}

interface OpenFence {
  readonly indent: number;
  readonly marker: string;
  readonly lines: string[];
}

function findCodeBlocks(answer: string): { blocks: string[]; isLastOpen: boolean } {
  const blocks: string[] = [];
  let open: OpenFence | undefined;
  for (const line of answer.split('\n')) {
    if (open === undefined) {
      open = openingFence(line);
    } else if (isClosingFence(line, open.marker)) {
      blocks.push(blockText(open));
      open = undefined;
    } else {
      open.lines.push(line);
    }
  }
  if (open !== undefined) blocks.push(blockText(open));
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

// CommonMark removes as many leading spaces from each line as the opening fence has.
function blockText(fence: OpenFence): string {
  const { indent, lines } = fence;
  const shifted = indent === 0 ? lines : lines.map((line) => line.slice(Math.min(indent, leadingSpaces(line))));
  const text = shifted.join('\n');
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

function leadingSpaces(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}
