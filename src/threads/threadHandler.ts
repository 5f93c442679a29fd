export interface ThreadHandler {
  reply(text: string): Promise<void>;
  /** Sends the last question in other words. Its earlier answers stay. */
  reviseQuestion(text: string): Promise<void>;
  stop(): void;
  regenerate(): Promise<void>;
  /** Regenerates the shown answer with one step more or less effort. False if there is no such step. */
  changeEffort(direction: 1 | -1): boolean | Promise<boolean>;
  askModels(models: readonly string[]): Promise<void>;
  showAdjacentAnswer(offset: 1 | -1): void;
  toMarkdownDocument(): string;
  handleClose(): void;
}

export interface QuestionHandle {
  /** Moves the question out of the queue, so that its answer appears below it. */
  dequeue(): void;
  setLabel(label: string | undefined): void;
  setText(text: string): void;
  edit(text: string): void;
}
