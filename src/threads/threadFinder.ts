import { Uri, window } from 'vscode';
import { QuilletError } from '../core/errors';
import type { CommentThreads } from './commentThreads';
import type { ThreadKind, ThreadView } from './threadView';

/** Finds the thread of a proposal by its diff editor. */
interface ProposalThreads {
  /** The thread whose proposal is shown in the active diff editor. */
  readonly activeView: ThreadView | undefined;
  /** The thread of a diff editor's URI. */
  findView(argument: unknown): ThreadView | undefined;
}

/** Finds the thread that a command means, however it was called. */
export class ThreadFinder {
  constructor(
    private readonly threads: CommentThreads,
    private readonly proposals: ProposalThreads,
  ) {}

  /**
   * The thread whose button was pressed, else that of the diff in front, else the one nearest to the caret.
   * @throws QuilletError `editor.thread` where there is none.
   */
  find(argument: unknown, kind?: ThreadKind): ThreadView {
    const view = this.tryFind(argument, kind);
    if (view === undefined) throw new QuilletError('editor.thread');
    return view;
  }

  /** The same, or undefined where there is none. */
  tryFind(argument: unknown, kind?: ThreadKind): ThreadView | undefined {
    return this.proposals.findView(argument) ?? this.findByButton(argument) ?? this.findNearest(argument, kind);
  }

  /** Only the thread whose button was pressed. */
  findByButton(argument: unknown): ThreadView | undefined {
    return this.threads.find(argument);
  }

  /** An argument that is no thread of ours comes from another extension, and means none of them. */
  private findNearest(argument: unknown, kind?: ThreadKind): ThreadView | undefined {
    if (argument !== undefined && argument !== null && !(argument instanceof Uri)) return undefined;
    const editor = window.activeTextEditor;
    const caret = editor === undefined ? undefined : { document: editor.document, line: editor.selection.active.line };
    return this.proposals.activeView ?? this.threads.find(undefined, caret, kind);
  }
}
