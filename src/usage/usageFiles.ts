import { FileSystemError, Uri, workspace } from 'vscode';
import { appendToLocalFile, listFileNames, readFileBytes, statFile } from '../platform/fileSystem';
import { concatBytes } from '../util/bytes';
import type { UsageFiles } from './common/usageFiles';

/** On the desktop all windows append to the same file. Elsewhere only whole files can be written: one per window. */
export function createUsageFiles(storage: Uri, windowId: string): UsageFiles {
  const folder = Uri.joinPath(storage, 'usage');
  const toUri = (name: string) => Uri.joinPath(folder, name);
  return {
    list: async () => (await listFileNames(folder)) ?? [],
    stat: (name) => statFile(toUri(name)),
    read: (name) => readFileBytes(toUri(name)),
    append: async (month, text) => {
      if (await appendToLocalFile(toUri(`${month}.jsonl`), text)) return;
      const uri = toUri(`${month}.${windowId}.jsonl`);
      const before = (await readFileBytes(uri)) ?? new Uint8Array(0);
      await workspace.fs.writeFile(uri, concatBytes([before, new TextEncoder().encode(text)]));
    },
    delete: (name) => deleteFile(toUri(name)),
  };
}

async function deleteFile(uri: Uri): Promise<void> {
  try {
    await workspace.fs.delete(uri, { useTrash: false });
  } catch (thrown) {
    if (!(thrown instanceof FileSystemError && thrown.code === 'FileNotFound')) throw thrown;
  }
}
