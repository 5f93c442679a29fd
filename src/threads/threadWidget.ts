import {
  type Comment,
  type CommentThread,
  CommentThreadCollapsibleState,
  CommentThreadState,
  Disposable,
  type Range,
  type Uri,
  window,
} from 'vscode';
import { withoutLastLineEnd } from '../editor/lastLine';
import type { ThreadAnchor } from './threadAnchor';
import { ThreadComment } from './threadComment';

// VS Code shows a new thread after about 100 ms.
const OPENING_MS = 600;

export type OpenThread = (uri: Uri, range: Range, comments: readonly Comment[]) => CommentThread;

export interface ThreadWidgetOptions {
  readonly open: OpenThread;
  readonly anchor: ThreadAnchor;
  readonly label: string;
  /** Whether the thread has text buttons. See docs/vscode-notes.md, "Buttons". */
  readonly hasTextButtons: boolean;
}

/** What VS Code shows of a thread. Some changes need a new thread object with the same state. */
export class ThreadWidget {
  private current: CommentThread;
  private comments: readonly ThreadComment[] = [];
  /** While true, the thread has no comments, so that VS Code unfolds its reply box, which has the text buttons. */
  private isOpening = false;
  private openingTimer: ReturnType<typeof setTimeout> | undefined;
  private isDisposed = false;
  private label: string;
  private readonly subscription: Disposable;

  constructor(private readonly options: ThreadWidgetOptions) {
    const { anchor, hasTextButtons } = options;
    this.label = options.label;
    // In threads without text buttons, the first real comment replaces this one before anything is drawn.
    this.current = this.openThread(hasTextButtons ? [] : [new ThreadComment({ name: 'Quillet' }, 'note')]);
    this.current.collapsibleState = CommentThreadCollapsibleState.Expanded;
    if (hasTextButtons) this.startOpening();
    this.subscription = Disposable.from(
      anchor.onDidMove(({ isReanchored }) => this.updateRange(isReanchored)),
      anchor.onDidRename(() => this.recreate()),
    );
  }

  get thread(): CommentThread {
    return this.current;
  }

  /** Without a final line end: VS Code shows a thread below the line where its range ends. */
  get shownRange(): Range {
    const { document, range } = this.options.anchor;
    return withoutLastLineEnd(document, range);
  }

  get isResolved(): boolean {
    return this.current.state === CommentThreadState.Resolved;
  }

  get isExpanded(): boolean {
    return this.current.collapsibleState === CommentThreadCollapsibleState.Expanded;
  }

  setLabel(label: string): void {
    if (this.label === label || this.isDisposed) return;
    this.label = label;
    this.current.label = label;
  }

  /** Returns whether the value has changed. */
  setContextValue(value: string): boolean {
    if (this.isDisposed || this.current.contextValue === value) return false;
    this.current.contextValue = value;
    return true;
  }

  setExpanded(isExpanded: boolean): void {
    if (this.isDisposed) return;
    const { Collapsed, Expanded } = CommentThreadCollapsibleState;
    this.current.collapsibleState = isExpanded ? Expanded : Collapsed;
  }

  /** Without it, VS Code shows no reply box. */
  setCanReply(canReply: boolean): void {
    if (!this.isDisposed && this.current.canReply !== canReply) this.current.canReply = canReply;
  }

  setResolved(isResolved: boolean): void {
    this.current.state = isResolved ? CommentThreadState.Resolved : CommentThreadState.Unresolved;
    this.setExpanded(!isResolved);
  }

  draw(comments: readonly ThreadComment[]): void {
    this.comments = comments;
    if (!this.isDisposed && !this.isOpening) this.current.comments = [...comments];
  }

  /** Expands the thread with its text buttons, which VS Code shows only in a new thread without comments. */
  reopen(): void {
    if (this.isDisposed) return;
    this.setExpanded(true);
    this.isOpening = true;
    this.recreate();
    this.startOpening();
  }

  endOpening(): void {
    if (!this.isOpening) return;
    clearTimeout(this.openingTimer);
    this.isOpening = false;
    this.draw(this.comments);
  }

  /** Leaves the thread itself to the caller. */
  dispose(): void {
    this.isDisposed = true;
    clearTimeout(this.openingTimer);
    this.subscription.dispose();
  }

  private startOpening(): void {
    this.isOpening = true;
    clearTimeout(this.openingTimer);
    this.openingTimer = setTimeout(() => this.endOpening(), OPENING_MS);
  }

  private openThread(comments: readonly ThreadComment[]): CommentThread {
    const { open, anchor } = this.options;
    const thread = open(anchor.uri, this.shownRange, comments);
    // Without a label the header reads "Start discussion", and screen readers announce "undefined".
    thread.label = this.label;
    return thread;
  }

  /** Also needed for a renamed file, because the URI of a thread is read-only. */
  private recreate(): void {
    if (this.isDisposed) return;
    const oldThread = this.current;
    this.current = this.openThread(this.isOpening ? [] : this.comments);
    this.current.collapsibleState = oldThread.collapsibleState;
    this.current.canReply = oldThread.canReply;
    if (oldThread.state !== undefined) this.current.state = oldThread.state;
    if (oldThread.contextValue !== undefined) this.current.contextValue = oldThread.contextValue;
    oldThread.dispose();
  }

  /**
   * Updates the range of the thread if VS Code cannot track it: the file was edited without a visible editor. In a
   * visible editor the widget moves automatically, and any update could steal the focus.
   */
  private updateRange(isReanchored: boolean): void {
    const { document } = this.options.anchor;
    const isVisible = window.visibleTextEditors.some((editor) => editor.document === document);
    if (this.isDisposed || (isVisible && !isReanchored)) return;
    const range = this.shownRange;
    // VS Code has moved the thread, but this object still has the previous range, and setting an equal range is
    // ignored.
    if (this.current.range?.isEqual(range)) this.current.range = undefined;
    this.current.range = range;
  }
}
