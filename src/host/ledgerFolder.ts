import { FileSystemError, FileType, Uri, workspace } from 'vscode';
import type { LedgerFolder } from '../core/ledgerFiles';

/** The ledger's folder in VS Code's storage for extensions, which is files on the desktop and a database in a browser. */
export function ledgerFolder(storage: Uri): LedgerFolder {
  const folder = Uri.joinPath(storage, 'ledger');
  const place = (name: string) => Uri.joinPath(folder, name);
  return {
    async list() {
      const entries = (await unlessMissing(workspace.fs.readDirectory(folder))) ?? [];
      return entries.filter(([, type]) => type === FileType.File).map(([name]) => name);
    },
    async read(name) {
      const bytes = await unlessMissing(workspace.fs.readFile(place(name)));
      // The type of VS Code leaves open what the bytes lie in.
      return bytes === undefined ? undefined : (bytes as Uint8Array<ArrayBuffer>);
    },
    async stat(name) {
      const facts = await unlessMissing(workspace.fs.stat(place(name)));
      return facts === undefined ? undefined : { size: facts.size, modified: facts.mtime };
    },
    // The folder is made where it is missing, and its parents too.
    write: async (name, bytes) => workspace.fs.writeFile(place(name), bytes),
    async delete(name) {
      await unlessMissing(workspace.fs.delete(place(name), { useTrash: false }));
    },
  };
}

async function unlessMissing<Result>(work: Thenable<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (thrown) {
    if (thrown instanceof FileSystemError && thrown.code === 'FileNotFound') return undefined;
    throw thrown;
  }
}
