import { Uri, workspace } from 'vscode';
import { parsePromptFolder } from './common/promptFolder';
import { promptIdFromFileName } from './common/promptLibrary';

/** Whether there may be prompt files. Called before anything is loaded, so it only lists folders and reads no files. */
export async function mayHavePrompts(userFolder: Uri): Promise<boolean> {
  const trusted = workspace.isTrusted ? (workspace.workspaceFolders ?? []) : [];
  const configuredFolders = trusted.flatMap((folder) => {
    const settingValues = workspace.getConfiguration('quillet', folder).get<readonly unknown[]>('promptFolders', []);
    return settingValues.map((text) => ({ folder, promptFolder: parsePromptFolder(String(text), '/') }));
  });
  // Assume that a configured folder outside the workspace has prompts.
  if (configuredFolders.some(({ promptFolder }) => promptFolder?.kind === 'absolute')) return true;
  const relativeFolders = configuredFolders.flatMap(({ folder, promptFolder }) =>
    promptFolder?.kind === 'relative' ? Uri.joinPath(folder.uri, ...promptFolder.segments) : [],
  );
  const hasPromptFiles = await Promise.all([userFolder, ...relativeFolders].map(hasPromptFile));
  return hasPromptFiles.includes(true);
}

async function hasPromptFile(folder: Uri): Promise<boolean> {
  try {
    return (await workspace.fs.readDirectory(folder)).some(([name]) => promptIdFromFileName(name) !== undefined);
  } catch {
    // The folder does not exist.
    return false;
  }
}
