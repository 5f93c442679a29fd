import { Position, Range, Selection, type TextEditor, Uri, window, workspace } from 'vscode';
import { getFileType } from '../platform/fileSystem';
import { PROMPT_SUFFIX, type PromptEntry, promptFileName } from './common/promptLibrary';

export async function writePromptFile(folder: Uri, name: string, text: string): Promise<Uri> {
  await workspace.fs.createDirectory(folder);
  const base = promptFileName(name);
  for (let number = 1; ; number += 1) {
    const uri = Uri.joinPath(folder, `${number === 1 ? base : `${base}-${number}`}${PROMPT_SUFFIX}`);
    if ((await getFileType(uri)) !== undefined) continue;
    await workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    return uri;
  }
}

export async function openPromptFile(uri: Uri): Promise<TextEditor> {
  const document = await workspace.openTextDocument(uri);
  return window.showTextDocument(document, { preview: false });
}

export async function openAtFirstError({ file, problems }: PromptEntry): Promise<void> {
  if (file === undefined) return;
  const editor = await openPromptFile(Uri.parse(file));
  const { line = 1, column = 1 } = problems.find(({ severity }) => severity === 'error') ?? {};
  const position = editor.document.validatePosition(new Position(line - 1, column - 1));
  editor.selection = new Selection(position, position);
  editor.revealRange(new Range(position, position));
}
