import type { RunPlan } from '../core/run';

export interface RequestReviewer {
  /** Lets the user review and edit a request before it is sent. Resolves to undefined if the user cancels. */
  review(plan: RunPlan): Promise<RunPlan | undefined>;
  /** Reveals the preview that is still open, if any. */
  reveal(): Promise<void>;
}
