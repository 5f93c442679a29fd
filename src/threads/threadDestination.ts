import { l10n } from 'vscode';
import { CONTINUE_PROMPT } from '../answers/continuation';
import type { RunResult, SinkReport } from '../core/run';
import type { Destination, DestinationCall } from '../destinations/destination';
import type { Notifier } from '../notifications/notifier';
import { answerLabel, formatRemark } from '../runs/runText';
import { AnswerThread } from './answerThread';
import type { CommentThreads } from './commentThreads';

/** Answers in a comment thread at the selection; replies send the whole conversation. */
export function createThreadDestination(threads: CommentThreads, notifier: Notifier): Destination {
  return {
    modifiesDocument: false,
    selectionMode: 'joined',
    async start(calls) {
      await Promise.all(calls.map((call) => openThread(threads, notifier, call)));
    },
  };
}

async function openThread(threads: CommentThreads, notifier: Notifier, call: DestinationCall): Promise<void> {
  const { target, plan } = call;
  const label = l10n.t('{0} · {1}', plan.title, plan.model);
  const view = threads.create(target.document, target.range, { kind: 'conversation', label });
  const thread = new ConversationThread(view, call, notifier);
  view.handler = thread;
  await thread.answerPrompt();
}

class ConversationThread extends AnswerThread {
  /** Secrets restored in an answer stay hidden in links: a click would send them to any server the model chose. */
  protected override renderMarkdown(source: string): string {
    return this.call.plan.outboundDecisions.secretPlaceholders?.replaceSecretsInUrls(source) ?? source;
  }

  protected override showResult(result: RunResult): SinkReport {
    const label = answerLabel(this.call.plan.model, result);
    const note = result.error === undefined ? undefined : formatRemark(this.notifier.describeFailure(result.error));
    this.view.showAnswer(result.text, (text) => this.renderMarkdown(text));
    this.view.endAnswer(label, result.text === '' ? note : this.renderMarkdown(result.text));
    // After Stop, the label is enough.
    if (note !== undefined && result.text !== '' && result.outcome !== 'cancelled') this.view.addNote(note);
    return { resume: () => this.reply(CONTINUE_PROMPT) };
  }
}
