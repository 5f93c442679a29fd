import { fitCode } from '../answers/fitCode';
import type { Notifier } from '../notifications/notifier';
import { AnswerBatch, type BatchPlace } from './answerBatch';
import type { Destination } from './destination';
import { writeWholeAnswer } from './wholeAnswer';

const writing: BatchPlace = {
  place: ({ target }) => target.range,
  text: (answer, { target }) => fitCode(answer, target.place),
};

/** Replaces the selections in one edit, and only with answers that are complete. */
export function createReplaceDestination(notifier: Notifier): Destination {
  return {
    writes: true,
    several: 'each',
    async start(calls) {
      const [call, ...others] = calls;
      if (call !== undefined && others.length === 0) await writeWholeAnswer(call, call.target);
      else await new AnswerBatch(notifier, calls, writing).run();
    },
  };
}
