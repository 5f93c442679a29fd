import { Uri, workspace } from 'vscode';
import { parsePromptFolder } from './common/promptFolder';
import { promptIdFromFileName } from './common/promptLibrary';

/**
 * Whether there may be prompt files of the user's or of the workspace's. It is asked before anything is loaded, so it
 * reads the names in the folders where they are kept, and no file.
 * @param userFolder the folder of the user's prompts, whether it is there or not.
 */
export async function mayHavePrompts(userFolder: Uri): Promise<boolean> {
  const trusted = workspace.isTrusted ? (workspace.workspaceFolders ?? []) : [];
  const configuredFolders = trusted.flatMap((folder) => {
    const settingValues = workspace.getConfiguration('quillet', folder).get<readonly unknown[]>('promptFolders', []);
    return settingValues.map((text) => ({ folder, promptFolder: parsePromptFolder(String(text), '/') }));
  });
  // A folder somewhere else is one that the user has named, and has a reason for.
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
    // Most folders have none of them.
    return false;
  }
}
