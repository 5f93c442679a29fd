import { Uri, workspace } from 'vscode';
import { readPromptFolder } from './common/promptFolder';
import { promptIdOf } from './common/promptLibrary';

/**
 * Whether there may be prompt files of the user's or of the workspace's. It is asked before anything is loaded, so it
 * reads the names in the folders where they are kept, and no file.
 * @param own the folder of the user's prompts, whether it is there or not.
 */
export async function mayHavePrompts(own: Uri): Promise<boolean> {
  const trusted = workspace.isTrusted ? (workspace.workspaceFolders ?? []) : [];
  const named = trusted.flatMap((folder) => {
    const texts = workspace.getConfiguration('quillet', folder).get<readonly unknown[]>('promptFolders', []);
    return texts.map((text) => ({ folder, place: readPromptFolder(String(text), '/') }));
  });
  // A folder somewhere else is one that the user has named, and has a reason for.
  if (named.some(({ place }) => place?.kind === 'absolute')) return true;
  const within = named.flatMap(({ folder, place }) =>
    place?.kind === 'relative' ? Uri.joinPath(folder.uri, ...place.segments) : [],
  );
  const found = await Promise.all([own, ...within].map(hasPrompt));
  return found.includes(true);
}

async function hasPrompt(folder: Uri): Promise<boolean> {
  try {
    return (await workspace.fs.readDirectory(folder)).some(([name]) => promptIdOf(name) !== undefined);
  } catch {
    // Most folders have none of them.
    return false;
  }
}
