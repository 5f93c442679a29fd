import type { ChatMessage } from '../core/chat';
import type { RunPlan } from '../core/run';

export const CONTINUE_PROMPT =
  'Continue exactly where you stopped, without repeating anything and without an introduction.';

export function planContinuation(plan: RunPlan, answer: string): RunPlan {
  // An edited body contains the first question, not this one.
  const { body: _edited, ...rest } = plan;
  return {
    ...rest,
    messages: [...plan.messages, { role: 'assistant', content: answer }, { role: 'user', content: CONTINUE_PROMPT }],
  };
}

/** Joins the answers before trailing "continue" messages: the next answer is their continuation. */
export function joinUnfinishedAnswers(messages: readonly ChatMessage[]): string {
  let text = '';
  for (let index = messages.length - 1; index > 0; index -= 2) {
    const [answer, question] = [messages[index - 1], messages[index]];
    if (question?.content !== CONTINUE_PROMPT || answer?.role !== 'assistant') break;
    text = answer.content + text;
  }
  return text;
}
