import { Uri, window } from 'vscode';
import { QuilletError } from '../core/errors';
import type { CommentThreads, ThreadKind, ThreadView } from './commentThreads';
import type { ProposalDocuments } from './proposalDocuments';

/** Finds the thread that a command means, however it was called. */
export class ThreadFinder {
  constructor(
    private readonly threads: CommentThreads,
    private readonly proposals: ProposalDocuments,
  ) {}

  /**
   * The thread whose button was pressed, else that of the focused diff, else the one nearest to the caret.
   * @throws QuilletError `editor.thread` where there is none.
   */
  find(argument: unknown, kind?: ThreadKind): ThreadView {
    const view = this.proposals.viewOf(argument) ?? this.ofButton(argument) ?? this.nearest(argument, kind);
    if (view === undefined) throw new QuilletError('editor.thread');
    return view;
  }

  /** Only the thread whose button was pressed. */
  ofButton(argument: unknown): ThreadView | undefined {
    return this.threads.find(argument);
  }

  /** An argument that is no thread of ours comes from another extension, and means none of them. */
  private nearest(argument: unknown, kind?: ThreadKind): ThreadView | undefined {
    if (argument !== undefined && argument !== null && !(argument instanceof Uri)) return undefined;
    const editor = window.activeTextEditor;
    // In a diff editor of ours the focused document is one of its two sides; the proposal's side names the thread.
    const ofDiff = this.proposals.viewOf(editor?.document.uri);
    const near = editor === undefined ? undefined : { document: editor.document, line: editor.selection.active.line };
    return ofDiff ?? this.threads.find(undefined, near, kind);
  }
}
