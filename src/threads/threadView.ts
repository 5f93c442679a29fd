import {
  type Comment,
  type CommentReply,
  type CommentThread,
  CommentThreadCollapsibleState,
  CommentThreadState,
  l10n,
  MarkdownString,
  type Range,
  type TextDocument,
  type Uri,
  window,
} from 'vscode';
import { withoutLastLineEnd } from '../editor/lastLine';
import { redrawInterval } from './common/redrawInterval';
import type { ThreadAnchor } from './threadAnchor';
import { exceedsScrollBox, setCommentLabel, ThreadComment, untrustedMarkdown } from './threadComment';
import type { QuestionHandle, ThreadHandler } from './threadHandler';

/** Part of the context value, which `when` clauses of menus use. */
export type ThreadKind = 'conversation' | 'review';

/** `ready`: can be accepted; `choice`: the user has to choose one of several code blocks. */
export type ProposalState = 'ready' | 'choice';

// VS Code shows a new thread after about 100 ms.
const OPENING_MS = 600;

export type OpenThread = (uri: Uri, range: Range, comments: readonly Comment[]) => CommentThread;

export type CloseThread = (thread: CommentThread) => void;

/**
 * Renders one comment thread. Redraws are throttled, and only the user collapses or expands it after it was created.
 */
export class ThreadView {
  private comments: ThreadComment[] = [];
  private readonly queuedQuestions = new Set<ThreadComment>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private currentAnswer: ThreadComment | undefined;
  private hasFinalAccessibleText = false;
  /** Maps replaced comments to their replacement: a button may still pass the old object. */
  private readonly replacements = new WeakMap<ThreadComment, ThreadComment>();
  private answerLabel: string | undefined;
  private variant = { index: 0, count: 1 };
  private isClosed = false;
  private isRunning = false;
  private proposalState: ProposalState | undefined;
  private threadHandler: ThreadHandler | undefined;
  private openingTimer: ReturnType<typeof setTimeout> | undefined;
  private thread: CommentThread;

  constructor(
    private readonly services: {
      readonly open: OpenThread;
      readonly anchor: ThreadAnchor;
      readonly close: CloseThread;
      readonly onDidChange: () => void;
    },
    readonly kind: ThreadKind,
    private label: string,
  ) {
    // See docs/vscode-notes.md, "Buttons". The reply box of a review opens with the thread, since it has the text
    // buttons. In other threads, the first real comment replaces this one before anything is drawn.
    this.thread = this.openThread(kind === 'review' ? [] : [new ThreadComment({ name: 'Quillet' }, 'note')]);
    if (kind === 'review') this.startOpening();
    this.thread.collapsibleState = CommentThreadCollapsibleState.Expanded;
    this.updateContext();
    services.anchor.onDidMove(({ isReanchored }) => this.updateRange(isReanchored));
    services.anchor.onDidRename(() => this.recreateThread([...this.comments, ...this.queuedQuestions]));
  }

  get document(): TextDocument {
    return this.services.anchor.document;
  }

  get anchor(): ThreadAnchor {
    return this.services.anchor;
  }

  get range(): Range {
    return this.services.anchor.range;
  }

  /** Without a final line end: VS Code shows a thread below the line where its range ends. */
  get shownRange(): Range {
    return withoutLastLineEnd(this.document, this.range);
  }

  get isLocated(): boolean {
    return this.services.anchor.isLocated;
  }

  get lastAnswerSource(): string {
    return this.comments.findLast((comment) => comment.kind === 'answer')?.source ?? '';
  }

  /** The raw text of the answer whose button was pressed, or of the last answer. */
  getAnswerSource(argument: unknown): string {
    return this.comments.find((comment) => comment === this.resolveComment(argument))?.source ?? this.lastAnswerSource;
  }

  get handler(): ThreadHandler | undefined {
    return this.threadHandler;
  }

  get isBusy(): boolean {
    return this.isRunning || this.queuedQuestions.size > 0;
  }

  get hasProposal(): boolean {
    return this.proposalState !== undefined;
  }

  /** Whether there is a proposal that can be accepted. */
  get isReady(): boolean {
    return this.proposalState === 'ready';
  }

  get hasBlockChoice(): boolean {
    return this.proposalState === 'choice';
  }

  get hasSeveralAnswers(): boolean {
    return this.variant.count > 1;
  }

  get isResolved(): boolean {
    return this.thread.state === CommentThreadState.Resolved;
  }

  setHandler(handler: ThreadHandler): void {
    this.threadHandler = handler;
  }

  isIn(document: TextDocument): boolean {
    return this.services.anchor.uri.toString() === document.uri.toString();
  }

