const MAX_ENTRIES = 50;

/** Earlier inputs by key, latest first, kept while the window is open. */
export class InputHistory {
  private readonly entries = new Map<string, readonly string[]>();

  get(key: string): readonly string[] {
    return this.entries.get(key) ?? [];
  }

  add(key: string, text: string): void {
    if (text.trim() === '') return;
    const rest = this.get(key).filter((entry) => entry !== text);
    this.entries.set(key, [text, ...rest].slice(0, MAX_ENTRIES));
  }
}

/** Steps through earlier inputs, starting from the text being typed. */
export class HistoryCursor {
  /** 0 for the text being typed, 1 for the latest entry. */
  private offset = 0;
  private draft = '';

  constructor(private readonly entries: readonly string[]) {}

  /** Undefined if there is nothing after the text being typed. */
  step(change: 1 | -1, current: string): string | undefined {
    if (this.offset === 0 && change < 0) return undefined;
    if (this.offset === 0) this.draft = current;
    this.offset = Math.min(Math.max(this.offset + change, 0), this.entries.length);
    return this.entries[this.offset - 1] ?? this.draft;
  }
}
