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
import { redrawInterval } from './common/redrawInterval';
import type { ThreadAnchor } from './threadAnchor';
import { ThreadComment, untrustedMarkdown } from './threadComment';

/** What a thread is made for; part of its context value, so that menus can tell them apart. */
export type ThreadKind = 'explain' | 'review';

/** Something to accept, or several blocks of code of which the user has to choose one. */
export type ProposalState = 'ready' | 'choice';

/** What the owner of a thread does when users use its buttons. */
export interface ThreadHandler {
  reply(text: string): Promise<void>;
  stop(): void;
  regenerate(): Promise<void>;
  /** Asks these models the same once more, beside the answers that are there. */
  askModels(models: readonly string[]): Promise<void>;
  /** Shows the next answer to the same question, or the one before, round and round. */
  showAdjacentAnswer(offset: 1 | -1): void;
  /** The whole conversation as a Markdown document. */
  toMarkdownDocument(): string;
  handleClose(): void;
}

/** A question in a thread, which may have to wait for its turn. */
export interface QuestionHandle {
  /** Its turn has come: it stays where it is, and its answer will stand below it. */
  dequeue(): void;
  /** Says something of it beside it, or nothing more. */
  setLabel(label: string | undefined): void;
}

/** Makes the thread of VS Code that a view draws into. */
export type OpenThread = (uri: Uri, range: Range, comments: readonly Comment[]) => CommentThread;

/** Takes the thread away from VS Code, once. */
export type CloseThread = (thread: CommentThread) => void;

/**
 * One thread under a selection. It draws at a pace, not for each token, and only when something changed. Nothing but the
 * user folds or unfolds it once it is there.
 */
export class ThreadView {
  private comments: ThreadComment[] = [];
  /** Questions whose turn has not come; they stand below everything else. */
  private readonly queuedQuestions = new Set<ThreadComment>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private currentAnswer: ThreadComment | undefined;
  private hasFinalAccessibleText = false;
  /** Comments that were drawn anew, and as which: a button may still hand over the old one. */
  private readonly replacements = new WeakMap<ThreadComment, ThreadComment>();
  private answerLabel: string | undefined;
  private variant = { index: 0, count: 1 };
  private isClosed = false;
  private isRunning = false;
  private proposalState: ProposalState | undefined;
  private threadHandler: ThreadHandler | undefined;
  private thread: CommentThread;

  constructor(
    private readonly services: {
      readonly open: OpenThread;
      readonly anchor: ThreadAnchor;
      readonly close: CloseThread;
    },
    readonly kind: ThreadKind,
    private label: string,
  ) {
    // A thread that begins without a comment opens with its reply box unfolded (vscode-facts 1). The first real one takes
    // the place of this one before anything is drawn.
    this.thread = this.openThread([new ThreadComment({ name: 'Quillet' }, 'note')]);
    this.thread.collapsibleState = CommentThreadCollapsibleState.Expanded;
    this.updateContext();
    services.anchor.onDidMove(({ isRelocated }) => this.updateRange(isRelocated));
    services.anchor.onDidRename(() => this.recreateThread());
  }

  get document(): TextDocument {
    return this.services.anchor.document;
  }

  /** Follows the text that was asked about, also through a time when its file is closed. */
  get anchor(): ThreadAnchor {
    return this.services.anchor;
  }

  /** Where the text that was asked about stands now. */
  get range(): Range {
    return this.services.anchor.range;
  }

  /** Whether the text that was asked about is still known to be there. */
  get isLocated(): boolean {
    return this.services.anchor.isLocated;
  }

  /** The last answer as the model sent it. */
  get lastAnswerSource(): string {
    return this.comments.findLast((comment) => comment.kind === 'answer')?.source ?? '';
  }

  /** The answer whose button was pressed, as the model sent it; where none was, the last one. */
  getAnswerSource(argument: unknown): string {
    return this.comments.find((comment) => comment === this.resolveComment(argument))?.source ?? this.lastAnswerSource;
  }

  get handler(): ThreadHandler | undefined {
    return this.threadHandler;
  }

  /** Whether an answer is on its way, or a question waits for its turn. */
  get isBusy(): boolean {
    return this.isRunning || this.queuedQuestions.size > 0;
  }

  /** Whether there is a proposal that was neither accepted nor rejected, or one to choose. */
  get hasProposal(): boolean {
    return this.proposalState !== undefined;
  }

  setHandler(handler: ThreadHandler): void {
    this.threadHandler = handler;
  }

  isIn(document: TextDocument): boolean {
    return this.services.anchor.uri.toString() === document.uri.toString();
  }

  /** Menus hand over the thread, a comment of it, or a reply to it, depending on where the button stands. */
  matches(argument: unknown): boolean {
    const resolved = this.resolveComment(argument);
    if (argument === this.thread || this.comments.some((comment) => comment === resolved)) return true;
    return (argument as Partial<CommentReply> | undefined)?.thread === this.thread;
  }

  /** Names the thread after the answer that is shown. */
  setLabel(label: string): void {
    if (this.label === label || this.isClosed) return;
    this.label = label;
    this.thread.label = label;
  }

  /** Whether there is something to accept; shown by the buttons of a review. */
  setProposal(state: ProposalState | undefined): void {
    this.proposalState = state;
    this.updateContext();
  }