  includesLine(document: TextDocument, line: number): boolean {
    const { start, end } = this.shownRange;
    return this.isIn(document) && start.line <= line && line <= end.line;
  }

  /** Depending on the menu, the argument is the thread, one of its comments, or a reply. */
  matches(argument: unknown): boolean {
    const resolved = this.resolveComment(argument);
    if (argument === this.thread || this.comments.some((comment) => comment === resolved)) return true;
    return (argument as Partial<CommentReply> | undefined)?.thread === this.thread;
  }

  setLabel(label: string): void {
    if (this.label === label || this.isClosed) return;
    this.label = label;
    this.thread.label = label;
  }

  setProposal(state: ProposalState | undefined): void {
    this.proposalState = state;
    this.updateContext();
  }

  setRunning(isRunning: boolean): void {
    this.isRunning = isRunning;
    this.updateContext();
  }

  setVariant(index: number, count: number): void {
    if (this.variant.index === index && this.variant.count === count) return;
    this.variant = { index, count };
    this.updateContext();
    if (this.currentAnswer === undefined) return;
    this.labelAnswer(this.answerLabel);
    this.draw();
  }

  addQuestion(text: string, queuedLabel?: string): QuestionHandle {
    const comment = new ThreadComment({ name: l10n.t('You') }, 'question');
    comment.source = text;
    comment.body = untrustedMarkdown(text);
    if (queuedLabel === undefined) this.comments.push(comment);
    else this.queuedQuestions.add(comment);
    setCommentLabel(comment, queuedLabel);
    this.draw();
    return {
      dequeue: () => {
        if (this.queuedQuestions.delete(comment)) this.comments.push(comment);
        setCommentLabel(comment, undefined);
        // The other answers to the previous question can no longer be shown.
        this.setVariant(0, 1);
        this.currentAnswer = undefined;
        this.draw();
      },
      setLabel: (label) => {
        if (comment.label === label) return;
        setCommentLabel(comment, label);
        this.draw();
      },
    };
  }

  /** Adds a comment by Quillet below an answer, separate so that an unclosed code fence cannot swallow it. */
  addNote(markdown: string): void {
    const comment = new ThreadComment({ name: 'Quillet' }, 'note');
    // May quote a server.
    comment.body = untrustedMarkdown(markdown);
    this.comments.push(comment);
    this.draw();
  }

  beginAnswer(placeholder: string): void {
    this.stopTimer();
    this.currentAnswer = new ThreadComment({ name: 'Quillet' }, 'answer');
    this.currentAnswer.contextValue = `answer ${this.kind}`;
    this.currentAnswer.body = new MarkdownString(placeholder);
    this.hasFinalAccessibleText = false;
    this.labelAnswer(undefined);
    this.comments.push(this.currentAnswer);
    this.draw();
  }

  removeAnswer(): void {
    this.stopTimer();
    while (this.comments.length > 0 && this.comments.at(-1)?.kind !== 'question') this.comments.pop();
    this.currentAnswer = undefined;
  }

  showAnswer(source: string, render: (source: string) => string = (text) => text): void {
    if (this.currentAnswer === undefined) return;
    this.currentAnswer.source = source;
    this.timer ??= setTimeout(() => this.drawAnswer(render), redrawInterval(source.length));
  }

  showProgress(text: string): void {
    if (this.currentAnswer === undefined || this.currentAnswer.source !== '' || this.answerLabel === text) return;
    this.labelAnswer(text);
    this.draw();
  }

  /**
   * Draws the final answer.
   * @param markdown shown instead of the answer itself, for example a diff.
   */
  endAnswer(label: string, markdown?: string): void {
    this.endOpening();
    this.stopTimer();
    if (this.currentAnswer !== undefined) {
      this.labelAnswer(label);
      if (this.currentAnswer.source === '') this.currentAnswer.contextValue = 'empty';
      this.setBody(markdown ?? this.currentAnswer.source, true);
    }
    this.draw();
  }

  get isExpanded(): boolean {
    return this.thread.collapsibleState === CommentThreadCollapsibleState.Expanded;
  }

  expand(): void {
    if (!this.isClosed) this.thread.collapsibleState = CommentThreadCollapsibleState.Expanded;
  }

  /** Expands a review with its text buttons, which VS Code shows only in a new thread without comments. */
  reopen(): void {
    if (this.isClosed) return;
    this.expand();
    this.recreateThread([]);
    this.startOpening();
  }

  collapse(): void {
    this.thread.collapsibleState = CommentThreadCollapsibleState.Collapsed;
  }

