import { ReasoningFilter } from '../answers/codeBlocks';
import type { FenceFilter } from '../answers/fenceFilter';
import { QuilletError } from '../core/errors';
import { type AnswerSink, isComplete, type PartialAnswer, type RunResult, type SinkReport } from '../core/run';
import { getDocumentWarnings } from '../editor/documentWarnings';
import type { StreamWriter } from '../editor/streamWriter';
import { withoutUndefined } from '../util/withoutUndefined';

export interface StreamSinkOptions {
  readonly prefix?: string;
  readonly suffix?: string;
  /** Takes the fence off an answer that is code. */
  readonly fence?: FenceFilter | undefined;
  /** Called when a part of an answer is in the text; gives back what can be done with it. */
  readonly onIncomplete: (answer: string) => PartialAnswer;
}

/** A sink that writes the answer through a writer, without a `<think>` block that opens it. */
export function createStreamSink(
  writer: StreamWriter,
  { prefix = '', suffix = '', fence, onIncomplete }: StreamSinkOptions,
): AnswerSink {
  const reasoning = new ReasoningFilter();
  const stripFence = (text: string): string => fence?.push(text) ?? text;
  let isEmpty = true;
  const push = (text: string): void => {
    if (text === '') return;
    writer.push(isEmpty ? prefix + text : text);
    isEmpty = false;
  };
  return {
    stopSignal: writer.stopped,
    onText: (piece: string) => push(stripFence(reasoning.push(piece))),
    async finish(result: RunResult): Promise<SinkReport> {
      push(stripFence(reasoning.end()) + (fence?.end() ?? ''));
      if (!isEmpty && suffix !== '') writer.push(suffix);
      const report = await writer.finish();
      if (isEmpty && result.outcome === 'ok')
        return { error: new QuilletError('body.empty', { subject: 'reasoning' }) };
      const isPartial = !isComplete(result) && !writer.writtenRange.isEmpty;
      const partial = isPartial ? onIncomplete(result.text) : undefined;
      const warnings = isEmpty ? [] : await getDocumentWarnings(writer);
      // What the document did not take is offered instead: the rest of it has no place to go to.
      return {
        ...report,
        warnings,
        ...withoutUndefined({ partial: partial === undefined || report.error !== undefined ? undefined : partial }),
      };
    },
  };
}
