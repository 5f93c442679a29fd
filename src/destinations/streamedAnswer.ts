import { Range, type TextDocument } from 'vscode';
import { planContinuation } from '../answers/continuation';
import type { FenceFilter } from '../answers/fenceFilter';
import { QuilletError } from '../core/errors';
import type { AnswerSink, ExecuteRun, PartialAnswer, RunPlan } from '../core/run';
import { requireWritable } from '../editor/editorContext';
import type { IncompleteDecoration } from '../editor/incompleteDecoration';
import { StreamWriter } from '../editor/streamWriter';
import { withoutUndefined } from '../util/withoutUndefined';
import { createStreamSink } from './streamSink';

/** A run and the place that its answer is streamed to. */
export interface StreamedAnswer {
  readonly plan: RunPlan;
  readonly execute: ExecuteRun;
  readonly document: TextDocument;
  readonly range: Range;
  /** Line ends that keep the answer apart from the text around it. */
  readonly prefix?: string;
  readonly suffix?: string;
  /** Takes the fence off an answer that is code; the rest of one goes through the same. */
  readonly fence?: FenceFilter | undefined;
  /** Whether the answer can be taken back; in a document of its own it can be closed. */
  readonly canUndo: boolean;
}

/** Streams an answer into a document. One that is not whole is marked, and can be gone on with or taken back. */
export async function streamAnswer(decoration: IncompleteDecoration, answer: StreamedAnswer): Promise<void> {
  const { plan, execute, document, range, prefix = '', suffix = '', canUndo, fence } = answer;
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
  const sink = createStreamSink(writer, { prefix, suffix, fence, onIncomplete });
  // Where the rest is offered, its place must follow what is edited around it until the user asks for it.
  let canResume = false;
  const finish: AnswerSink['finish'] = async (result) => {
    const report = await sink.finish(result);
    canResume = report.partial !== undefined;
    return report;
  };
  try {
    await execute(plan, { ...sink, finish });
  } finally {
    if (!canResume) dispose();
  }
}

/** @throws QuilletError where the rest has no place any more: nothing is sent then. */
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
  // The rest belongs before the line end that keeps the answer apart from the selection.
  const hasSuffix = (answer.suffix ?? '') !== '';
  const end = hasSuffix ? document.lineAt(Math.max(0, writtenEnd.line - 1)).range.end : writtenEnd;
  writer.dispose();
  const { plan, execute, canUndo, fence } = answer;
  const range = new Range(end, end);
  await streamAnswer(decoration, { plan: planContinuation(plan, text), execute, document, range, canUndo, fence });
}
