import { l10n } from 'vscode';
import { CONTINUE_PROMPT } from '../answers/continuation';
import type { RunResult, SinkReport } from '../core/run';
import type { Destination, DestinationCall } from '../destinations/destination';
import type { Notifier } from '../notifications/notifier';
import { answerLabel, formatRemark } from '../runs/runText';
import { AnswerThread } from './answerThread';
import type { CommentThreads } from './commentThreads';
import type { ThreadView } from './threadView';

/** Answers in a comment thread under the selection; a reply is a follow-up with the whole conversation so far. */
export function createThreadDestination(threads: CommentThreads, notifier: Notifier): Destination {
  return {
    writes: false,
    several: 'joined',
    async start(calls) {
      await Promise.all(calls.map((call) => openThread(threads, notifier, call)));
    },
  };
}

async function openThread(threads: CommentThreads, notifier: Notifier, call: DestinationCall): Promise<void> {
  const { target, plan, question } = call;
  const label = l10n.t('{0} · {1}', plan.title, plan.model);
  const view = threads.create(target.document, target.range, { kind: 'explain', label });
  const thread = new ExplainThread(view, call, notifier);
  view.setHandler(thread);
  if (question !== undefined) view.addQuestion(question);
  await thread.answerPrompt();
}

class ExplainThread extends AnswerThread {
  constructor(
    view: ThreadView,
    call: DestinationCall,
    private readonly notifier: Notifier,
  ) {
    super(view, call);
  }

  /** An address that can be clicked holds no secret that was replaced on the way out, wherever the model wants it. */
  protected override renderMarkdown(source: string): string {
    return this.call.plan.reviewDecisions.secretPlaceholders?.replaceSecretsInUrls(source) ?? source;
  }

  /** Text that arrived stays, with a mark where it is not whole; without any, the thread says what happened. */
  protected override showResult(result: RunResult): SinkReport {
    const label = answerLabel(this.call.plan.model, result);
    const note = result.error === undefined ? undefined : formatRemark(this.notifier.formatError(result.error));
    this.view.showAnswer(result.text, (text) => this.renderMarkdown(text));
    this.view.endAnswer(label, result.text === '' ? note : this.renderMarkdown(result.text));
    // Whoever pressed Stop knows it: the mark in the label is enough.
    if (note !== undefined && result.text !== '' && result.outcome !== 'cancelled') this.view.addNote(note);
    return { resume: () => this.reply(CONTINUE_PROMPT) };
  }
}
