import { type TextDocument, type Uri, type WorkspaceFolder, workspace } from 'vscode';
import { getFileUri } from './notebookCells';

/** A document outside all folders, such as an untitled one, belongs to the only folder. */
export function getWorkspaceFolderOf(document: TextDocument): WorkspaceFolder | undefined {
  const folders = workspace.workspaceFolders ?? [];
  return workspace.getWorkspaceFolder(getFileUri(document)) ?? (folders.length === 1 ? folders[0] : undefined);
}

/** Outside of a workspace folder it is only the name of the file, so that no path of the machine is sent. */
export function getRelativePath(document: TextDocument): string {
  const uri = getFileUri(document);
  const isInFolder = workspace.getWorkspaceFolder(uri) !== undefined;
  return isInFolder ? workspace.asRelativePath(uri, false) : getFileName(uri);
}

export function getFileName({ path }: Uri): string {
  return path.split('/').at(-1) ?? '';
}

export function getAbsolutePath({ scheme, fsPath, path }: Uri): string {
  return scheme === 'file' ? fsPath : path;
}