  setResolved(isResolved: boolean): void {
    this.thread.state = isResolved ? CommentThreadState.Resolved : CommentThreadState.Unresolved;
    this.thread.collapsibleState = isResolved
      ? CommentThreadCollapsibleState.Collapsed
      : CommentThreadCollapsibleState.Expanded;
    this.updateContext();
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearTimeout(this.openingTimer);
    this.stopTimer();
    this.services.anchor.dispose();
    this.services.close(this.thread);
    this.threadHandler?.handleClose();
  }

  private stopTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private drawAnswer(render: (source: string) => string): void {
    this.timer = undefined;
    if (this.currentAnswer === undefined) return;
    this.labelAnswer(undefined);
    this.setBody(render(this.currentAnswer.source), false);
    this.draw();
  }

  /**
   * VS Code computes the accessible name of a comment only when it is first drawn, so a screen reader would keep
   * reading "Asking…". The answer therefore becomes a new comment once: when it ends, or before it exceeds the height
   * at which it scrolls.
   */
  private setBody(markdown: string, isEnd: boolean): void {
    if (this.currentAnswer === undefined) return;
    this.currentAnswer.body = untrustedMarkdown(markdown);
    if (this.hasFinalAccessibleText || !(isEnd || exceedsScrollBox(markdown))) return;
    const replacement = this.currentAnswer.copy();
    this.comments = this.comments.map((comment) => (comment === this.currentAnswer ? replacement : comment));
    this.replacements.set(this.currentAnswer, replacement);
    this.currentAnswer = replacement;
    this.hasFinalAccessibleText = true;
  }

  private resolveComment(argument: unknown): unknown {
    return argument instanceof ThreadComment ? (this.replacements.get(argument) ?? argument) : argument;
  }

  private labelAnswer(label: string | undefined): void {
    this.answerLabel = label;
    const { index, count } = this.variant;
    const position = count > 1 ? l10n.t('{0} of {1}', String(index + 1), String(count)) : undefined;
    const labels = [position, label].filter((part) => part !== undefined);
    if (this.currentAnswer !== undefined)
      setCommentLabel(this.currentAnswer, labels.length === 0 ? undefined : labels.join(' · '));
  }

  private updateContext(): void {
    if (this.isClosed) return;
    const contextWords = [
      this.kind,
      this.isRunning ? 'running' : 'idle',
      ...(this.proposalState === undefined ? [] : [this.proposalState]),
      ...(this.hasSeveralAnswers ? ['several'] : []),
      ...(this.isResolved ? ['resolved'] : []),
    ];
    const value = contextWords.join(' ');
    if (this.thread.contextValue === value) return;
    this.thread.contextValue = value;
    this.services.onDidChange();
  }

  private openThread(comments: readonly ThreadComment[]): CommentThread {
    const { open, anchor } = this.services;
    const thread = open(anchor.uri, this.shownRange, comments);
    // Without a label the header reads "Start discussion", and screen readers announce "undefined".
    thread.label = this.label;
    return thread;
  }

  /**
   * Updates the range of the thread if VS Code cannot track it: the file was edited without a visible editor. In a
   * visible editor the widget moves automatically, and any update could steal the focus.
   */
  private updateRange(isReanchored: boolean): void {
    const isVisible = window.visibleTextEditors.some((editor) => editor.document === this.document);
    if (this.isClosed || (isVisible && !isReanchored)) return;
    const range = this.shownRange;
    // VS Code has moved the thread, but this object still has the previous range, and setting an equal range is
    // ignored.
    if (this.thread.range?.isEqual(range)) this.thread.range = undefined;
    this.thread.range = range;
  }

  /** The URI of a thread is read-only, so a renamed file needs a new thread with the same state. */
  private recreateThread(comments: readonly ThreadComment[]): void {
    if (this.isClosed) return;
    const oldThread = this.thread;
    this.thread = this.openThread(comments);
    this.thread.collapsibleState = oldThread.collapsibleState;
    if (oldThread.state !== undefined) this.thread.state = oldThread.state;
    this.thread.contextValue = oldThread.contextValue ?? this.kind;
    oldThread.dispose();
  }

  private startOpening(): void {
    clearTimeout(this.openingTimer);
    this.openingTimer = setTimeout(() => this.endOpening(), OPENING_MS);
  }

  /** Until then the thread is empty, and VS Code opens its reply box. */
  private endOpening(): void {
    if (this.openingTimer === undefined) return;
    clearTimeout(this.openingTimer);
    this.openingTimer = undefined;
    this.draw();
  }

  private draw(): void {
    if (!this.isClosed && this.openingTimer === undefined)
      this.thread.comments = [...this.comments, ...this.queuedQuestions];
  }
}
