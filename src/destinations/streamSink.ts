import type { AnswerFilter } from '../answers/fenceFilter';
import { QuilletError } from '../core/errors';
import { type AnswerSink, isComplete, type PartialAnswer, type RunResult, type SinkReport } from '../core/run';
import { getDocumentWarnings } from '../editor/documentWarnings';
import type { StreamWriter } from '../editor/streamWriter';
import { withoutUndefined } from '../util/withoutUndefined';

export interface StreamSinkOptions {
  readonly prefix?: string;
  readonly suffix?: string;
  readonly filter?: AnswerFilter | undefined;
  readonly onIncomplete: (answer: string) => PartialAnswer;
}

export function createStreamSink(
  writer: StreamWriter,
  { prefix = '', suffix = '', filter, onIncomplete }: StreamSinkOptions,
): AnswerSink {
  let isEmpty = true;
  const push = (text: string): void => {
    if (text === '') return;
    writer.push(isEmpty ? prefix + text : text);
    isEmpty = false;
  };
  return {
    stopSignal: writer.stopped,
    onText: (piece: string) => push(filter?.push(piece) ?? piece),
    async finish(result: RunResult): Promise<SinkReport> {
      push(filter?.end() ?? '');
      if (!isEmpty && suffix !== '') writer.push(suffix);
      const report = await writer.finish();
      if (isEmpty && result.outcome === 'ok') return { error: new QuilletError('body.empty') };
      const hasReasoning = result.hasLeakedReasoning === true;
      const isPartial = (hasReasoning || !isComplete(result)) && !writer.writtenRange.isEmpty;
      const partial = isPartial ? onIncomplete(result.text) : undefined;
      const warnings = isEmpty ? [] : await getDocumentWarnings(writer);
      // If part of the text couldn't be written, only that part is offered: there is nowhere to continue.
      return {
        ...(hasReasoning && { error: new QuilletError('finish.reasoning') }),
        ...report,
        warnings,
        ...withoutUndefined({ partial: partial === undefined || report.error !== undefined ? undefined : partial }),
      };
    },
  };
}
