import type { Range } from 'vscode';
import { type CodeTarget, fitCode } from '../answers/fitCode';
import { QuilletError, toQuilletError } from '../core/errors';
import { isComplete, type RunResult, type SinkReport, toIncompleteReport } from '../core/run';
import { replaceRange } from '../editor/documentEdits';
import { DocumentRange } from '../editor/documentRange';
import { getDocumentWarnings } from '../editor/documentWarnings';
import { choiceReport } from './codeBlockPicker';
import type { DestinationCall } from './destination';

/** Where code goes, what it is made to look like, and what is written around it. */
export interface CodeWriting {
  /** Where the code goes: an empty range inserts it. */
  readonly range: Range;
  readonly place: CodeTarget;
  around?(code: string): string;
}

/** Writes the code of an answer in one edit, and only when it is complete. */
export async function writeWholeAnswer(
  { plan, execute, target }: DestinationCall,
  writing: CodeWriting,
): Promise<void> {
  const tracked = new DocumentRange(target.document, writing.range);
  let isOffered = false;
  try {
    await execute(plan, {
      onText: () => undefined,
      finish: async (result) => {
        const report = await finishWriting(tracked, result, writing);
        isOffered = report.choice !== undefined;
        return report;
      },
    });
  } finally {
    // While there is something to choose, the place of what will be chosen is followed.
    if (!isOffered) tracked.dispose();
  }
}

async function finishWriting(tracked: DocumentRange, result: RunResult, writing: CodeWriting): Promise<SinkReport> {
  await tracked.whenIdle();
  if (tracked.detachReason !== undefined)
    return { error: new QuilletError(tracked.detachReason), unwritten: result.text };
  if (!isComplete(result)) return toIncompleteReport(result);
  const { place, around = (code) => code } = writing;
  try {
    return await write(tracked, around(fitCode(result.text, place)));
  } catch (thrown) {
    const error = toQuilletError(thrown);
    if (error.kind !== 'doc.choice') return { error, unwritten: result.text };
    const use = (code: string) => write(tracked, around(code));
    return choiceReport(result.text, place, { use, dispose: () => tracked.dispose() });
  }
}

async function write(tracked: DocumentRange, code: string): Promise<SinkReport> {
  const problem = await replaceRange(tracked, code);
  if (problem !== undefined) return { error: new QuilletError(problem), unwritten: code };
  return { warnings: await getDocumentWarnings(tracked) };
}
