import { FileSystemError, Uri, workspace } from 'vscode';
import { listFileNames, readFileBytes, statFile } from '../platform/fileSystem';
import type { LedgerFolder } from './common/ledgerFiles';

/** The usage log's folder in global storage: files on the desktop, a database in browsers. */
export function ledgerFolder(storage: Uri): LedgerFolder {
  const folder = Uri.joinPath(storage, 'ledger');
  const toUri = (name: string) => Uri.joinPath(folder, name);
  return {
    list: async () => (await listFileNames(folder)) ?? [],
    read: (name) => readFileBytes(toUri(name)),
    stat: (name) => statFile(toUri(name)),
    // `writeFile` creates missing parent folders.
    write: async (name, bytes) => workspace.fs.writeFile(toUri(name), bytes),
    delete: (name) => deleteFile(toUri(name)),
  };
}

/** Succeeds if the file does not exist. */
async function deleteFile(uri: Uri): Promise<void> {
  try {
    await workspace.fs.delete(uri, { useTrash: false });
  } catch (thrown) {
    if (!(thrown instanceof FileSystemError && thrown.code === 'FileNotFound')) throw thrown;
  }
}
