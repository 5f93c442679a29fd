import { Uri, window } from 'vscode';
import { QuilletError } from '../core/errors';
import type { CommentThreads } from './commentThreads';
import { isCommentInput } from './questionBox';
import type { ThreadView } from './threadView';

type ThreadFilter = (view: ThreadView) => boolean;

interface ProposalThreads {
  readonly activeView: ThreadView | undefined;
  findView(argument: unknown): ThreadView | undefined;
}

export class ThreadFinder {
  constructor(
    private readonly threads: CommentThreads,
    private readonly proposals: ProposalThreads,
  ) {}

  /**
   * Returns the thread of the pressed button, or else the candidate of the active diff or nearest to the caret.
   * @throws QuilletError `editor.thread` if there is none.
   */
  find(argument: unknown, isCandidate?: ThreadFilter): ThreadView {
    const view = this.tryFind(argument, isCandidate);
    if (view === undefined) throw new QuilletError('editor.thread');
    return view;
  }

  tryFind(argument: unknown, isCandidate?: ThreadFilter): ThreadView | undefined {
    return this.proposals.findView(argument) ?? this.findByButton(argument) ?? this.findNearest(argument, isCandidate);
  }

  findByButton(argument: unknown): ThreadView | undefined {
    return this.threads.all.find((view) => view.matches(argument));
  }

  /** The thread whose question is being edited. */
  findEdited(): ThreadView | undefined {
    return this.threads.all.find(({ isEditing }) => isEditing);
  }

  /** Unknown arguments come from other extensions and match no thread. */
  private findNearest(argument: unknown, isCandidate: ThreadFilter = () => true): ThreadView | undefined {
    if (argument !== undefined && argument !== null && !(argument instanceof Uri)) return undefined;
    const { activeView } = this.proposals;
    if (activeView !== undefined && isCandidate(activeView)) return activeView;
    const editor = window.activeTextEditor;
    if (editor === undefined) return undefined;
    if (isCommentInput(editor.document)) return this.findEdited();
    const { document, selection } = editor;
    const { line } = selection.active;
    const candidates = this.threads.all.filter((view) => view.isIn(document) && isCandidate(view));
    const distance = (view: ThreadView) =>
      view.includesLine(document, line) ? 0 : Math.abs(view.shownRange.end.line - line);
    return candidates.sort((left, right) => distance(left) - distance(right))[0];
  }
}
