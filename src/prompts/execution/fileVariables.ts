import { l10n, type Position, type TextDocument, Uri } from 'vscode';
import { parentFolder, splitExtension } from '../../editor/common/fileNames';
import { getFileUri } from '../../editor/notebookCells';
import { getAbsolutePath, getFileName, getRelativePath, getWorkspaceFolderOf } from '../../editor/workspacePath';
import type { PromptVariableName } from '../common/variables';

type FileVariableName = Extract<
  PromptVariableName,
  `file${string}` | `relativeFile${string}` | `workspaceFolder${string}` | 'lineNumber' | 'columnNumber'
>;

type ReadFileVariable = (document: TextDocument, start: Position) => string | { readonly reason: string };

const readFolder =
  (read: (folder: { readonly name: string; readonly uri: Uri }) => string): ReadFileVariable =>
  (document) => {
    const folder = getWorkspaceFolderOf(document);
    return folder === undefined ? { reason: l10n.t('the file is not in a workspace folder') } : read(folder);
  };

const fileName: ReadFileVariable = (document) => getFileName(getFileUri(document));
const relativePath: ReadFileVariable = (document) => getRelativePath(document);
const relativeFolder: ReadFileVariable = (document) => parentFolder(getRelativePath(document));
const folderPath = readFolder(({ uri }) => getAbsolutePath(uri));

/**
 * Names and paths of the file. Unlike VS Code, all but the workspace folder are relative to it, because a path can name
 * the user.
 */
export const FILE_VARIABLES: Readonly<Record<FileVariableName, ReadFileVariable>> = {
  file: relativePath,
  relativeFile: relativePath,
  fileBasename: fileName,
  fileBasenameNoExtension: (document) => splitExtension(getFileName(getFileUri(document))).stem,
  fileExtname: (document) => splitExtension(getFileName(getFileUri(document))).extension,
  fileDirname: relativeFolder,
  relativeFileDirname: relativeFolder,
  fileDirnameBasename: (document) => getFileUri(document).path.split('/').at(-2) ?? '',
  workspaceFolder: folderPath,
  fileWorkspaceFolder: folderPath,
  workspaceFolderBasename: readFolder(({ name }) => name),
  lineNumber: (_document, { line }) => String(line + 1),
  columnNumber: (_document, { character }) => String(character + 1),
};

export function getPathSeparator(): string {
  return Uri.file('/').fsPath;
}
