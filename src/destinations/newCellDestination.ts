import type { TextDocument } from 'vscode';
import { fitCode } from '../answers/fitCode';
import { QuilletError, toQuilletError } from '../core/errors';
import { isComplete, type RunResult, type SinkReport, toIncompleteReport } from '../core/run';
import { insertCellBelow } from '../editor/notebookCells';
import { matchTrailingNewline } from '../text/indentation';
import { choiceReport } from './codeBlockPicker';
import type { Destination, DestinationCall, RunTarget } from './destination';

/** A cell ends with its last character. */
const NO_LINE_END = ' ';

/** Puts the answer into a new cell below the cell that was asked about, when it is complete. */
export const newCellDestination: Destination = {
  writes: true,
  several: 'each',
  async start(calls) {
    const added: TextDocument[] = [];
    await Promise.all(calls.map((call, index) => addCell(call, added, index)));
  },
};

/** @param added the new cells by the number of their call: several stand in the order in which they were asked for. */
async function addCell(
  { target, plan, execute }: DestinationCall,
  added: TextDocument[],
  index: number,
): Promise<void> {
  await execute(plan, {
    onText: () => undefined,
    finish: async (result) => {
      const above = added.slice(0, index).findLast((document) => document !== undefined) ?? target.document;
      const [report, document] = await finishCell(above, result, target);
      if (document !== undefined) added[index] = document;
      return report;
    },
  });
}

async function finishCell(
  above: TextDocument,
  result: RunResult,
  { place }: RunTarget,
): Promise<[SinkReport, TextDocument?]> {
  if (!isComplete(result)) return [toIncompleteReport(result)];
  // It stands by itself: neither the indentation nor the line ends of what was selected are its own.
  const own = { ...place, text: '', linePrefix: '' };
  try {
    return await insertCode(above, fitCode(result.text, own));
  } catch (thrown) {
    const error = toQuilletError(thrown);
    if (error.kind !== 'doc.choice') return [{ error, unwritten: result.text }];
    const use = async (code: string) => (await insertCode(above, code))[0];
    return [choiceReport(result.text, own, { use })];
  }
}

async function insertCode(above: TextDocument, code: string): Promise<[SinkReport, TextDocument?]> {
  const text = matchTrailingNewline(code, NO_LINE_END);
  const outcome = await insertCellBelow(above, text);
  return typeof outcome === 'string' ? [{ error: new QuilletError(outcome), unwritten: text }] : [{}, outcome];
}
