import { FileSystemError, FileType, Uri, workspace } from 'vscode';
import type { FileStat } from '../util/fileStat';

const OWNER_WRITE = 0o200;

/** Undefined if VS Code reports a link without its target, as for remote files or in a browser. */
export async function resolveRealPath(uri: Uri): Promise<string | undefined> {
  const { realpath } = await loadNodeFs();
  // An untitled document may have a target path.
  const isLocal = uri.scheme === 'file' || uri.scheme === 'untitled';
  if (realpath !== undefined && isLocal) return resolveLinks(realpath, uri.fsPath);
  const areLinks = await Promise.all(workspaceSegments(uri).map(isSymbolicLink));
  return areLinks.includes(true) ? undefined : uri.path;
}

/** Local files are read through Node: workspace.fs delays every command by 5 ms or more (VS Code 1.139). */
export async function getFileType(uri: Uri): Promise<FileType | undefined> {
  const { lstat, realpath } = await loadNodeFs();
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

/** Undefined if the file does not exist. @throws FileSystemError */
export async function statFile(uri: Uri): Promise<FileStat | undefined> {
  const readDisk = async (disk: NodeFs, path: string) => toFileFacts(await disk.stat(path));
  return tryDiskFirst(uri, readDisk, async () => {
    const { size, mtime } = await workspace.fs.stat(uri);
    return { size, mtime };
  });
}

/** Whether a local file is write-protected by its owner. */
export async function isLocked(file: Uri): Promise<boolean> {
  const { stat } = await import('node:fs/promises');
  try {
    return ((await stat(file.fsPath)).mode & OWNER_WRITE) === 0;
  } catch {
    return false;
  }
}

/** Undefined if the file does not exist. @throws FileSystemError */
export async function readFileBytes(uri: Uri): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const readDisk = async (disk: NodeFs, path: string) => toPlainBytes(await disk.readFile(path));
  // VS Code's type does not specify the underlying buffer.
  return tryDiskFirst(uri, readDisk, async () => (await workspace.fs.readFile(uri)) as Uint8Array<ArrayBuffer>);
}

/** Excludes symbolic links. Undefined if the folder does not exist. @throws FileSystemError */
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

/** Creates the file's folder for the user only. False where VS Code can only write whole files. */
export async function appendToLocalFile(uri: Uri, text: string): Promise<boolean> {
  const { appendFile, mkdir } = await loadNodeFs();
  if (appendFile === undefined || mkdir === undefined || uri.scheme !== 'file') return false;
  await mkdir(Uri.joinPath(uri, '..').fsPath, { recursive: true, mode: 0o700 });
  await appendFile(uri.fsPath, text);
  return true;
}

type NodeFs = typeof import('node:fs/promises');

/** Empty in a browser. */
function loadNodeFs(): Promise<Partial<NodeFs>> {
  return import('node:fs/promises');
}

async function tryDiskFirst<Result>(
  uri: Uri,
  readDisk: (disk: NodeFs, path: string) => Promise<Result>,
  readWithVsCode: () => Promise<Result>,
): Promise<Result | undefined> {
  const disk = await loadNodeFs();
  try {
    if (disk.stat !== undefined && uri.scheme === 'file') return await readDisk(disk as NodeFs, uri.fsPath);
  } catch (thrown) {
    if ((thrown as { readonly code?: unknown }).code === 'ENOENT') return undefined;
    // Fall back to VS Code, which throws the FileSystemErrors that callers expect.
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

// Reading a plain Uint8Array is faster than reading a Buffer.
function toPlainBytes({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, length);
}

function toFileType(entry: { isFile(): boolean; isDirectory(): boolean }): FileType {
  if (entry.isFile()) return FileType.File;
  return entry.isDirectory() ? FileType.Directory : FileType.Unknown;
}

// The file of an untitled document does not exist yet, but its folder may be behind a link.
async function resolveLinks(realpath: (path: string) => Promise<string>, path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const [, folder, name] = /^(.+)[\\/]([^\\/]+)$/.exec(path) ?? [];
    return folder === undefined || name === undefined ? path : `${await resolveLinks(realpath, folder)}/${name}`;
  }
}

// A repository can only contain links below the workspace folder. Links above it are the user's own.
function workspaceSegments(uri: Uri): readonly Uri[] {
  const folder = workspace.getWorkspaceFolder(uri);
  if (folder === undefined) return [uri];
  const names = uri.path.slice(folder.uri.path.length).split('/').filter(Boolean);
  return names.map((_, index) => Uri.joinPath(folder.uri, ...names.slice(0, index + 1)));
}

async function isSymbolicLink(uri: Uri): Promise<boolean> {
  // If the path does not exist, the document is virtual or unsaved.
  return (((await getFileType(uri)) ?? FileType.Unknown) & FileType.SymbolicLink) !== 0;
}
