import type { Disposable } from 'vscode';
import { extractCommitMessage } from './common/commitMessage';

// Slow enough to read along, and to add few undo steps.
const UPDATE_INTERVAL_MS = 200;

/**
 * Streams an answer into the SCM input box. VS Code adds an undo step for each value and has no API to merge them. So
 * the initial value is restored before the final message is written: one undo then returns to it.
 */
export class ScmInputBox implements Disposable {
  private readonly initialValue: string;
  // VS Code reports values late, so an earlier written value may come back after a newer one.
  private readonly writtenValues = new Set<string>();
  private answer = '';
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly box: { value: string }) {
    this.initialValue = box.value;
  }

  append(text: string): void {
    this.answer += text;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (!this.isEdited) this.write(extractCommitMessage(this.answer));
    }, UPDATE_INTERVAL_MS);
  }

  /** Whether the user or another extension changed the value. */
  get isEdited(): boolean {
    const { value } = this.box;
    return this.writtenValues.size === 0 ? value !== this.initialValue : !this.writtenValues.has(value);
  }

  /** @returns the message, which is also in the box unless the box was edited */
  finish(answer: string): string {
    this.dispose();
    const message = extractCommitMessage(answer);
    if (this.isEdited) return message;
    this.restore();
    if (message !== '') this.box.value = message;
    return message;
  }

  restore(): void {
    this.dispose();
    if (!this.isEdited && this.writtenValues.size > 0) this.box.value = this.initialValue;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private write(message: string): void {
    // Keep the initial value until there is a message.
    if (message === '' || message === this.box.value) return;
    this.writtenValues.add(message);
    this.box.value = message;
  }
}
