import { Uri, window } from 'vscode';
import { QuilletError } from '../core/errors';
import type { CommentThreads } from './commentThreads';
import type { ThreadKind, ThreadView } from './threadView';

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
   * Returns the thread of the pressed button, of the active diff, or nearest to the caret, in this order.
   * @throws QuilletError `editor.thread` if there is none.
   */
  find(argument: unknown, kind?: ThreadKind): ThreadView {
    const view = this.tryFind(argument, kind);
    if (view === undefined) throw new QuilletError('editor.thread');
    return view;
  }

  tryFind(argument: unknown, kind?: ThreadKind): ThreadView | undefined {
    return this.proposals.findView(argument) ?? this.findByButton(argument) ?? this.findNearest(argument, kind);
  }

  findByButton(argument: unknown): ThreadView | undefined {
    return this.threads.find(argument);
  }

  /** Unknown arguments come from other extensions and match no thread. */
  private findNearest(argument: unknown, kind?: ThreadKind): ThreadView | undefined {
    if (argument !== undefined && argument !== null && !(argument instanceof Uri)) return undefined;
    const editor = window.activeTextEditor;
    const caret = editor === undefined ? undefined : { document: editor.document, line: editor.selection.active.line };
    return this.proposals.activeView ?? this.threads.find(undefined, caret, kind);
  }
}
