import * as vscode from 'vscode';
import { eventually } from './eventually';
import { select, type } from './workspace';

/** The document in which VS Code edits the question. */
export function findBox(): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'comment' && uri.authority === '');
}

/** Waits until keys go to the box: until then, Select All changes the selection of the editor. */
export async function seeBox(editor: vscode.TextEditor): Promise<void> {
  const { selection } = editor;
  await eventually(async () => {
    if (findBox() === undefined) return false;
    await vscode.commands.executeCommand('editor.action.selectAll');
    if (editor.selection.isEqual(selection)) return true;
    await select(editor, editor.document.getText(selection));
    return false;
  }, 'the box with the focus');
  await vscode.commands.executeCommand('cursorBottom');
}

export async function seeText(text: string): Promise<void> {
  await eventually(() => findBox()?.getText() === text, `"${text}" in the box`);
}

export async function send(text: string): Promise<void> {
  await type(text);
  await seeText(text);
  await vscode.commands.executeCommand('editor.action.submitComment');
}
