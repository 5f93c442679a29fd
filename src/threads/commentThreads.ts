import {
  type CommentController,
  type CommentReply,
  type CommentThread,
  comments,
  type Disposable,
  l10n,
  type Range,
  type TextDocument,
} from 'vscode';
import { ThreadAnchor } from './threadAnchor';
import { type OpenThread, type ThreadKind, ThreadView } from './threadView';

/** Also the controller's id, which `when` clauses of the manifest compare. */
const CONTROLLER = 'quillet';

/** Makes threads, and finds the one that a menu command was called on. */
export class CommentThreads implements Disposable {
  private controller: CommentController | undefined;
  private readonly views = new Set<ThreadView>();

  constructor(private readonly onDidChange: () => void) {}

  get all(): readonly ThreadView[] {
    return [...this.views];
  }

  create(document: TextDocument, range: Range, options: { kind: ThreadKind; label: string }): ThreadView {
    const open: OpenThread = (uri, threadRange, initialComments) =>
      this.openController().createCommentThread(uri, threadRange, initialComments);
    const close = (thread: CommentThread): void => {
      this.views.delete(view);
      // A controller takes its threads along. It ends those that were ended before once more, and VS Code writes an error into
      // its log for each: so the last thread, mostly the only one, is left to it.
      if (this.views.size === 0) this.closeController();
      else thread.dispose();
      this.onDidChange();
    };
    const anchor = new ThreadAnchor(document, range);
    const view = new ThreadView({ open, anchor, close }, options.kind, options.label);
    this.views.add(view);
    this.onDidChange();
    return view;
  }

  /**
   * The thread a command means: the one whose button was pressed, else the one nearest to the caret of its document.
   * Whatever else an argument holds, it comes from outside and is ignored.
   */
  find(argument: unknown, caret?: { document: TextDocument; line: number }, kind?: ThreadKind): ThreadView | undefined {
    const pressedView = this.all.find((view) => view.matches(argument));
    if (pressedView !== undefined) return pressedView;
    if (caret === undefined) return undefined;
    const candidates = this.all.filter(
      (view) => view.isIn(caret.document) && (kind === undefined || view.kind === kind),
    );
    const distance = (view: ThreadView) => Math.abs(view.range.end.line - caret.line);
    return candidates.sort((left, right) => distance(left) - distance(right))[0];
  }

  dispose(): void {
    // First, as nobody answers a thread that ends after its controller: there is no error then.
    this.closeController();
    for (const view of this.views) view.close();
  }

  /** VS Code keeps every thread of a controller, closed ones too, until the controller is disposed (measured in 1.139). */
  private closeController(): void {
    this.controller?.dispose();
    this.controller = undefined;
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
