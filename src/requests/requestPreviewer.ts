import type { RunPlan } from '../core/run';

export interface RequestPreviewer {
  /** Lets the user review and edit a request before it is sent. Resolves to undefined if the user cancels. */
  confirm(plan: RunPlan): Promise<RunPlan | undefined>;
  /** Reveals the preview that is still open, if any. */
  reveal(): Promise<void>;
}
