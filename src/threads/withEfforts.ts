import type { AnswerSink, ExecuteRun } from '../core/run';
import { withoutUndefined } from '../util/withoutUndefined';
import { isEffortRefusal } from './common/efforts';

/**
 * Executes a plan with the first of these efforts that the server does not reject. Each attempt is a run of its own; the
 * destination sees one answer.
 */
export function withEfforts(
  execute: ExecuteRun,
  [first, ...others]: readonly string[],
  onEffort: (effort: string) => void,
): ExecuteRun {
  if (first === undefined) return execute;
  return async (plan, sink) => {
    const efforts = [...others];
    for (let effort = first; ; ) {
      onEffort(effort);
      let next: string | undefined;
      const finish: AnswerSink['finish'] = async (result) => {
        next = isEffortRefusal(result) ? efforts.shift() : undefined;
        return next === undefined ? sink.finish(result) : { isReported: true };
      };
      const record = await execute(
        { ...plan, parameters: { ...plan.parameters, reasoningEffort: effort } },
        {
          onText: (text) => sink.onText(text),
          onPhase: (phase) => sink.onPhase?.(phase),
          finish,
          ...withoutUndefined({ stopSignal: sink.stopSignal }),
        },
      );
      if (next === undefined) return record;
      effort = next;
    }
  };
}
