import { commands, env, l10n, Selection, ViewColumn, window } from 'vscode';
import type { Notifier } from '../notifications/notifier';
import type { CommandTable } from '../platform/commands';
import { openUntrustedDocument } from '../platform/untrustedDocument';
import { type CommentThreads, canResolve } from './commentThreads';
import type { ReasoningDocuments } from './reasoningDocuments';
import type { ThreadFinder } from './threadFinder';
import type { ThreadView } from './threadView';

export interface ConversationCommandsServices {
  readonly finder: ThreadFinder;
  readonly threads: CommentThreads;
  readonly notifier: Notifier;
  readonly reasoningDocuments: ReasoningDocuments;
  /** Empty if the user dismissed the picker. */
  readonly chooseModels: () => Promise<readonly string[]>;
}

export function conversationCommands({
  finder,
  threads,
  notifier,
  reasoningDocuments,
  chooseModels,
}: ConversationCommandsServices) {
  const toMarkdown = (argument: unknown): string => finder.find(argument).handler?.toMarkdownDocument() ?? '';
  const findAnswers = (argument: unknown) => finder.find(argument, ({ hasSeveralAnswers }) => hasSeveralAnswers);
  return {
    'quillet.previousAnswer': (argument) => findAnswers(argument).handler?.showAdjacentAnswer(-1),
    'quillet.nextAnswer': (argument) => findAnswers(argument).handler?.showAdjacentAnswer(1),
    'quillet.askOtherModels': async (argument) => {
      // Resolve the thread before the picker opens: the caret may move while it is open.
      const { handler } = finder.find(argument);
      const models = await chooseModels();
      if (models.length > 0) await handler?.askModels(models);
    },
    'quillet.resolveThread': (argument) => finder.find(argument, canResolve).setResolved(true),
    'quillet.reopenThread': (argument) => finder.find(argument, ({ isResolved }) => isResolved).setResolved(false),
    'quillet.copyConversation': async (argument) => {
      await env.clipboard.writeText(toMarkdown(argument));
      window.setStatusBarMessage(l10n.t('Quillet: Conversation copied'), 3000);
    },
    'quillet.openConversation': async (argument) => {
      const document = await openUntrustedDocument(toMarkdown(argument));
      await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preview: false });
    },
    'quillet.showReasoning': async (argument) => {
      const text = finder.find(argument, ({ hasReasoning }) => hasReasoning).getReasoning(argument);
      if (text === '') {
        notifier.inform(l10n.t('The model reported no reasoning.'));
        return;
      }
      await reasoningDocuments.show(text);
    },
    'quillet.clearThreads': () => closeAllThreads(threads),
    'quillet.focusThread': (argument) => focusThread(finder.find(argument)),
  } satisfies Partial<CommandTable>;
}

/** Focuses a thread by moving the caret to its line: VS Code has no API to focus a thread itself. */
async function focusThread(view: ThreadView): Promise<void> {
  const { document, shownRange } = view;
  const editor = await window.showTextDocument(document, { preview: false });
  const { end } = shownRange;
  if (editor.selection.active.line !== end.line) editor.selection = new Selection(end, end);
  await commands.executeCommand('workbench.action.focusCommentOnCurrentLine');
}

async function closeAllThreads(threads: CommentThreads): Promise<void> {
  const { all } = threads;
  const unfinishedCount = all.filter((view) => view.isBusy || view.hasProposal).length;
  if (unfinishedCount > 0) {
    const button = l10n.t('Close All');
    const detail =
      unfinishedCount === 1
        ? l10n.t('1 answer is still in progress or not yet reviewed.')
        : l10n.t('{0} answers are still in progress or not yet reviewed.', String(unfinishedCount));
    const question = l10n.t('Close all threads?');
    if ((await window.showWarningMessage(question, { modal: true, detail }, button)) !== button) return;
  }
  for (const view of all) view.close();
}
