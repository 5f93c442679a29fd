import { type Diagnostic, Range, type TextEditor, window, workspace } from 'vscode';
import { QuilletError } from '../../core/errors';
import { describeDiagnostics, diagnosticRegion } from '../../editor/diagnosticRegion';
import { getDiagnostics, getDiagnosticsOnLines } from '../../editor/diagnostics';
import { revealRange } from '../../editor/documentEdits';
import { requireEditor, requireWritable } from '../../editor/editorContext';
import type { CommandTable } from '../../platform/commands';
import type { RunPrompt } from '../execution/promptRequest';
import type { DiagnosticLocation } from './codeActions';

export function fixCommands(runPrompt: RunPrompt) {
  return {
    'quillet.fix': async (argument) => {
      const location = parseLocation(argument);
      const editor = location === undefined ? requireEditor() : await showEditor(location);
      await fix(
        runPrompt,
        editor,
        location === undefined ? nearestDiagnostics(editor) : diagnosticsAt(editor, location),
      );
    },
  } satisfies Partial<CommandTable>;
}

async function fix(runPrompt: RunPrompt, editor: TextEditor, reported: readonly Diagnostic[]): Promise<void> {
  const { document } = editor;
  if (reported.length === 0) throw new QuilletError('editor.problem');
  await requireWritable(document);
  // Read now: fix what was reported when the command was invoked.
  const diagnostics = describeDiagnostics(document, reported);
  const region = await diagnosticRegion(document, reported);
  revealRange(document, region);
  const values = new Map([['diagnostics', diagnostics]]);
  await runPrompt({ promptId: 'fix', target: { editor, ranges: [region] }, values });
}

/** Accepts only the argument of our own code action. */
function parseLocation(argument: unknown): DiagnosticLocation | undefined {
  const { uri, firstLine, lastLine } = (argument ?? {}) as Partial<Record<keyof DiagnosticLocation, unknown>>;
  const isLocation = typeof uri === 'string' && isLine(firstLine) && isLine(lastLine);
  return isLocation ? { uri, firstLine, lastLine } : undefined;
}

function isLine(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The Problems panel offers code actions too, for documents that may not be visible. */
async function showEditor({ uri }: DiagnosticLocation): Promise<TextEditor> {
  const isSameDocument = (editor: TextEditor | undefined) => editor?.document.uri.toString() === uri;
  const visibleEditor = [window.activeTextEditor, ...window.visibleTextEditors].find(isSameDocument);
  if (visibleEditor !== undefined) return visibleEditor;
  const document = workspace.textDocuments.find(
    (openDocument) => openDocument.uri.toString() === uri && !openDocument.isClosed,
  );
  if (document === undefined) throw new QuilletError('editor.none');
  return window.showTextDocument(document);
}

function diagnosticsAt({ document }: TextEditor, { firstLine, lastLine }: DiagnosticLocation): Diagnostic[] {
  return getDiagnosticsOnLines(document, new Range(firstLine, 0, lastLine, 0));
}

/** Diagnostics on the selected lines, or else on the line of the next one, wrapping around at the end. */
function nearestDiagnostics({ document, selection }: TextEditor): Diagnostic[] {
  const onSelection = getDiagnosticsOnLines(document, selection);
  if (onSelection.length > 0) return onSelection;
  const all = getDiagnostics(document);
  const next = all.find(({ range }) => range.start.isAfter(selection.end)) ?? all[0];
  return next === undefined ? [] : getDiagnosticsOnLines(document, new Range(next.range.start, next.range.start));
}
