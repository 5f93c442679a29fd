import type { Range } from 'vscode';
import { type CodeTarget, fitCode } from '../answers/fitCode';
import { QuilletError, toQuilletError } from '../core/errors';
import { isComplete, type RunResult, type SinkReport, toIncompleteReport } from '../core/run';
import { replaceRange } from '../editor/documentEdits';
import { DocumentRange } from '../editor/documentRange';
import { getDocumentWarnings } from '../editor/documentWarnings';
import { createChoiceReport } from './codeBlockPicker';
import type { DestinationCall } from './destination';

export interface CompleteAnswerTarget {
  readonly range: Range;
  readonly codeTarget: CodeTarget;
  wrap?(code: string): string;
}

/** Writes the code of an answer in one edit, and only if the answer is complete. */
export async function writeCompleteAnswer(
  { plan, execute, target }: DestinationCall,
  options: CompleteAnswerTarget,
): Promise<void> {
  const documentRange = new DocumentRange(target.document, options.range);
  let hasPendingChoice = false;
  try {
    await execute(plan, {
      onText: () => undefined,
      finish: async (result) => {
        const report = await finishWriting(documentRange, result, options);
        hasPendingChoice = report.choice !== undefined;
        return report;
      },
    });
  } finally {
    // Keep tracking the range while the user can still choose a code block.
    if (!hasPendingChoice) documentRange.dispose();
  }
}

async function finishWriting(
  documentRange: DocumentRange,
  result: RunResult,
  options: CompleteAnswerTarget,
): Promise<SinkReport> {
  await documentRange.whenIdle();
  if (documentRange.detachReason !== undefined)
    return { error: new QuilletError(documentRange.detachReason), unwritten: result.text };
  if (!isComplete(result)) return toIncompleteReport(result);
  const { codeTarget, wrap = (code) => code } = options;
  try {
    return await write(documentRange, wrap(fitCode(result.text, codeTarget)));
  } catch (thrown) {
    const error = toQuilletError(thrown);
    if (error.kind !== 'doc.choice') return { error, unwritten: result.text };
    const onChosen = (code: string) => write(documentRange, wrap(code));
    return createChoiceReport(result.text, codeTarget, { onChosen, dispose: () => documentRange.dispose() });
  }
}

async function write(documentRange: DocumentRange, code: string): Promise<SinkReport> {
  const errorKind = await replaceRange(documentRange, code);
  if (errorKind !== undefined) return { error: new QuilletError(errorKind), unwritten: code };
  return { warnings: await getDocumentWarnings(documentRange) };
}
