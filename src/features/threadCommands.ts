import { env, l10n, Range, Uri, window } from 'vscode';
import { QuilletError } from '../core/errors';
import { toLineFeeds } from '../core/indentation';
import type { ActiveRuns } from '../host/activeRuns';
import type { CommandTable } from '../host/commands';
import { type CommentThreads, replyText, type ThreadKind, type ThreadView } from '../host/commentThreads';
import { replaceTarget } from '../host/documentEdits';
import { requireWritable } from '../host/editorContext';
import { type ErrorPresenter, offersFor } from '../host/errorPresenter';
import type { ProposalDocuments } from '../host/proposalDocuments';
import type { ReviewActions, Reviews } from '../host/reviews';
import { TrackedTarget } from '../host/trackedTarget';

export interface ThreadCommandsParts {
  readonly threads: CommentThreads;
  readonly reviews: Reviews;
  readonly proposals: ProposalDocuments;
  readonly runs: ActiveRuns;
  readonly presenter: ErrorPresenter;
}

/** What the buttons of a thread do, and the same by palette and keyboard for the thread nearest to the caret. */
export function threadCommands(
  parts: ThreadCommandsParts,
): CommandTable<
  | 'quillet.reply'
  | 'quillet.regenerate'
  | 'quillet.copyAnswer'
  | 'quillet.insertBelow'
  | 'quillet.closeThread'
  | 'quillet.accept'
  | 'quillet.reject'
  | 'quillet.openDiff'
  | 'quillet.stop'
  | 'quillet.stopAll'
> {
  const find = (argument: unknown, kind?: ThreadKind): ThreadView => {
    const view = parts.proposals.viewOf(argument) ?? parts.threads.find(argument) ?? nearest(parts, argument, kind);
    if (view === undefined) throw new QuilletError('editor.thread');
    return view;
  };
  const review = (argument: unknown): ReviewActions => {
    const actions = parts.reviews.get(find(argument, 'review'));
    if (actions === undefined) throw new QuilletError('editor.thread');
    return actions;
  };
  return {
    'quillet.reply': async (argument) => {
      const text = replyText(argument);
      if (text !== undefined) await parts.threads.find(argument)?.handler?.reply(text);
    },
    'quillet.regenerate': async (argument) => find(argument).handler?.regenerate(),
    'quillet.copyAnswer': async (argument) => copy(find(argument).sourceOf(argument)),
    'quillet.insertBelow': async (argument) => {
      const view = find(argument);
      await insertBelow(view, view.sourceOf(argument), parts.presenter);
    },
    'quillet.closeThread': (argument) => find(argument).close(),
    'quillet.accept': (argument) => review(argument).accept(),
    'quillet.reject': (argument) => review(argument).reject(),
    'quillet.openDiff': (argument) => review(argument).openDiff(),
    'quillet.stop': (argument) => stop(parts, argument),
    'quillet.stopAll': () => parts.runs.stopAll(),
  };
}

/**
 * The thread that is meant where no button was pressed: that of the focused diff, else the one nearest to the caret. An
 * argument that is no thread of ours comes from another extension, and means none of them.
 */
function nearest(parts: ThreadCommandsParts, argument: unknown, kind?: ThreadKind): ThreadView | undefined {
  if (argument !== undefined && argument !== null && !(argument instanceof Uri)) return undefined;
  const editor = window.activeTextEditor;
  const near = editor === undefined ? undefined : { document: editor.document, line: editor.selection.active.line };
  return ofDiff(parts) ?? parts.threads.find(undefined, near, kind);
}

/** In a diff editor of ours the focused document is one of its two sides; the proposal's side names the thread. */
function ofDiff({ proposals }: ThreadCommandsParts): ThreadView | undefined {
  const uri = window.activeTextEditor?.document.uri;
  return uri instanceof Uri ? proposals.viewOf(uri) : undefined;
}

function stop(parts: ThreadCommandsParts, argument: unknown): void {
  const ofButton = parts.threads.find(argument);
  if (ofButton === undefined) parts.runs.stopOne();
  else ofButton.handler?.stop();
}

/** An answer that has not begun takes nothing away from the clipboard. */
async function copy(answer: string): Promise<void> {
  if (answer !== '') await env.clipboard.writeText(answer);
}

/** Writes the answer on lines of its own below the thread's selection, as the model sent it. */
async function insertBelow(view: ThreadView, source: string, presenter: ErrorPresenter): Promise<void> {
  const answer = toLineFeeds(source).trimEnd();
  if (answer === '') return;
  const { document } = view;
  await requireWritable(document);
  const line = document.lineAt(Math.min(view.range.end.line, document.lineCount - 1));
  const target = new TrackedTarget(document, new Range(line.range.end, line.range.end));
  try {
    const problem = await replaceTarget(target, `\n${answer}`);
    if (problem === undefined) window.setStatusBarMessage(l10n.t('Quillet: the answer is in the text'), 3000);
    else presenter.show(new QuilletError(problem), offersFor(answer, document.languageId));
  } finally {
    target.dispose();
  }
}
