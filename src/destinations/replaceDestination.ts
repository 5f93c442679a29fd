import { fitCode } from '../answers/fitCode';
import type { Notifier } from '../notifications/notifier';
import { AnswerBatch, type BatchTarget } from './answerBatch';
import { writeCompleteAnswer } from './completeAnswer';
import type { Destination } from './destination';

const batchTarget: BatchTarget = {
  getRange: ({ target }) => target.range,
  formatText: (answer, { target }) => fitCode(answer, target.codeTarget),
};

export function createReplaceDestination(notifier: Notifier): Destination {
  return {
    modifiesDocument: true,
    selectionMode: 'each',
    async start(calls) {
      const [call, ...rest] = calls;
      if (call !== undefined && rest.length === 0) await writeCompleteAnswer(call, call.target);
      else await new AnswerBatch(notifier, calls, batchTarget).run();
    },
  };
}
