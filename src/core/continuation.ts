import type { RunPlan } from './run';

/** What is asked when an answer stopped for want of room. */
export const CONTINUE = 'Continue exactly where you stopped, without repeating anything and without an introduction.';

/** The plan of a run that goes on where the last one stopped. */
export function continuationOf(plan: RunPlan, answer: string): RunPlan {
  return {
    ...plan,
    messages: [...plan.messages, { role: 'assistant', content: answer }, { role: 'user', content: CONTINUE }],
  };
}
