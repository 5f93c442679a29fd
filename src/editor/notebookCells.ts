import {
  type NotebookCell,
  NotebookCellData,
  type NotebookDocument,
  NotebookEdit,
  type TextDocument,
  WorkspaceEdit,
  workspace,
} from 'vscode';
import type { ErrorKind } from '../core/errors';

/** Whether a document is the text of a notebook's cell. */
export function isCell(document: TextDocument): boolean {
  return document.uri.scheme === 'vscode-notebook-cell';
}

/** Whether a document is of a cell that was deleted. One that is still shown somewhere, in a diff for example, is not closed. */
export function isDeletedCell(document: TextDocument): boolean {
  return isCell(document) && findCell(document) === undefined;
}

/**
 * Adds a cell of the same kind and language below a cell, in one undo step of the notebook. Gives the text of the new
 * cell, or why there is none.
 */
export async function insertCellBelow(document: TextDocument, text: string): Promise<TextDocument | ErrorKind> {
  const found = findCell(document);
  if (found === undefined) return 'doc.closed';
  const { notebook, cell } = found;
  const below = cell.index + 1;
  const edit = new WorkspaceEdit();
  edit.set(notebook.uri, [
    NotebookEdit.insertCells(below, [new NotebookCellData(cell.kind, text, document.languageId)]),
  ]);
  const { cellCount } = notebook;
  if (!(await workspace.applyEdit(edit))) return 'doc.applyfalse';
  return notebook.cellCount === cellCount ? 'doc.readonly' : notebook.cellAt(below).document;
}

/** Looked for each time: a cell that is deleted and brought back by an undo is another object. */
function findCell(document: TextDocument): { notebook: NotebookDocument; cell: NotebookCell } | undefined {
  for (const notebook of workspace.notebookDocuments) {
    const cell = notebook.getCells().find((candidate) => candidate.document === document);
    if (cell !== undefined) return { notebook, cell };
  }
  return undefined;
}
