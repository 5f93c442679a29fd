import type { RunPlan } from '../core/run';

/** Shows requests before they are sent, where the user wants that. */
export interface RequestReviewer {
  /**
   * @param plan as it may be sent.
   * @returns the plan to execute, perhaps with an edited body; undefined where the user went away.
   */
  review(plan: RunPlan): Promise<RunPlan | undefined>;
  /** Shows the request again that still waits for an answer of the user, where there is one. */
  reveal(): Promise<void>;
}
