import type { ChatMessage } from '../core/chat';
import type { RunPlan } from '../core/run';

/** What is asked when an answer stopped for want of room. */
export const CONTINUE_PROMPT =
  'Continue exactly where you stopped, without repeating anything and without an introduction.';

/** The plan of a run that goes on where the last one stopped. */
export function planContinuation(plan: RunPlan, answer: string): RunPlan {
  // A body that was edited asks the first question, and not this one.
  const { body: _edited, ...rest } = plan;
  return {
    ...rest,
    messages: [...plan.messages, { role: 'assistant', content: answer }, { role: 'user', content: CONTINUE_PROMPT }],
  };
}

/** What was answered before, where the last message asks to go on; the answer to it is the rest of that. */
export function joinUnfinishedAnswers(messages: readonly ChatMessage[]): string {
  let text = '';
  for (let index = messages.length - 1; index > 0; index -= 2) {
    const [answer, question] = [messages[index - 1], messages[index]];
    if (question?.content !== CONTINUE_PROMPT || answer?.role !== 'assistant') break;
    text = answer.content + text;
  }
  return text;
}
