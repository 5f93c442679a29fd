import { l10n } from 'vscode';
import { toQuilletError } from '../core/errors';
import type { AnswerSink, ExecuteRun, RunPlan, RunResult } from '../core/run';
import type { Notifier } from '../notifications/notifier';
import { withoutUndefined } from '../util/withoutUndefined';

export interface FallbackServices {
  readonly execute: ExecuteRun;
  readonly notifier: Notifier;
  /** Plans a request for another model. Undefined if it must not be sent. Throws if the user cancels. */
  readonly planFor: (plan: RunPlan, modelRef: string) => Promise<RunPlan | undefined>;
}

/**
 * Executes a plan, and, if the model is unreachable, overloaded or over quota before any text arrived, the same request
 * with the next model that the user named. Each attempt is a run of its own; the destination sees one answer.
 */
export function withFallback({ execute, notifier, planFor }: FallbackServices): ExecuteRun {
  const planNext = async (plan: RunPlan, models: string[]): Promise<RunPlan | undefined> => {
    for (let model = models.shift(); model !== undefined; model = models.shift()) {
      try {
        return await planFor(plan, model);
      } catch (thrown) {
        // The failed answer must still reach its destination.
        if (toQuilletError(thrown).kind === 'cancelled') return undefined;
        notifier.showError(thrown);
      }
    }
    return undefined;
  };
  return async (plan, sink) => {
    // A request that was edited in a preview is for one model.
    const models = plan.body === undefined ? [...(plan.fallback ?? [])] : [];
    for (let current = plan; ; ) {
      let next: RunPlan | undefined;
      // Also text that turned out to be reasoning, which is not in the result.
      let hasShownText = false;
      const finish: AnswerSink['finish'] = async (result, signal) => {
        const planned = !hasShownText && isUnavailable(result) ? await planNext(plan, models) : undefined;
        // The user may have stopped the request while answering questions about the next one.
        next = signal?.aborted === true ? undefined : planned;
        if (next !== undefined) return { isReported: true };
        return sink.finish(
          current === plan ? result : { ...result, reportedModel: result.reportedModel ?? current.model },
        );
      };
      const record = await execute(current, {
        onText: (text) => {
          hasShownText = true;
          sink.onText(text);
        },
        onPhase: (phase) => sink.onPhase?.(phase),
        finish,
        ...withoutUndefined({ stopSignal: sink.stopSignal }),
      });
      if (next === undefined) return record;
      const reason = record.error === undefined ? '' : notifier.formatError(record.error);
      notifier.inform(l10n.t('{0} Asking {1} instead.', reason, next.model));
      current = next;
    }
  };
}

const UNAVAILABLE = /^(?:net\.|time\.headers|http\.(?:408|429|5xx|quota|loading)$|lm\.(?:off|missing|blocked|quota)$)/;

/** Errors of the request itself would be the same with another model. */
function isUnavailable({ error, text }: RunResult): boolean {
  return text === '' && error !== undefined && (UNAVAILABLE.test(error.kind) || error.details.isUnavailable === true);
}
