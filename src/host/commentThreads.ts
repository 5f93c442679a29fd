import {
  type Comment,
  type CommentController,
  CommentMode,
  type CommentReply,
  type CommentThread,
  CommentThreadCollapsibleState,
  comments,
  type Disposable,
  l10n,
  MarkdownString,
  type Range,
  type TextDocument,
} from 'vscode';
import { neutraliseMarkdown } from '../core/markdownSafety';
import { redrawInterval } from '../core/redrawPace';
import { TrackedTarget } from './trackedTarget';

/** Also the controller's id, which `when` clauses of the manifest compare. */
const CONTROLLER = 'quillet';

/** What a thread is made for; part of its context value, so that menus can tell them apart. */
export type ThreadKind = 'explain' | 'review';

/** What the owner of a thread does when users use its buttons. */
export interface ThreadActions {
  reply(text: string): Promise<void>;
  stop(): void;
  regenerate(): Promise<void>;
  closed(): void;
}

/** Makes threads, and finds the one that a menu command was called on. */
export class CommentThreads implements Disposable {
  private controller: CommentController | undefined;
  private readonly views = new Set<ThreadView>();

  constructor(private readonly onDidChange: () => void) {}

  get all(): readonly ThreadView[] {
    return [...this.views];
  }

  create(document: TextDocument, range: Range, options: { kind: ThreadKind; label: string }): ThreadView {
    // A thread that begins without a comment opens with its reply box unfolded (vscode-facts 1). The first real one takes
    // the place of this one before anything is drawn.
    const thread = this.openController().createCommentThread(document.uri, range, [
      new OwnComment({ name: 'Quillet' }, 'note'),
    ]);
    thread.collapsibleState = CommentThreadCollapsibleState.Expanded;
    // Without a label the header says "Start discussion" and a screen reader hears "undefined" (vscode-facts 1).
    thread.label = options.label;
    const view = new ThreadView({ thread, target: new TrackedTarget(document, range) }, options.kind, () => {
      this.views.delete(view);
      this.onDidChange();
    });
    this.views.add(view);
    this.onDidChange();
    return view;
  }

  /**
   * The thread a command means: the one whose button was pressed, else the one nearest to the caret of its document.
   * Whatever else an argument holds, it comes from outside and is ignored.
   */
  find(argument: unknown, near?: { document: TextDocument; line: number }, kind?: ThreadKind): ThreadView | undefined {
    const ofButton = this.all.find((view) => view.isMeantBy(argument));
    if (ofButton !== undefined) return ofButton;
    if (near === undefined) return undefined;
    const here = this.all.filter((view) => view.isIn(near.document) && (kind === undefined || view.kind === kind));
    const distance = (view: ThreadView) => Math.abs(view.range.end.line - near.line);
    return here.sort((left, right) => distance(left) - distance(right))[0];
  }

  dispose(): void {
    for (const view of this.views) view.close();
    this.controller?.dispose();
  }

  /** Made for the first thread: before that, VS Code has nothing to show and nothing to ask. */
  private openController(): CommentController {
    if (this.controller === undefined) {
      this.controller = comments.createCommentController(CONTROLLER, 'Quillet');
      this.controller.options = { prompt: l10n.t('Ask a follow-up…'), placeHolder: l10n.t('Ask a follow-up') };
    }
    return this.controller;
  }
}

/** The text of a reply, when a command was called by the reply box. */
export function replyText(argument: unknown): string | undefined {
  const text = (argument as Partial<CommentReply> | undefined)?.text;
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}

/** A comment keeps its identity while it is redrawn: a copy would lose the reader's scroll position. */
class OwnComment implements Comment {
  body: string | MarkdownString = '';
  mode = CommentMode.Preview;
  label?: string;
  /**
   * Compared by `when` clauses. Buttons must be there when a comment is first drawn: VS Code fails to add them to one that
   * began without. For the same reason nothing else that changes may stand in those clauses.
   */
  contextValue: string;
  /** The text as the model sent it, for the clipboard: the shown body is neutralised. */
  source = '';

  constructor(
    readonly author: { name: string },
    readonly kind: 'question' | 'answer' | 'note',
  ) {
    this.contextValue = kind;
  }
}

