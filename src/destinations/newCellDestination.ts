import type { TextDocument } from 'vscode';
import { fitCode } from '../answers/fitCode';
import { QuilletError, toQuilletError } from '../core/errors';
import { isComplete, type RunResult, type SinkReport, toIncompleteReport } from '../core/run';
import { insertCellBelow } from '../editor/notebookCells';
import { matchTrailingNewline } from '../text/indentation';
import { createChoiceReport } from './codeBlockPicker';
import type { Destination, DestinationCall, RunTarget } from './destination';

const NO_TRAILING_NEWLINE = ' ';

export const newCellDestination: Destination = {
  modifiesDocument: true,
  selectionMode: 'each',
  async start(calls) {
    const insertedCells: TextDocument[] = [];
    await Promise.all(calls.map((call, index) => addCell(call, insertedCells, index)));
  },
};

/** @param insertedCells the inserted cells by call index, so that several cells keep the order of the calls. */
async function addCell(
  { target, plan, execute }: DestinationCall,
  insertedCells: TextDocument[],
  index: number,
): Promise<void> {
  await execute(plan, {
    onText: () => undefined,
    finish: async (result) => {
      const cellAbove = insertedCells.slice(0, index).findLast((document) => document !== undefined) ?? target.document;
      const [report, document] = await finishCell(cellAbove, result, target);
      if (document !== undefined) insertedCells[index] = document;
      return report;
    },
  });
}

async function finishCell(
  cellAbove: TextDocument,
  result: RunResult,
  { codeTarget }: RunTarget,
): Promise<[SinkReport, TextDocument?]> {
  if (!isComplete(result)) return [toIncompleteReport(result)];
  // The indentation and line endings of the selection don't apply to a separate cell.
  const cellTarget = { ...codeTarget, text: '', linePrefix: '' };
  try {
    return await insertCode(cellAbove, fitCode(result.text, cellTarget));
  } catch (thrown) {
    const error = toQuilletError(thrown);
    if (error.kind !== 'doc.choice') return [{ error, unwritten: result.text }];
    const onChosen = async (code: string) => (await insertCode(cellAbove, code))[0];
    return [createChoiceReport(result.text, cellTarget, { onChosen })];
  }
}

async function insertCode(cellAbove: TextDocument, code: string): Promise<[SinkReport, TextDocument?]> {
  const text = matchTrailingNewline(code, NO_TRAILING_NEWLINE);
  const outcome = await insertCellBelow(cellAbove, text);
  return typeof outcome === 'string' ? [{ error: new QuilletError(outcome), unwritten: text }] : [{}, outcome];
}
