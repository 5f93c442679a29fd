import {
  type CommentController,
  type CommentThread,
  comments,
  type Disposable,
  l10n,
  type Range,
  type TextDocument,
} from 'vscode';
import { setContext } from '../platform/commands';
import { ThreadAnchor } from './threadAnchor';
import { type ThreadKind, ThreadView } from './threadView';
import type { OpenThread } from './threadWidget';

/** Also the comment controller ID used in `when` clauses of package.json. */
const CONTROLLER = 'quillet';

/** Creates comment threads. */
export class CommentThreads implements Disposable {
  private controller: CommentController | undefined;
  private readonly views = new Set<ThreadView>();

  get all(): readonly ThreadView[] {
    return [...this.views];
  }

  create(document: TextDocument, range: Range, options: { kind: ThreadKind; label: string }): ThreadView {
    const open: OpenThread = (uri, threadRange, initialComments) =>
      this.openController().createCommentThread(uri, threadRange, initialComments);
    const close = (thread: CommentThread): void => {
      this.views.delete(view);
      // Disposing the controller deletes its threads, including those deleted before, and VS Code logs an error for
      // each of them. So the last thread is left to the controller.
      if (this.views.size === 0) this.closeController();
      else thread.dispose();
      this.updateContext();
    };
    const anchor = new ThreadAnchor(document, range);
    const view = new ThreadView(
      { open, anchor, close, onDidChange: () => this.updateContext() },
      options.kind,
      options.label,
    );
    this.views.add(view);
    this.updateContext();
    return view;
  }

  private updateContext(): void {
    const { all } = this;
    setContext('quillet.hasThread', all.length > 0);
    setContext('quillet.hasOpenThread', all.some(canResolve));
    setContext(
      'quillet.hasResolvedThread',
      all.some(({ isResolved }) => isResolved),
    );
    setContext(
      'quillet.hasSeveralAnswers',
      all.some(({ hasSeveralAnswers }) => hasSeveralAnswers),
    );
    setContext(
      'quillet.hasReasoning',
      all.some(({ hasReasoning }) => hasReasoning),
    );
    setContext(
      'quillet.canThinkHarder',
      all.some(({ canThinkHarder }) => canThinkHarder),
    );
    setContext(
      'quillet.canThinkLess',
      all.some(({ canThinkLess }) => canThinkLess),
    );
    setContext(
      'quillet.hasBlockChoice',
      all.some(({ hasBlockChoice }) => hasBlockChoice),
    );
  }

  dispose(): void {
    // Dispose the controller first: threads deleted after their controller cause no error.
    this.closeController();
    for (const view of this.views) view.close();
  }

  /** VS Code retains all threads of a controller, even deleted ones, until the controller is disposed. */
  private closeController(): void {
    this.controller?.dispose();
    this.controller = undefined;
  }

  /** Creates the controller early, because VS Code shows the first thread of a new one late. */
  prepare(): void {
    this.openController();
  }

  private openController(): CommentController {
    if (this.controller === undefined) {
      this.controller = comments.createCommentController(CONTROLLER, 'Quillet');
      this.controller.options = {
        prompt: l10n.t('Ask a follow-up…'),
        placeHolder: l10n.t('Ask a follow-up (@ adds files, symbols or problems)'),
      };
    }
    return this.controller;
  }
}

/** A review ends by accepting or rejecting it. */
export function canResolve({ kind, isResolved }: ThreadView): boolean {
  return kind === 'conversation' && !isResolved;
}
