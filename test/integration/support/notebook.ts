import * as vscode from 'vscode';
import { eventually } from './eventually';

/** Shows an untitled notebook, so that no file is left behind. */
export async function openNotebook(
  ...texts: readonly (string | vscode.NotebookCellData)[]
): Promise<vscode.NotebookDocument> {
  const cells = texts.map((text) =>
    typeof text === 'string' ? new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, 'python') : text,
  );
  const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData(cells));
  await vscode.window.showNotebookDocument(notebook);
  return notebook;
}

export async function editCell(notebook: vscode.NotebookDocument, index: number): Promise<vscode.TextEditor> {
  const shown = await vscode.window.showNotebookDocument(notebook);
  shown.selection = new vscode.NotebookRange(index, index + 1);
  const editor = await eventually(async () => {
    await vscode.commands.executeCommand('notebook.cell.edit');
    const active = vscode.window.activeTextEditor;
    return active?.document === notebook.cellAt(index).document ? active : undefined;
  }, `the editor of cell ${index}`);
  // VS Code restores the selections of an earlier notebook with the same name.
  editor.selection = new vscode.Selection(0, 0, 0, 0);
  return editor;
}

export function cellTexts(notebook: vscode.NotebookDocument): string[] {
  return notebook.getCells().map((cell) => cell.document.getText());
}

export async function deleteCell(notebook: vscode.NotebookDocument, index: number): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.set(notebook.uri, [vscode.NotebookEdit.deleteCells(new vscode.NotebookRange(index, index + 1))]);
  await vscode.workspace.applyEdit(edit);
}
