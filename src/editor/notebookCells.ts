import {
  type NotebookCell,
  NotebookCellData,
  type NotebookDocument,
  NotebookEdit,
  type TextDocument,
  type Uri,
  WorkspaceEdit,
  workspace,
} from 'vscode';
import type { ErrorKind } from '../core/errors';

export function isCell(document: TextDocument): boolean {
  return document.uri.scheme === 'vscode-notebook-cell';
}

export function getFileUri(document: TextDocument): Uri {
  return isCell(document) ? (findCell(document)?.notebook.uri ?? document.uri) : document.uri;
}

/** The document of a deleted cell stays open while it is shown elsewhere, for example in a diff. */
export function isDeletedCell(document: TextDocument): boolean {
  return isCell(document) && findCell(document) === undefined;
}

/** Inserts a cell like this one below it, in one undo step. Resolves to its document or the reason for the failure. */
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

// Look the cell up each time: undoing its deletion creates a new cell object.
function findCell(document: TextDocument): { notebook: NotebookDocument; cell: NotebookCell } | undefined {
  for (const notebook of workspace.notebookDocuments) {
    const cell = notebook.getCells().find((candidate) => candidate.document === document);
    if (cell !== undefined) return { notebook, cell };
  }
  return undefined;
}
