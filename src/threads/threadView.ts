import {
  CommentMode,
  type CommentReply,
  type CommentThread,
  l10n,
  MarkdownString,
  type Range,
  type TextDocument,
} from 'vscode';
import type { Reasoning } from '../core/run';
import { redrawInterval } from './common/redrawInterval';
import type { ThreadAnchor } from './threadAnchor';
import { exceedsScrollBox, setCommentLabel, ThreadComment, untrustedMarkdown } from './threadComment';
import type { QuestionHandle, ThreadHandler } from './threadHandler';
import { type OpenThread, ThreadWidget } from './threadWidget';

/** Part of the context value, which `when` clauses of menus use. */
export type ThreadKind = 'conversation' | 'review';

/** `ready`: can be accepted; `choice`: the user has to choose one of several code blocks. */
export type ProposalState = 'ready' | 'choice';

export interface EffortSteps {
  readonly canThinkHarder: boolean;
  readonly canThinkLess: boolean;
}

// The end of a context value.
const REASONING = ' reasoning';

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
  private effort: EffortSteps = { canThinkHarder: false, canThinkLess: false };
  private proposalState: ProposalState | undefined;
  handler: ThreadHandler | undefined;
  readonly widget: ThreadWidget;

  constructor(
    private readonly services: {
      readonly open: OpenThread;
      readonly anchor: ThreadAnchor;
      readonly close: CloseThread;
      readonly onDidChange: () => void;
    },
    readonly kind: ThreadKind,
    label: string,
  ) {
    const { open, anchor } = services;
    this.widget = new ThreadWidget({ open, anchor, label, hasTextButtons: kind === 'review' });
    this.updateContext();
  }

  get document(): TextDocument {
    return this.services.anchor.document;
  }

  get anchor(): ThreadAnchor {
    return this.services.anchor;
  }

  get shownRange(): Range {
    return this.widget.shownRange;
  }

  /** The raw text of the answer whose button was pressed, or of the last answer. */
  getAnswerSource(argument: unknown): string {
    const pressed = this.comments.find((comment) => comment === this.resolveComment(argument));
    return (pressed ?? this.comments.findLast(({ kind }) => kind === 'answer'))?.source ?? '';
  }

  /** The reasoning of the answer whose button was pressed, or of the last answer that has any. */
  getReasoning(argument: unknown): string {
    const pressed = this.comments.find((comment) => comment === this.resolveComment(argument));
    const answers = pressed === undefined ? this.comments : [pressed];
    return answers.map(({ reasoning }) => reasoning?.text ?? '').findLast((text) => text !== '') ?? '';
  }

  get hasReasoning(): boolean {
    return this.comments.some(({ contextValue }) => contextValue.endsWith(REASONING));
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

  get canThinkHarder(): boolean {
    return this.effort.canThinkHarder;
  }

  get canThinkLess(): boolean {
    return this.effort.canThinkLess;
  }

  get isResolved(): boolean {
    return this.widget.isResolved;
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
    if (argument === this.widget.thread || this.comments.some((comment) => comment === resolved)) return true;
    return (argument as Partial<CommentReply> | undefined)?.thread === this.widget.thread;
  }

  setProposal(state: ProposalState | undefined): void {
    this.proposalState = state;
    this.updateContext();
  }

  setEffort(effort: EffortSteps): void {
    this.effort = effort;
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

  /** Follow-ups build on the answers to earlier questions. */
  isLastQuestion(argument: unknown): boolean {
    const comment = this.resolveComment(argument);
    return this.queuedQuestions.size === 0 && comment === this.comments.findLast(({ kind }) => kind === 'question');
  }

  get isEditing(): boolean {
    return this.comments.some(({ mode }) => mode === CommentMode.Editing);
  }

  /** @param draft text of a box that VS Code has closed. Only a new comment opens another one. */
  editQuestion(argument: unknown, draft?: string): void {
    const comment = this.comments.find((candidate) => candidate === this.resolveComment(argument));
    if (comment === undefined) return;
    const edited = draft === undefined ? comment : comment.copy();
    edited.edit(draft ?? comment.source);
    if (edited !== comment) this.replace(comment, edited);
    this.draw();
  }

  /** Returns the edited text, which VS Code puts into the comment before it runs a command. */
  endEditing(): string | undefined {
    const comment = this.comments.find(({ mode }) => mode === CommentMode.Editing);
    if (comment === undefined) return undefined;
    const { body, source } = comment;
    comment.showQuestion(source);
    this.draw();
    return typeof body === 'string' ? body : body.value;
  }

  addQuestion(text: string, queuedLabel?: string): QuestionHandle {
    let comment = new ThreadComment({ name: l10n.t('You') }, 'question');
    comment.contextValue = `question ${this.kind}`;
    comment.showQuestion(text);
    // VS Code reads a changed text to a screen reader only in a new comment, and only that is edited once more.
    const renew = (change: (renewed: ThreadComment) => void): void => {
      const renewed = comment.copy();
      change(renewed);
      this.replace(comment, renewed);
      comment = renewed;
      this.draw();
    };
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
      setText: (changed) => {
        if (comment.source !== changed) renew((renewed) => renewed.showQuestion(changed));
      },
      edit: (draft) => renew((renewed) => renewed.edit(draft)),
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

  /** @param line the last line of the reasoning. It comes from a server. */
  showThinking(label: string, line: string): void {
    if (this.currentAnswer === undefined || this.currentAnswer.source !== '') return;
    if (line !== '') this.currentAnswer.body = untrustedMarkdown(line);
    this.labelAnswer(label);
    this.draw();
  }

  setReasoning(reasoning: Reasoning): void {
    const { currentAnswer: answer } = this;
    if (answer === undefined) return;
    answer.reasoning = reasoning;
    if (reasoning.text === '' || answer.contextValue.endsWith(REASONING)) return;
    answer.contextValue += REASONING;
    this.services.onDidChange();
  }

  /**
   * Draws the final answer.
   * @param markdown shown instead of the answer itself, for example a diff.
   */
  endAnswer(label: string, markdown?: string): void {
    this.widget.endOpening();
    this.stopTimer();
    if (this.currentAnswer !== undefined) {
      this.labelAnswer(label);
      if (this.currentAnswer.source === '')
        this.currentAnswer.contextValue = `empty${this.currentAnswer.contextValue.endsWith(REASONING) ? REASONING : ''}`;
      this.setBody(markdown ?? this.currentAnswer.source, true);
    }
    this.draw();
  }

  setResolved(isResolved: boolean): void {
    this.widget.setResolved(isResolved);
    this.updateContext();
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.stopTimer();
    this.widget.dispose();
    this.services.anchor.dispose();
    this.services.close(this.widget.thread);
    this.handler?.handleClose();
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
    this.replace(this.currentAnswer, replacement);
    this.currentAnswer = replacement;
    this.hasFinalAccessibleText = true;
  }

  private replace(old: ThreadComment, replacement: ThreadComment): void {
    this.comments = this.comments.map((comment) => (comment === old ? replacement : comment));
    this.replacements.set(old, replacement);
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
    const contextWords = [
      this.kind,
      this.isRunning ? 'running' : 'idle',
      ...(this.proposalState === undefined ? [] : [this.proposalState]),
      ...(this.hasSeveralAnswers ? ['several'] : []),
      ...(this.canThinkHarder ? ['harder'] : []),
      ...(this.canThinkLess ? ['less'] : []),
      ...(this.isResolved ? ['resolved'] : []),
    ];
    if (this.widget.setContextValue(contextWords.join(' '))) this.services.onDidChange();
  }

  private draw(): void {
    this.widget.draw([...this.comments, ...this.queuedQuestions]);
  }
}
