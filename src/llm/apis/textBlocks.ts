interface TextBlock {
  readonly index: unknown;
  pending: string;
  isClosed: boolean;
}

/** Orders the text of blocks that overlap: a block's text is returned when the blocks before it are closed. */
export class TextBlocks {
  private readonly blocks: TextBlock[] = [];

  add(index: unknown, text: string): string {
    this.blockAt(index).pending += text;
    return this.takeText();
  }

  close(index: unknown): string {
    const block = this.blocks.find((open) => open.index === index);
    if (block !== undefined) block.isClosed = true;
    return this.takeText();
  }

  closeAll(): string {
    for (const block of this.blocks) block.isClosed = true;
    return this.takeText();
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
