import { FileType, RelativePattern, Uri, type WorkspaceFolder, workspace } from 'vscode';
import { getHomeFolder } from '../platform/environment';
import { getFileType } from '../platform/fileSystem';
import type { PromptFolderSettings } from '../settings/configuration';
import { decodeUtf8 } from '../util/decodeUtf8';
import { isSharedPromptFile, parsePromptFolder } from './common/promptFolder';
import {
  isPromptId,
  PROMPT_SUFFIX,
  type PromptEntry,
  type PromptSource,
  promptIdFromFileName,
} from './common/promptLibrary';
import { MAX_PROMPT_LENGTH, type PromptProblem } from './common/promptProblem';

export interface PromptSourceFolder {
  readonly source: PromptSource;
  readonly uri: Uri;
  /** Absent for folders of the user. */
  readonly workspaceLocation?: {
    readonly folder: WorkspaceFolder;
    /** The paths of the parent folders and of the folder itself. */
    readonly paths: readonly string[];
  };
}

// The rest, in alphabetical order, is ignored.
const MAX_FILES = 500;

/** Folders in merge order: the user's, then the workspace's if it is trusted, ending with that of the document. */
export function resolvePromptFolders(
  userFolder: Uri,
  settings: PromptFolderSettings,
  resource: Uri | undefined,
): PromptSourceFolder[] {
  const home = getHomeFolder();
  const parseFolders = (texts: readonly string[]) => texts.flatMap((text) => parsePromptFolder(text, home) ?? []);
  const configuredUserFolders = parseFolders(settings.user).flatMap((folder) =>
    folder.kind === 'absolute' ? [Uri.file(folder.path)] : [],
  );
  const resourceFolder = resource === undefined ? undefined : workspace.getWorkspaceFolder(resource);
  const workspaceFolders = workspace.isTrusted ? (workspace.workspaceFolders ?? []) : [];
  const orderedFolders = [...workspaceFolders]
    .reverse()
    .sort((left, right) => Number(left === resourceFolder) - Number(right === resourceFolder));
  return [
    ...[...configuredUserFolders].reverse().map((uri): PromptSourceFolder => ({ source: 'user', uri })),
    { source: 'user', uri: userFolder },
    // The first folder in the setting takes precedence.
    ...orderedFolders.flatMap((folder) =>
      parseFolders(settings.workspace(folder))
        .reverse()
        .flatMap((promptFolder) => (promptFolder.kind === 'relative' ? resolveIn(folder, promptFolder.segments) : [])),
    ),
  ];
}

function resolveIn(folder: WorkspaceFolder, segments: readonly string[]): PromptSourceFolder {
  const paths = segments.map((_, index) => segments.slice(0, index + 1).join('/'));
  return { source: 'workspace', uri: Uri.joinPath(folder.uri, ...segments), workspaceLocation: { folder, paths } };
}

/** Includes the parent folders, which may be created or deleted as a whole. */
export function createWatchPattern({ uri, workspaceLocation }: PromptSourceFolder): RelativePattern {
  if (workspaceLocation === undefined) return new RelativePattern(uri, `*${PROMPT_SUFFIX}`);
  const escaped = workspaceLocation.paths.map((path) => path.replaceAll(/[*?[\]{},!]/g, '?'));
  return new RelativePattern(workspaceLocation.folder, `{${escaped.join(',')},${escaped.at(-1)}/*${PROMPT_SUFFIX}}`);
}

export async function readFolder(folder: PromptSourceFolder): Promise<PromptEntry[]> {
  if (!(await hasNoSymlinks(folder))) return [];
  try {
    const files = await workspace.fs.readDirectory(folder.uri);
    const ids = files.flatMap(([name, type]) => (isFile(type) ? (promptIdFromFileName(name) ?? []) : []));
    const entries = await Promise.all(
      ids
        .sort()
        .slice(0, MAX_FILES)
        .map((id) => readPrompt(folder, id)),
    );
    return entries.filter((entry) => entry !== undefined);
  } catch {
    return [];
  }
}

export async function readPromptById(folder: PromptSourceFolder, id: string): Promise<PromptEntry | undefined> {
  // Check for the file first: most folders do not have it, and every command looks in all of them.
  if (!isPromptId(id) || (await getFileType(promptFileUri(folder, id))) === undefined) return undefined;
  return (await hasNoSymlinks(folder)) ? readPrompt(folder, id) : undefined;
}

/** A workspace could contain a folder that links to somewhere else, which must not be followed. */
async function hasNoSymlinks({ workspaceLocation }: PromptSourceFolder): Promise<boolean> {
  if (workspaceLocation === undefined) return true;
  const { folder, paths } = workspaceLocation;
  const types = await Promise.all(paths.map((path) => getFileType(Uri.joinPath(folder.uri, path))));
  return types.every((type) => type === FileType.Directory);
}

async function readPrompt(folder: PromptSourceFolder, id: string): Promise<PromptEntry | undefined> {
  const { source } = folder;
  const file = promptFileUri(folder, id);
  const entry = { id, source, file: file.toString() };
  const invalidEntry = (code: PromptProblem['code']): PromptEntry => ({
    ...entry,
    problems: [{ line: 1, column: 1, endColumn: 1, code, severity: 'error' }],
  });
  try {
    const { type, size } = await workspace.fs.stat(file);
    if (!isFile(type)) return undefined;
    if (source === 'workspace' && type !== FileType.File) return invalidEntry('link');
    if (size > MAX_PROMPT_LENGTH) return invalidEntry('tooLarge');
    const text = decodeUtf8(await workspace.fs.readFile(file))?.replace(/^\u{feff}/u, '');
    if (text === undefined) return invalidEntry('encoding');
    // The parser loads the YAML library, which is not needed without prompt files.
    const { parsePromptFile } = await import('./common/promptFile');
    return {
      ...entry,
      ...parsePromptFile(id, text, { isShared: isSharedPromptFile(file.path), isOwn: source === 'user' }),
      text,
    };
  } catch {
    // The file was deleted or renamed, or cannot be read.
    return undefined;
  }
}

function promptFileUri({ uri }: PromptSourceFolder, id: string): Uri {
  return Uri.joinPath(uri, `${id}${PROMPT_SUFFIX}`);
}

function isFile(type: FileType): boolean {
  return (type & FileType.File) !== 0;
}