/** One thread under a selection. It draws at a pace, not for each token, and only when something changed. */
export class ThreadView {
  private readonly comments: OwnComment[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private answer: OwnComment | undefined;
  private isClosed = false;
  private isRunning = false;
  private isReady = false;
  private actions: ThreadActions | undefined;

  private readonly thread: CommentThread;
  /** VS Code moves the widget with the text but leaves the thread's range as it was (vscode-facts 1). */
  private readonly target: TrackedTarget;

  constructor(
    place: { thread: CommentThread; target: TrackedTarget },
    readonly kind: ThreadKind,
    private readonly onClose: () => void,
  ) {
    this.thread = place.thread;
    this.target = place.target;
    this.updateContext();
  }

  get document(): TextDocument {
    return this.target.document;
  }

  /** Where the text that was asked about stands now. */
  get range(): Range {
    return this.target.range;
  }

  /** The last answer as the model sent it. */
  get answerSource(): string {
    return this.comments.findLast((comment) => comment.kind === 'answer')?.source ?? '';
  }

  /** The answer whose button was pressed, as the model sent it; where none was, the last one. */
  sourceOf(argument: unknown): string {
    return this.comments.find((comment) => comment === argument)?.source ?? this.answerSource;
  }

  get handler(): ThreadActions | undefined {
    return this.actions;
  }

  handleWith(actions: ThreadActions): void {
    this.actions = actions;
  }

  isIn(document: TextDocument): boolean {
    return this.thread.uri.toString() === document.uri.toString();
  }

  /** Menus hand over the thread, a comment of it, or a reply to it, depending on where the button stands. */
  isMeantBy(argument: unknown): boolean {
    if (argument === this.thread || this.comments.some((comment) => comment === argument)) return true;
    return (argument as Partial<CommentReply> | undefined)?.thread === this.thread;
  }

  /** Whether there is something to accept; shown by the buttons of a review. */
  setReady(isReady: boolean): void {
    this.isReady = isReady;
    this.updateContext();
  }

  addQuestion(text: string): void {
    const comment = new OwnComment({ name: l10n.t('You') }, 'question');
    comment.source = text;
    comment.body = untrusted(text);
    this.comments.push(comment);
    this.draw();
  }

  /** Says something of ours below an answer, apart from it so that an unclosed code fence cannot swallow it. */
  addNote(markdown: string): void {
    const comment = new OwnComment({ name: 'Quillet' }, 'note');
    // It may quote a server.
    comment.body = untrusted(markdown);
    this.comments.push(comment);
    this.draw();
  }

  /** Starts a new answer; what it says before the first text is a placeholder of ours. */
  beginAnswer(placeholder: string): void {
    this.answer = new OwnComment({ name: 'Quillet' }, 'answer');
    this.answer.contextValue = `answer ${this.kind}`;
    this.answer.body = new MarkdownString(placeholder);
    this.comments.push(this.answer);
    this.isRunning = true;
    this.updateContext();
    this.draw();
  }

  /** Takes the last answer back, so that it can be given anew. */
  dropAnswer(): void {
    while (this.comments.length > 0 && this.comments.at(-1)?.kind !== 'question') this.comments.pop();
    this.answer = undefined;
  }

  /**
   * Shows this much of the answer at the next redraw. May be called for every token.
   * @param asMarkdown how the answer is shown, where it is not Markdown itself.
   */
  showAnswer(source: string, asMarkdown: (source: string) => string = (text) => text): void {
    if (this.answer === undefined) return;
    this.answer.source = source;
    this.timer ??= setTimeout(() => this.drawAnswer(asMarkdown), redrawInterval(source.length));
  }

  /** Replaces the placeholder while nothing of the answer is there yet. */
  showProgress(text: string): void {
    if (this.answer === undefined || this.answer.source !== '' || this.answer.label === text) return;
    this.answer.label = text;
    this.draw();
  }

  /**
   * Draws the whole answer once more, with what is known of it now.
   * @param markdown what is shown, where that is not the answer itself: a diff, for example.
   */
  endAnswer(label: string, markdown?: string): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.answer !== undefined) {
      this.answer.label = label;
      if (this.answer.source === '') this.answer.contextValue = 'empty';
      this.answer.body = untrusted(markdown ?? this.answer.source);
    }
    this.isRunning = false;
    this.updateContext();
    this.draw();
  }

  collapse(): void {
    this.thread.collapsibleState = CommentThreadCollapsibleState.Collapsed;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearTimeout(this.timer);
    this.thread.dispose();
    this.target.dispose();
    this.onClose();
    this.actions?.closed();
  }

  private drawAnswer(asMarkdown: (source: string) => string): void {
    this.timer = undefined;
    if (this.answer === undefined) return;
    delete this.answer.label;
    this.answer.body = untrusted(asMarkdown(this.answer.source));
    this.draw();
  }

  private updateContext(): void {
    const words = [this.kind, this.isRunning ? 'running' : 'idle', ...(this.isReady ? ['ready'] : [])];
    this.thread.contextValue = words.join(' ');
  }

  private draw(): void {
    if (!this.isClosed) this.thread.comments = [...this.comments];
  }
}

/** Model text as Markdown that loads nothing and runs nothing; `isTrusted` and `supportHtml` stay off. */
function untrusted(text: string): MarkdownString {
  return new MarkdownString(neutraliseMarkdown(text));
}
