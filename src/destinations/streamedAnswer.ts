import { Range, type TextDocument } from 'vscode';
import { planContinuation } from '../answers/continuation';
import type { AnswerFilter } from '../answers/fenceFilter';
import { QuilletError } from '../core/errors';
import { type AnswerSink, type ExecuteRun, isComplete, type PartialAnswer, type RunPlan } from '../core/run';
import { getDocumentWarnings } from '../editor/documentWarnings';
import { requireWritable } from '../editor/editorContext';
import type { IncompleteDecoration } from '../editor/incompleteDecoration';
import { StreamWriter } from '../editor/streamWriter';
import { withoutUndefined } from '../util/withoutUndefined';

export interface StreamedAnswer {
  readonly plan: RunPlan;
  readonly execute: ExecuteRun;
  readonly document: TextDocument;
  readonly range: Range;
  readonly prefix?: string;
  readonly suffix?: string;
  readonly filter?: AnswerFilter | undefined;
  readonly onWritten?: (range: Range) => void;
  /** False for a new document, which can simply be closed. */
  readonly canUndo: boolean;
}

/** Streams an answer into a document. An incomplete answer is decorated and can be continued or undone. */
export async function streamAnswer(decoration: IncompleteDecoration, answer: StreamedAnswer): Promise<void> {
  const { plan, execute, document, range, canUndo, onWritten } = answer;
  const writer = new StreamWriter(document, range);
  const dispose = () => writer.dispose();
  const onIncomplete = (text: string): PartialAnswer => {
    decoration.show(writer.document, writer.writtenRange);
    return {
      resume: () => streamContinuation(decoration, answer, writer, text),
      ...withoutUndefined({ undo: canUndo ? () => writer.revert() : undefined }),
      dispose,
    };
  };
  const sink = createSink(writer, answer, onIncomplete);
  // Keep tracking the position while Continue is offered.
  let canResume = false;
  const finish: AnswerSink['finish'] = async (result) => {
    const report = await sink.finish(result);
    canResume = report.partial !== undefined;
    if (result.outcome === 'ok' && report.error === undefined && !canResume) onWritten?.(writer.writtenRange);
    return report;
  };
  try {
    await execute(plan, { ...sink, finish });
  } finally {
    if (!canResume) dispose();
  }
}

function createSink(
  writer: StreamWriter,
  { prefix = '', suffix = '', filter }: StreamedAnswer,
  onIncomplete: (text: string) => PartialAnswer,
): AnswerSink {
  let isEmpty = true;
  const push = (text: string): void => {
    if (text === '') return;
    writer.push(isEmpty ? prefix + text : text);
    isEmpty = false;
  };
  return {
    stopSignal: writer.stopped,
    onText: (piece) => push(filter?.push(piece) ?? piece),
    async finish(result) {
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
        ...withoutUndefined({ partial: report.error === undefined ? partial : undefined }),
      };
    },
  };
}

/** @throws QuilletError if the position is gone; nothing is sent then. */
async function streamContinuation(
  decoration: IncompleteDecoration,
  answer: StreamedAnswer,
  writer: StreamWriter,
  text: string,
): Promise<void> {
  const detachReason = await writer.getDetachReason();
  if (detachReason !== undefined) throw new QuilletError(detachReason, { subject: 'unsent' });
  const { document } = writer;
  await requireWritable(document);
  const writtenEnd = writer.writtenRange.end;
  // Continue before the line break that separates the answer from the selection.
  const hasSuffix = (answer.suffix ?? '') !== '';
  const end = hasSuffix ? document.lineAt(Math.max(0, writtenEnd.line - 1)).range.end : writtenEnd;
  writer.dispose();
  const { plan, execute, canUndo, filter } = answer;
  const range = new Range(end, end);
  await streamAnswer(decoration, { plan: planContinuation(plan, text), execute, document, range, canUndo, filter });
}