  /** Whether there is something to stop. */
  setRunning(isRunning: boolean): void {
    this.isRunning = isRunning;
    this.updateContext();
  }

  /** Which of how many answers to the same question is shown. The reader sees the new number and nothing else. */
  setVariant(index: number, count: number): void {
    if (this.variant.index === index && this.variant.count === count) return;
    this.variant = { index, count };
    this.updateContext();
    if (this.currentAnswer === undefined) return;
    this.labelAnswer(this.answerLabel);
    this.draw();
  }

  /** @param queuedLabel what is said of it while it waits for its turn; without it, its turn is now. */
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
        // The answers that were not chosen can no longer be reached.
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

  /** Says something of ours below an answer, apart from it so that an unclosed code fence cannot swallow it. */
  addNote(markdown: string): void {
    const comment = new ThreadComment({ name: 'Quillet' }, 'note');
    // It may quote a server.
    comment.body = untrustedMarkdown(markdown);
    this.comments.push(comment);
    this.draw();
  }

  /** Starts a new answer; what it says before the first text is a placeholder of ours. */
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

  /** Takes the last answer out of sight, so that another one can stand there. */
  removeAnswer(): void {
    this.stopTimer();
    while (this.comments.length > 0 && this.comments.at(-1)?.kind !== 'question') this.comments.pop();
    this.currentAnswer = undefined;
  }

  /**
   * Shows this much of the answer at the next redraw. May be called for every token.
   * @param render how the answer is shown, where it is not Markdown itself.
   */
  showAnswer(source: string, render: (source: string) => string = (text) => text): void {
    if (this.currentAnswer === undefined) return;
    this.currentAnswer.source = source;
    this.timer ??= setTimeout(() => this.drawAnswer(render), redrawInterval(source.length));
  }

  /** Replaces the placeholder while nothing of the answer is there yet. */
  showProgress(text: string): void {
    if (this.currentAnswer === undefined || this.currentAnswer.source !== '' || this.answerLabel === text) return;
    this.labelAnswer(text);
    this.draw();
  }

  /**
   * Draws the whole answer once more, with what is known of it now.
   * @param markdown what is shown, where that is not the answer itself: a diff, for example.
   */
  endAnswer(label: string, markdown?: string): void {
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

  collapse(): void {
    this.thread.collapsibleState = CommentThreadCollapsibleState.Collapsed;
  }

  /** Marks the thread as done with and folds it, or opens it again. */
  toggleResolved(): void {
    const isResolved = this.thread.state === CommentThreadState.Resolved;
    this.thread.state = isResolved ? CommentThreadState.Unresolved : CommentThreadState.Resolved;
    this.thread.collapsibleState = isResolved
      ? CommentThreadCollapsibleState.Expanded
      : CommentThreadCollapsibleState.Collapsed;
    this.updateContext();
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
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
   * VS Code makes what a screen reader says of a comment when it draws it first, and never again: it would say "Asking…" for
   * ever. So an answer becomes a new comment once, at its end or before it outgrows the box in which readers can scroll.
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
      ...(this.variant.count > 1 ? ['several'] : []),
      ...(this.thread.state === CommentThreadState.Resolved ? ['resolved'] : []),
    ];
    const value = contextWords.join(' ');
    if (this.thread.contextValue !== value) this.thread.contextValue = value;
  }

  private openThread(comments: readonly ThreadComment[]): CommentThread {
    const { open, anchor } = this.services;
    const thread = open(anchor.uri, anchor.range, comments);
    // Without a label the header says "Start discussion" and a screen reader hears "undefined" (vscode-facts 1).
    thread.label = this.label;
    return thread;
  }

  /**
   * Tells VS Code where the code is, when it cannot know: the file was changed while no editor showed it. In an editor the
   * widget moves by itself, and every word to it could cost the focus.
   */
  private updateRange(isRelocated: boolean): void {
    const isVisible = window.visibleTextEditors.some((editor) => editor.document === this.document);
    if (this.isClosed || (isVisible && !isRelocated)) return;
    const { range } = this;
    // This object still has the range of the last time, while VS Code has moved on: what seems the same is not passed on.
    if (this.thread.range?.isEqual(range)) this.thread.range = undefined;
    this.thread.range = range;
  }

  /** The address of a thread is fixed, so a file with a new name needs a new one, in the state of the old. */
  private recreateThread(): void {
    if (this.isClosed) return;
    const oldThread = this.thread;
    this.thread = this.openThread([...this.comments, ...this.queuedQuestions]);
    this.thread.collapsibleState = oldThread.collapsibleState;
    if (oldThread.state !== undefined) this.thread.state = oldThread.state;
    this.thread.contextValue = oldThread.contextValue ?? this.kind;
    oldThread.dispose();
  }

  private draw(): void {
    if (!this.isClosed) this.thread.comments = [...this.comments, ...this.queuedQuestions];
  }
}

/** Readers can scroll inside an answer that is higher than 20em. */
function exceedsScrollBox(markdown: string): boolean {
  return markdown.length > 400 || markdown.split('\n', 9).length > 8;
}

function setCommentLabel(comment: ThreadComment, label: string | undefined): void {
  if (label === undefined) delete comment.label;
  else comment.label = label;
}
