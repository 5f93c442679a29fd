import fs from 'node:fs/promises';
import path from 'node:path';
import type { UsageFiles } from '../../src/usage/common/usageFiles';

/** Files on disk, as on the desktop. */
export function nodeUsageFiles(folder: string): UsageFiles {
  const toPath = (name: string) => path.join(folder, name);
  return {
    list: () => fs.readdir(folder),
    async stat(name) {
      const { size, mtimeMs } = await fs.stat(toPath(name));
      return { size, mtime: mtimeMs };
    },
    read: async (name) => new Uint8Array(await fs.readFile(toPath(name))),
    append: (month, text) => fs.appendFile(toPath(`${month}.jsonl`), text),
    delete: (name) => fs.rm(toPath(name)),
  };
}
