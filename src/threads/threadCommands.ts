import { commands, env, l10n, window } from 'vscode';
import type { Notifier } from '../notifications/notifier';
import type { CommandTable } from '../platform/commands';
import type { ActiveRuns } from '../runs/activeRuns';
import { insertBelow } from './insertBelow';
import { replyText } from './replyBox';
import type { ThreadFinder } from './threadFinder';

export interface ThreadCommandsServices {
  readonly finder: ThreadFinder;
  readonly runs: ActiveRuns;
  readonly notifier: Notifier;
}

export function threadCommands({ finder, runs, notifier }: ThreadCommandsServices) {
  const notifyNotLast = (): void => {
    notifier.inform(l10n.t('Only the last question in a thread can be edited.'));
  };
  const notifyNoStep = (): void => {
    notifier.inform(l10n.t('The reasoning effort of this answer cannot be changed.'));
  };
  return {
    'quillet.reply': async (argument) => {
      const text = replyText(argument);
      if (text === undefined) return;
      // Not awaited: VS Code clears the reply box when the command ends, which would delete the next question.
      void finder
        .findByButton(argument)
        ?.handler?.reply(text)
        .catch((thrown: unknown) => notifier.showError(thrown));
      // Before VS Code folds the reply box, which would leave the focus nowhere.
      await leaveBox();
    },
    'quillet.editQuestion': (argument) => {
      const view = finder.findByButton(argument);
      if (view?.isLastQuestion(argument) === true) view.editQuestion(argument);
      else notifyNotLast();
    },
    'quillet.sendEditedQuestion': async (argument) => {
      const view = finder.findByButton(argument);
      const text = view?.endEditing();
      if (view === undefined || text === undefined || text.trim() === '') return focusActiveEditor();
      if (!view.isLastQuestion(argument)) {
        view.editQuestion(argument, text);
        return notifyNotLast();
      }
      void view.handler?.reviseQuestion(text).catch((thrown: unknown) => notifier.showError(thrown));
      await leaveBox();
    },
    'quillet.cancelEditing': async () => {
      finder.findEdited()?.endEditing();
      await focusActiveEditor();
    },
    'quillet.regenerate': async (argument) => finder.find(argument).handler?.regenerate(),
    'quillet.thinkHarder': async (argument) => {
      const { handler } = finder.find(argument, ({ canThinkHarder }) => canThinkHarder);
      if ((await handler?.changeEffort(1)) !== true) notifyNoStep();
    },
    'quillet.thinkLess': async (argument) => {
      const { handler } = finder.find(argument, ({ canThinkLess }) => canThinkLess);
      if ((await handler?.changeEffort(-1)) !== true) notifyNoStep();
    },
    'quillet.copyAnswer': async (argument) => copyAnswer(finder.find(argument).getAnswerSource(argument)),
    'quillet.insertBelow': async (argument) => {
      const view = finder.find(argument);
      await insertBelow(view, view.getAnswerSource(argument), notifier);
    },
    'quillet.closeThread': async (argument) => {
      const view = finder.find(argument);
      // The focus may be in the thread.
      if (view === finder.findByButton(argument)) await focusActiveEditor();
      view.close();
    },
    'quillet.stop': (argument) => {
      const pressedThread = finder.findByButton(argument);
      if (pressedThread === undefined) runs.stopNewest();
      else pressedThread.handler?.stop();
    },
    'quillet.stopAll': () => runs.stopAll(),
  } satisfies Partial<CommandTable>;
}

/** Also works in a diff editor. */
async function focusActiveEditor(): Promise<void> {
  await commands.executeCommand('workbench.action.focusActiveEditorGroup');
}

/** The next question, typed in the wrong place, must not replace the selected text. */
async function leaveBox(): Promise<void> {
  await focusActiveEditor();
  await commands.executeCommand('cancelSelection');
}

async function copyAnswer(answer: string): Promise<void> {
  if (answer === '') return;
  await env.clipboard.writeText(answer);
  window.setStatusBarMessage(l10n.t('Quillet: Copied'), 3000);
}
