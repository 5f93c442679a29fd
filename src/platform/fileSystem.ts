import { FileSystemError, FileType, Uri, workspace } from 'vscode';
import type { FileStat } from '../util/fileStat';

/**
 * Where a file really lies, once every link on the way is followed. In a browser, and for files of another machine, VS Code
 * only says that something is a link, and not where it leads: then undefined.
 */
export async function resolveRealPath(uri: Uri): Promise<string | undefined> {
  const { realpath } = await import('node:fs/promises');
  // A document that was never saved may have its place already.
  const isLocal = uri.scheme === 'file' || uri.scheme === 'untitled';
  if (realpath !== undefined && isLocal) return resolveLinks(realpath, uri.fsPath);
  const areLinks = await Promise.all(workspaceSegments(uri).map(isSymbolicLink));
  return areLinks.includes(true) ? undefined : uri.path;
}

/**
 * What a file is, undefined where there is none. On this machine the disk itself is asked: VS Code asks the window first
 * whether there is a provider (`$ensureActivation`, in 1.139), and every command would wait for that: 5 ms, and far longer
 * while the window draws.
 */
export async function getFileType(uri: Uri): Promise<FileType | undefined> {
  const { lstat, realpath } = await import('node:fs/promises');
  try {
    if (lstat === undefined || realpath === undefined || uri.scheme !== 'file') {
      return (await workspace.fs.stat(uri)).type;
    }
    const entry = await lstat(uri.fsPath);
    if (!entry.isSymbolicLink()) return toFileType(entry);
    const target = await realpath(uri.fsPath).then(lstat, () => undefined);
    return FileType.SymbolicLink | (target === undefined ? FileType.Unknown : toFileType(target));
  } catch {
    return undefined;
  }
}

/** Undefined where there is no such file. As in {@link getFileType}, the disk itself is asked. @throws FileSystemError */
export async function statFile(uri: Uri): Promise<FileStat | undefined> {
  const readDisk = async (disk: NodeFs, path: string) => toFileFacts(await disk.stat(path));
  return tryDiskFirst(uri, readDisk, async () => {
    const { size, mtime } = await workspace.fs.stat(uri);
    return { size, mtime };
  });
}

/** The bytes of a file, undefined where there is none. @throws FileSystemError */
export async function readFileBytes(uri: Uri): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const readDisk = async (disk: NodeFs, path: string) => toPlainBytes(await disk.readFile(path));
  // The type of VS Code leaves open what the bytes lie in.
  return tryDiskFirst(uri, readDisk, async () => (await workspace.fs.readFile(uri)) as Uint8Array<ArrayBuffer>);
}

/** The names of the files in a folder, without links; undefined where there is no such folder. @throws FileSystemError */
export async function listFileNames(folder: Uri): Promise<readonly string[] | undefined> {
  const readDisk = async (disk: NodeFs, path: string) => {
    const entries = await disk.readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  };
  return tryDiskFirst(folder, readDisk, async () => {
    const entries = await workspace.fs.readDirectory(folder);
    return entries.filter(([, type]) => type === FileType.File).map(([name]) => name);
  });
}

/** Lets nobody but the user open a folder, where it is one of this machine and its system has such rights. */
export async function restrictToOwner(folder: Uri): Promise<void> {
  const { chmod } = await import('node:fs/promises');
  if (chmod !== undefined && folder.scheme === 'file') await chmod(folder.fsPath, 0o700);
}

type NodeFs = typeof import('node:fs/promises');

/** What the disk of this machine says, where a file is on it; else, and where the disk refuses, what VS Code says. */
async function tryDiskFirst<Result>(
  uri: Uri,
  readDisk: (disk: NodeFs, path: string) => Promise<Result>,
  readWithVsCode: () => Promise<Result>,
): Promise<Result | undefined> {
  const disk: Partial<NodeFs> = await import('node:fs/promises');
  try {
    // Nothing is in it in a browser.
    if (disk.stat !== undefined && uri.scheme === 'file') return await readDisk(disk as NodeFs, uri.fsPath);
  } catch (thrown) {
    if ((thrown as { readonly code?: unknown }).code === 'ENOENT') return undefined;
    // VS Code has the errors that are understood everywhere.
  }
  try {
    return await readWithVsCode();
  } catch (thrown) {
    if (thrown instanceof FileSystemError && thrown.code === 'FileNotFound') return undefined;
    throw thrown;
  }
}

function toFileFacts({ size, mtime }: { readonly size: number; readonly mtime: Date }): FileStat {
  return { size, mtime: mtime.getTime() };
}

/** Node's own kind of bytes is slower to read. */
function toPlainBytes({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, length);
}

function toFileType(entry: { isFile(): boolean; isDirectory(): boolean }): FileType {
  if (entry.isFile()) return FileType.File;
  return entry.isDirectory() ? FileType.Directory : FileType.Unknown;
}

/** A file that was never saved lies in its folder, which may be behind a link as well. */
async function resolveLinks(realpath: (path: string) => Promise<string>, path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const [, folder, name] = /^(.+)[\\/]([^\\/]+)$/.exec(path) ?? [];
    return folder === undefined || name === undefined ? path : `${await resolveLinks(realpath, folder)}/${name}`;
  }
}

/**
 * What a repository can have made a link of: everything below its folder. Above that, and around a file that lies in no
 * folder of the workspace, links are the user's own.
 */
function workspaceSegments(uri: Uri): readonly Uri[] {
  const folder = workspace.getWorkspaceFolder(uri);
  if (folder === undefined) return [uri];
  const names = uri.path.slice(folder.uri.path.length).split('/').filter(Boolean);
  return names.map((_, index) => Uri.joinPath(folder.uri, ...names.slice(0, index + 1)));
}

async function isSymbolicLink(uri: Uri): Promise<boolean> {
  // Where there is none, it is a document that is no file, or no file yet.
  return (((await getFileType(uri)) ?? FileType.Unknown) & FileType.SymbolicLink) !== 0;
}
