import { env, l10n, Range, window } from 'vscode';
import { QuilletError } from '../core/errors';
import { replaceRange } from '../editor/documentEdits';
import { DocumentRange } from '../editor/documentRange';
import { requireWritable } from '../editor/editorContext';
import { actionsForText, type Notifier } from '../notifications/notifier';
import type { CommandTable } from '../platform/commands';
import type { ActiveRuns } from '../runs/activeRuns';
import { toLineFeeds } from '../text/indentation';
import { replyText } from './commentThreads';
import type { ThreadFinder } from './threadFinder';
import type { ThreadView } from './threadView';

export interface ThreadCommandsServices {
  readonly finder: ThreadFinder;
  readonly runs: ActiveRuns;
  readonly notifier: Notifier;
}

export function threadCommands({
  finder,
  runs,
  notifier,
}: ThreadCommandsServices): CommandTable<
  | 'quillet.reply'
  | 'quillet.regenerate'
  | 'quillet.copyAnswer'
  | 'quillet.insertBelow'
  | 'quillet.closeThread'
  | 'quillet.stop'
  | 'quillet.stopAll'
> {
  return {
    'quillet.reply': (argument) => {
      const text = replyText(argument);
      if (text === undefined) return;
      // Not awaited: VS Code clears the reply box when the command ends, which would delete the next question.
      void finder
        .findByButton(argument)
        ?.handler?.reply(text)
        .catch((thrown: unknown) => notifier.showError(thrown));
    },
    'quillet.regenerate': async (argument) => finder.find(argument).handler?.regenerate(),
    'quillet.copyAnswer': async (argument) => copyAnswer(finder.find(argument).getAnswerSource(argument)),
    'quillet.insertBelow': async (argument) => {
      const view = finder.find(argument);
      await insertBelow(view, view.getAnswerSource(argument), notifier);
    },
    'quillet.closeThread': (argument) => finder.find(argument).close(),
    'quillet.stop': (argument) => {
      const pressedThread = finder.findByButton(argument);
      if (pressedThread === undefined) runs.stopNewest();
      else pressedThread.handler?.stop();
    },
    'quillet.stopAll': () => runs.stopAll(),
  };
}

async function copyAnswer(answer: string): Promise<void> {
  if (answer !== '') await env.clipboard.writeText(answer);
}

async function insertBelow(view: ThreadView, source: string, notifier: Notifier): Promise<void> {
  const answer = toLineFeeds(source).trimEnd();
  if (answer === '') return;
  const { document } = view;
  await requireWritable(document);
  if (!view.isLocated) {
    notifier.showError(new QuilletError('doc.gone'), actionsForText(answer, document.languageId));
    return;
  }
  const line = document.lineAt(Math.min(view.range.end.line, document.lineCount - 1));
  const target = new DocumentRange(document, new Range(line.range.end, line.range.end));
  try {
    const problem = await replaceRange(target, `\n${answer}`);
    if (problem === undefined) window.setStatusBarMessage(l10n.t('Quillet: Answer inserted'), 3000);
    else notifier.showError(new QuilletError(problem), actionsForText(answer, document.languageId));
  } finally {
    target.dispose();
  }
}
