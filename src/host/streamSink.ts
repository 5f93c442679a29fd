import { ReasoningFilter } from '../core/answerText';
import { QuilletError } from '../core/errors';
import { type AnswerSink, isComplete, type PartialAnswer, type RunResult, type SinkReport } from '../core/run';
import { documentWarnings } from './documentWarnings';
import type { StreamWriter } from './streamWriter';

export interface StreamEnd {
  readonly prefix?: string;
  readonly suffix?: string;
  /** Called when a part of an answer is in the text; gives back what can be done with it. */
  readonly onIncomplete: (answer: string) => PartialAnswer;
}

/** A sink that writes the answer through a writer, without a `<think>` block that opens it. */
export function streamSink(writer: StreamWriter, { prefix = '', suffix = '', onIncomplete }: StreamEnd): AnswerSink {
  const reasoning = new ReasoningFilter();
  let isEmpty = true;
  const push = (text: string): void => {
    if (text === '') return;
    writer.push(isEmpty ? prefix + text : text);
    isEmpty = false;
  };
  return {
    stopped: writer.stopped,
    onText: (piece: string) => push(reasoning.push(piece)),
    async finish(result: RunResult): Promise<SinkReport> {
      push(reasoning.end());
      if (!isEmpty && suffix !== '') writer.push(suffix);
      const report = await writer.finish();
      if (isEmpty && result.outcome === 'ok')
        return { error: new QuilletError('body.empty', { subject: 'reasoning' }) };
      const isPartial = !isComplete(result) && !writer.writtenRange.isEmpty;
      const partial = isPartial ? onIncomplete(result.text) : undefined;
      const warnings = isEmpty ? [] : await documentWarnings(writer);
      // What the document did not take is offered instead: the rest of it has no place to go to.
      return { ...report, warnings, ...(partial === undefined || report.error !== undefined ? {} : { partial }) };
    },
  };
}
