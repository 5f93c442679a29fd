import type { Disposable } from 'vscode';
import { ReasoningFilter } from '../answers/codeBlocks';
import { extractCommitMessage } from './common/commitMessage';

/** Slow enough to read along, and to leave few steps behind for whoever undoes more than one. */
const UPDATE_INTERVAL_MS = 200;

/**
 * Writes an answer into the box for the commit message while it arrives.
 *
 * VS Code makes an undo step of each value that is put into the box, and no API joins them. So what was in the box is put
 * back before the message is written as a whole: one undo leads from the one to the other.
 */
export class ScmInputBox implements Disposable {
  private readonly initialValue: string;
  private readonly reasoning = new ReasoningFilter();
  /** VS Code tells of values late, so that any that was written here may come back while a newer one is shown. */
  private readonly writtenValues = new Set<string>();
  private answer = '';
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly box: { value: string }) {
    this.initialValue = box.value;
  }

  /** May be called for every character. */
  append(text: string): void {
    this.answer += this.reasoning.push(text);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (!this.isEdited) this.write(extractCommitMessage(this.answer));
    }, UPDATE_INTERVAL_MS);
  }

  /** Whether somebody else changed what is in the box: it is theirs then. */
  get isEdited(): boolean {
    const { value } = this.box;
    return this.writtenValues.size === 0 ? value !== this.initialValue : !this.writtenValues.has(value);
  }

  /**
   * Ends the writing.
   * @returns the message, which is in the box now unless that is touched.
   */
  finish(): string {
    this.dispose();
    this.answer += this.reasoning.end();
    const message = extractCommitMessage(this.answer);
    if (this.isEdited) return message;
    this.restore();
    if (message !== '') this.box.value = message;
    return message;
  }

  /** Puts back what was in the box. */
  restore(): void {
    this.dispose();
    if (!this.isEdited && this.writtenValues.size > 0) this.box.value = this.initialValue;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private write(message: string): void {
    // The box is never empty in between: nothing of what is written would be better than what was there.
    if (message === '' || message === this.box.value) return;
    this.writtenValues.add(message);
    this.box.value = message;
  }
}
