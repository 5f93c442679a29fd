import { type Diagnostic, Range, type TextEditor, window, workspace } from 'vscode';
import { QuilletError } from '../../core/errors';
import { describeDiagnostics, diagnosticRegion } from '../../editor/diagnosticRegion';
import { getDiagnostics, getDiagnosticsOnLines } from '../../editor/diagnostics';
import { revealRange } from '../../editor/documentEdits';
import { requireEditor, requireWritable } from '../../editor/editorContext';
import type { CommandTable } from '../../platform/commands';
import type { RunPrompt } from '../execution/promptRequest';
import type { ProblemPlace } from './codeActions';

/** The command that corrects what the editor reports: from the lightbulb, or at the caret. */
export function fixCommands(run: RunPrompt): CommandTable<'quillet.fix'> {
  return {
    'quillet.fix': async (argument) => {
      const place = placeOf(argument);
      const editor = place === undefined ? requireEditor() : await editorOf(place);
      await fix(run, editor, place === undefined ? problemsNear(editor) : problemsAt(editor, place));
    },
  };
}

async function fix(run: RunPrompt, editor: TextEditor, problems: readonly Diagnostic[]): Promise<void> {
  const { document } = editor;
  if (problems.length === 0) throw new QuilletError('editor.problem');
  await requireWritable(document);
  // Read at once: what is corrected is what was reported when the command was given.
  const diagnostics = describeDiagnostics(document, problems);
  const region = await diagnosticRegion(document, problems);
  revealRange(document, region);
  const values = new Map([['diagnostics', diagnostics]]);
  await run({ promptId: 'fix', place: { editor, ranges: [region] }, values });
}

/** What the lightbulb says; whatever else an argument is comes from outside and is ignored. */
function placeOf(argument: unknown): ProblemPlace | undefined {
  const { uri, firstLine, lastLine } = (argument ?? {}) as Partial<Record<keyof ProblemPlace, unknown>>;
  const isPlace = typeof uri === 'string' && isLine(firstLine) && isLine(lastLine);
  return isPlace ? { uri, firstLine, lastLine } : undefined;
}

function isLine(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The list of problems has the lightbulb too, and the document of a problem in it need not be in sight. */
async function editorOf({ uri }: ProblemPlace): Promise<TextEditor> {
  const isMeant = (editor: TextEditor | undefined) => editor?.document.uri.toString() === uri;
  const inSight = [window.activeTextEditor, ...window.visibleTextEditors].find(isMeant);
  if (inSight !== undefined) return inSight;
  const document = workspace.textDocuments.find((one) => one.uri.toString() === uri && !one.isClosed);
  if (document === undefined) throw new QuilletError('editor.none');
  return window.showTextDocument(document);
}

function problemsAt({ document }: TextEditor, { firstLine, lastLine }: ProblemPlace): Diagnostic[] {
  return getDiagnosticsOnLines(document, new Range(firstLine, 0, lastLine, 0));
}

/** Those on the lines of the caret or the selection; else those on the line of the next one, from the top again at the end. */
function problemsNear({ document, selection }: TextEditor): Diagnostic[] {
  const here = getDiagnosticsOnLines(document, selection);
  if (here.length > 0) return here;
  const all = getDiagnostics(document);
  const next = all.find(({ range }) => range.start.isAfter(selection.end)) ?? all[0];
  return next === undefined ? [] : getDiagnosticsOnLines(document, new Range(next.range.start, next.range.start));
}
