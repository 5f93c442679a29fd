import * as vscode from 'vscode';
import { eventually } from './eventually';

let files = 0;

/**
 * Writes a file and opens it like a user. `openTextDocument` would keep the document open for minutes after its tab is
 * closed.
 */
export async function openFile(content: string, extension = 'ts'): Promise<vscode.TextEditor> {
  files += 1;
  const uri = inWorkspace(`file${files}.${extension}`);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(content));
  return openUri(uri);
}

export async function openUri(uri: vscode.Uri): Promise<vscode.TextEditor> {
  await vscode.commands.executeCommand('vscode.open', uri, { preview: false });
  return eventually(() => {
    const editor = vscode.window.activeTextEditor;
    return editor?.document.uri.toString() === uri.toString() ? editor : undefined;
  }, `the editor of ${uri}`);
}

export function inWorkspace(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error('There is no workspace folder.');
  return vscode.Uri.joinPath(folder.uri, name);
}

/**
 * Selects the first occurrence of the text. Resolves when VS Code has reported it: a report that comes late replaces
 * the selection that a test sets next.
 */
export async function select(editor: vscode.TextEditor, text: string): Promise<vscode.Selection> {
  const { document } = editor;
  const offset = document.getText().indexOf(text);
  if (offset === -1) throw new Error(`"${text}" is not in the document.`);
  const selection = new vscode.Selection(document.positionAt(offset), document.positionAt(offset + text.length));
  if (editor.selection.isEqual(selection)) return selection;
  await new Promise<void>((resolve) => {
    const subscription = vscode.window.onDidChangeTextEditorSelection((event) => {
      if (event.textEditor !== editor || event.selections[0]?.isEqual(selection) !== true) return;
      subscription.dispose();
      resolve();
    });
    editor.selection = selection;
  });
  return selection;
}

export function placeCaret(editor: vscode.TextEditor, line: number, character: number): void {
  const position = new vscode.Position(line, character);
  editor.selection = new vscode.Selection(position, position);
}

/** Types at the caret of the active editor. */
export async function type(text: string): Promise<void> {
  await vscode.commands.executeCommand('type', { text });
}

export async function undo(): Promise<void> {
  await vscode.commands.executeCommand('undo');
}

export async function redo(): Promise<void> {
  await vscode.commands.executeCommand('redo');
}

export async function untilText(editor: vscode.TextEditor, text: string): Promise<void> {
  await eventually(() => editor.document.getText().includes(text), `"${text}" in the document`);
}

export async function untilQuiet(document: vscode.TextDocument): Promise<void> {
  let { version } = document;
  let since = performance.now();
  await eventually(() => {
    if (document.version !== version) {
      version = document.version;
      since = performance.now();
    }
    return performance.now() - since > 300;
  }, 'an unchanged document');
}

/** Closes all tabs and discards unsaved changes. */
export async function closeEditors(): Promise<void> {
  await eventually(async () => {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    if (tabs.length === 0) return true;
    const isDirty = tabs.some((tab) => tab.isDirty);
    const command = isDirty ? 'revertAndCloseActiveEditor' : 'closeAllEditors';
    await vscode.commands.executeCommand(`workbench.action.${command}`);
    return false;
  }, 'all editors closed');
}
