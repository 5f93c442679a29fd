import { PrecedingText } from './precedingText';
import {
  ANSWER_CLOSE,
  ANSWER_OPEN,
  HARMONY_END,
  HARMONY_MESSAGE,
  HARMONY_START,
  LEADING_TOKENS,
  LONE_CLOSE_TAGS,
  REASONING_BLOCKS,
  type ReasoningBlock,
  TRAILING_TOKENS,
} from './reasoningTags';
import { findToken, isInQuotes, isQuoted, partialTokenLength, tokenPattern } from './tokenScan';

type State = 'start' | 'inside' | 'after' | 'header' | 'text' | 'ended';

const OPEN_TAGS = REASONING_BLOCKS.map(({ open }) => open);
const CLOSE_TAGS = REASONING_BLOCKS.map(({ close }) => close);
const DROPPED_AT_START = [...LEADING_TOKENS, ...LONE_CLOSE_TAGS];
const START_TOKENS = [...OPEN_TAGS, ...HARMONY_START, ...DROPPED_AT_START, ANSWER_OPEN];
const TEXT_TOKENS = [...OPEN_TAGS, ...CLOSE_TAGS, ...HARMONY_START, ...TRAILING_TOKENS, ANSWER_CLOSE];
const LONGEST_TOKEN = Math.max(...[...TEXT_TOKENS, ...START_TOKENS].map(({ length }) => length));
const TEXT_PATTERN = tokenPattern(TEXT_TOKENS);
const HARMONY_BLOCK: ReasoningBlock = { open: '', close: '', isStrict: true };
const HARMONY_CLOSE_PATTERN = tokenPattern([...HARMONY_END, ...HARMONY_START]);
const NEXT_MESSAGE = new RegExp(`^\\s*(?:${tokenPattern(HARMONY_START).source})`, 'i');
const NEXT_TURN = /^\s*(?:<\|im_start\|>|<\|start_header_id\|>)\s*(?:user|assistant|system|tool)/i;
const MAYBE_NEXT_TURN = /^\s*(?:<\|im_start\|>|<\|start_header_id\|>)\s*[a-z]{0,8}$/i;
const UNMARKED_HARMONY = /^\s*analysis(?=[A-Z"']|\s*\n)[\s\S]*?assistantfinal(?!["'`)])\s*/;
const ONLY_TOKENS = new RegExp(`^(?:\\s|${tokenPattern(TRAILING_TOKENS).source})*$`, 'i');

// `analysis<|message|>` has at most a few more words.
const MAX_HEADER_LENGTH = 200;
const MAX_TRAILING_LENGTH = 200;

/**
 * Removes reasoning and the marks of chat templates. A closing tag without an opening one makes everything before it
 * reasoning; what was returned until then can only be reported.
 */
export class ReasoningFilter {
  /** The answer so far, without text that turned out to be reasoning. */
  text = '';
  /** Whether text that was returned turned out to be reasoning. */
  hasLeaked = false;
  private state: State = 'start';
  private buffer = '';
  private whitespace = '';
  private preceding = new PrecedingText();
  private block: ReasoningBlock | undefined;
  private openTags = 0;
  private isWrapped = false;

  constructor(private readonly onReasoning: (text: string) => void = () => undefined) {}

  get isInside(): boolean {
    return this.state === 'inside';
  }

  push(chunk: string): string {
    this.buffer += chunk;
    return this.read(false);
  }

  end(): string {
    const last = this.read(true);
    if (this.isInside) this.drop(this.buffer.length, 'inside');
    // Harmony without its special tokens.
    const final = UNMARKED_HARMONY.exec(this.text)?.[0];
    if (final !== undefined) {
      const answer = this.text.slice(final.length);
      this.restart(final);
      this.text = answer;
    }
    return last;
  }

  private read(isEnd: boolean): string {
    let output = '';
    for (;;) {
      const { state, buffer } = this;
      output += this.readState(isEnd);
      if (this.state === state && this.buffer.length === buffer.length) return output;
    }
  }

  private readState(isEnd: boolean): string {
    switch (this.state) {
      case 'start':
        return this.readStart(isEnd);
      case 'inside':
        return this.readInside(isEnd);
      case 'header':
        return this.readHeader(isEnd);
      case 'after':
        return this.readAfter();
      case 'text':
        return this.readText(isEnd);
      case 'ended':
        return this.drop(this.buffer.length, 'ended');
    }
  }

  private readStart(isEnd: boolean): string {
    this.whitespace += this.takeLeadingWhitespace();
    const head = this.buffer.slice(0, LONGEST_TOKEN).toLowerCase();
    if (head === '' && !isEnd) return '';
    if (HARMONY_START.some((token) => head.startsWith(token))) return this.enter('header');
    const block = REASONING_BLOCKS.find(({ open }) => head.startsWith(open));
    if (block !== undefined) return this.enterBlock(block);
    const leading = DROPPED_AT_START.find((token) => head.startsWith(token));
    if (leading !== undefined) return this.drop(leading.length, 'after');
    if (head.startsWith(ANSWER_OPEN) && (this.block !== undefined || this.hasLeaked)) {
      this.isWrapped = true;
      return this.drop(ANSWER_OPEN.length, 'after');
    }
    if (!isEnd && START_TOKENS.some((token) => token.startsWith(head))) return '';
    this.buffer = this.whitespace + this.buffer;
    return this.enter('text');
  }

  private readInside(isEnd: boolean): string {
    const close = this.block?.close ?? '';
    const pattern = close === '' ? HARMONY_CLOSE_PATTERN : tokenPattern([close]);
    let found = findToken(this.buffer, pattern);
    while (found !== undefined && isInQuotes(this.buffer, found))
      found = findToken(this.buffer, pattern, found.index + 1);
    // Keep what may be the beginning of a closing tag, and the character before it.
    if (found === undefined) return this.drop(Math.max(0, this.buffer.length - LONGEST_TOKEN - 1), 'inside');
    // The next character decides.
    if (!isEnd && found.index + found.token.length === this.buffer.length)
      return this.drop(Math.max(0, found.index - 1), 'inside');
    const isNext = HARMONY_START.includes(found.token);
    this.drop(found.index, 'inside');
    return this.drop(isNext ? 0 : found.token.length, isNext ? 'header' : 'after');
  }

  /** From `<|start|>` or `<|channel|>` to `<|message|>`. */
  private readHeader(isEnd: boolean): string {
    const head = this.buffer.slice(0, MAX_HEADER_LENGTH + HARMONY_MESSAGE.length);
    const index = head.toLowerCase().indexOf(HARMONY_MESSAGE);
    if (index === -1) {
      if (this.buffer.length > head.length) return this.enter('text') + this.emit(1);
      return isEnd ? this.drop(this.buffer.length, 'text') : '';
    }
    const isFinal = !/<\|channel\|>\s*(?!final)\S/i.test(head.slice(0, index));
    if (isFinal && this.block === undefined) this.restart();
    this.block = HARMONY_BLOCK;
    return this.drop(index + HARMONY_MESSAGE.length, isFinal ? 'after' : 'inside');
  }

  // Drops the blank lines after the block, but keeps the indentation of the first line that follows.
  private readAfter(): string {
    const whitespace = this.takeLeadingWhitespace();
    const lastLineEnd = Math.max(whitespace.lastIndexOf('\n'), whitespace.lastIndexOf('\r'));
    this.whitespace = lastLineEnd === -1 ? this.whitespace + whitespace : whitespace.slice(lastLineEnd);
    if (this.buffer === '') return '';
    const indentation = /^[\r\n]/.test(this.whitespace) ? this.whitespace.slice(1) : '';
    this.enter('start');
    this.whitespace = indentation;
    return '';
  }

  private readText(isEnd: boolean): string {
    let output = '';
    for (;;) {
      const found = findToken(this.buffer, TEXT_PATTERN);
      if (found === undefined) break;
      const { token, index } = found;
      output += this.emit(index);
      // The next characters decide.
      if (!isEnd && token.length + 2 > this.buffer.length) return output;
      if (!this.isQuoted(token) && this.readToken(token, isEnd)) return output;
      output += this.emit(token.length);
    }
    return output + this.emit(this.buffer.length - (isEnd ? 0 : partialTokenLength(this.buffer, TEXT_TOKENS)));
  }

  private isQuoted(token: string): boolean {
    const previous = CLOSE_TAGS.includes(token) ? '' : this.preceding.lastCharacter;
    return isQuoted(previous, this.buffer.slice(token.length, token.length + 2));
  }

  private readToken(token: string, isEnd: boolean): boolean {
    if (HARMONY_START.includes(token)) {
      this.enter('header');
      return true;
    }
    const block = REASONING_BLOCKS.find(({ open }) => open === token);
    if (block !== undefined) {
      if (!this.isBlock(block)) this.openTags += 1;
      else this.enterBlock(block);
      return this.state === 'inside';
    }
    if (CLOSE_TAGS.includes(token)) {
      if (this.openTags > 0) this.openTags -= 1;
      else if (LONE_CLOSE_TAGS.includes(token) && !this.preceding.isInSentence) {
        this.restart();
        this.drop(token.length, 'after');
      }
      return this.state === 'after';
    }
    return this.readTrailing(token, isEnd);
  }

  private readTrailing(token: string, isEnd: boolean): boolean {
    const isTrailing = TRAILING_TOKENS.includes(token) || (token === ANSWER_CLOSE && this.isWrapped);
    if (!isTrailing || this.preceding.hasTemplate) return false;
    const rest = this.buffer.slice(token.length, token.length + MAX_TRAILING_LENGTH + 1);
    if (NEXT_MESSAGE.test(rest.slice(0, MAX_TRAILING_LENGTH))) {
      this.drop(token.length, 'text');
      return true;
    }
    if (NEXT_TURN.test(rest.slice(0, MAX_TRAILING_LENGTH))) {
      this.drop(this.buffer.length, 'ended');
      return true;
    }
    const known = isEnd ? rest : rest.slice(0, rest.length - partialTokenLength(rest, TEXT_TOKENS));
    const isUndecided = ONLY_TOKENS.test(known) || (!isEnd && MAYBE_NEXT_TURN.test(rest));
    if (rest.length > MAX_TRAILING_LENGTH || !isUndecided) return false;
    if (isEnd) this.drop(this.buffer.length, 'text');
    return true;
  }

  private isBlock(block: ReasoningBlock): boolean {
    const isExpected = (block.isStrict && this.preceding.isAtLineStart) || this.block === block;
    return isExpected && !this.preceding.isInFence;
  }

  /** Everything so far was reasoning. */
  private restart(reasoning = this.text): void {
    if (this.text.trim() !== '') this.hasLeaked = true;
    if (reasoning !== '') this.onReasoning(reasoning);
    this.text = '';
    this.preceding = new PrecedingText();
  }

  private enterBlock(block: ReasoningBlock): '' {
    this.block = block;
    return this.drop(block.open.length, 'inside');
  }

  private drop(length: number, state: State): '' {
    // The closing tag is not dropped as a part of the block.
    if (this.isInside && state === 'inside' && length > 0) this.onReasoning(this.buffer.slice(0, length));
    this.buffer = this.buffer.slice(length);
    return this.enter(state);
  }

  private enter(state: State): '' {
    this.state = state;
    this.whitespace = '';
    return '';
  }

  private emit(length: number): string {
    const text = this.buffer.slice(0, length);
    this.buffer = this.buffer.slice(length);
    this.text += text;
    this.preceding.append(text);
    return text;
  }

  private takeLeadingWhitespace(): string {
    const text = this.buffer.trimStart();
    const whitespace = this.buffer.slice(0, this.buffer.length - text.length);
    this.buffer = text;
    return whitespace;
  }
}
