import { QuilletError } from '../../core/errors';

/** In UTF-16 units, of blocks that wait for the one before them. */
const MAX_HELD_LENGTH = 2_000_000;

interface TextBlock {
  readonly index: unknown;
  pending: string;
  isClosed: boolean;
}

/**
 * Orders the text of blocks that overlap: a block's text is returned when the blocks before it are closed.
 * @throws QuilletError `limit.answer` if too much text waits
 */
export class TextBlocks {
  private readonly blocks: TextBlock[] = [];
  private heldLength = 0;

  add(index: unknown, text: string): string {
    this.blockAt(index).pending += text;
    this.heldLength += text.length;
    const ready = this.release();
    if (this.heldLength > MAX_HELD_LENGTH) throw new QuilletError('limit.answer', { subject: String(MAX_HELD_LENGTH) });
    return ready;
  }

  close(index: unknown): string {
    const block = this.blocks.find((open) => open.index === index);
    if (block !== undefined) block.isClosed = true;
    return this.release();
  }

  closeAll(): string {
    for (const block of this.blocks) block.isClosed = true;
    return this.release();
  }

  private release(): string {
    const ready = this.takeText();
    this.heldLength -= ready.length;
    return ready;
  }

  private blockAt(index: unknown): TextBlock {
    const known = this.blocks.find((block) => block.index === index);
    if (known !== undefined) return known;
    const block = { index, pending: '', isClosed: false };
    this.blocks.push(block);
    return block;
  }

  private takeText(): string {
    let text = '';
    for (let [first] = this.blocks; first !== undefined; [first] = this.blocks) {
      text += first.pending;
      first.pending = '';
      if (!first.isClosed) break;
      this.blocks.shift();
    }
    return text;
  }
}
