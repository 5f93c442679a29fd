import type { Disposable } from 'vscode';
import { ReasoningFilter } from '../answers/codeBlocks';
import { commitMessageIn } from './common/commitMessage';

/** Slow enough to read along, and to leave few steps behind for whoever undoes more than one. */
const REDRAW_MS = 200;

/**
 * Writes an answer into the box for the commit message while it arrives.
 *
 * VS Code makes an undo step of each value that is put into the box, and no API joins them. So what was in the box is put
 * back before the message is written as a whole: one undo leads from the one to the other.
 */
export class CommitBox implements Disposable {
  private readonly before: string;
  private readonly reasoning = new ReasoningFilter();
  /** VS Code tells of values late, so that any that was written here may come back while a newer one is shown. */
  private readonly written = new Set<string>();
  private answer = '';
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly box: { value: string }) {
    this.before = box.value;
  }

  /** May be called for every character. */
  push(piece: string): void {
    this.answer += this.reasoning.push(piece);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (!this.isTouched) this.write(commitMessageIn(this.answer));
    }, REDRAW_MS);
  }

  /** Whether somebody else changed what is in the box: it is theirs then. */
  get isTouched(): boolean {
    const { value } = this.box;
    return this.written.size === 0 ? value !== this.before : !this.written.has(value);
  }

  /**
   * Ends the writing.
   * @returns the message, which is in the box now unless that is touched.
   */
  finish(): string {
    this.dispose();
    this.answer += this.reasoning.end();
    const message = commitMessageIn(this.answer);
    if (this.isTouched) return message;
    this.restore();
    if (message !== '') this.box.value = message;
    return message;
  }

  /** Puts back what was in the box. */
  restore(): void {
    this.dispose();
    if (!this.isTouched && this.written.size > 0) this.box.value = this.before;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private write(message: string): void {
    // The box is never empty in between: nothing of what is written would be better than what was there.
    if (message === '' || message === this.box.value) return;
    this.written.add(message);
    this.box.value = message;
  }
}
