import { FileSystemError, Uri, workspace } from 'vscode';
import { listFileNames, readFileBytes, statFile } from '../platform/fileSystem';
import type { LedgerFolder } from './common/ledgerFiles';

/** The ledger's folder in VS Code's storage for extensions, which is files on the desktop and a database in a browser. */
export function ledgerFolder(storage: Uri): LedgerFolder {
  const folder = Uri.joinPath(storage, 'ledger');
  const toUri = (name: string) => Uri.joinPath(folder, name);
  return {
    list: async () => (await listFileNames(folder)) ?? [],
    read: (name) => readFileBytes(toUri(name)),
    stat: (name) => statFile(toUri(name)),
    // The folder is made where it is missing, and its parents too.
    write: async (name, bytes) => workspace.fs.writeFile(toUri(name), bytes),
    delete: (name) => deleteFile(toUri(name)),
  };
}

/** Also where there is none. */
async function deleteFile(uri: Uri): Promise<void> {
  try {
    await workspace.fs.delete(uri, { useTrash: false });
  } catch (thrown) {
    if (!(thrown instanceof FileSystemError && thrown.code === 'FileNotFound')) throw thrown;
  }
}
