import { ReasoningFilter } from '../core/answerText';
import { QuilletError } from '../core/errors';
import { type AnswerSink, isComplete, type RunResult, type SinkReport } from '../core/run';
import type { StreamWriter } from './streamWriter';

export interface StreamEnd {
  readonly prefix?: string;
  readonly suffix?: string;
  readonly onIncomplete?: () => void;
  readonly resume?: (answer: string) => Promise<void>;
}

/** A sink that writes the answer through a writer, without a `<think>` block that opens it. */
export function streamSink(
  writer: StreamWriter,
  { prefix = '', suffix = '', onIncomplete, resume }: StreamEnd,
): AnswerSink {
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
      if (!isComplete(result) && !writer.writtenRange.isEmpty) onIncomplete?.();
      return { ...report, ...(resume === undefined ? {} : { resume: () => resume(result.text) }) };
    },
  };
}
