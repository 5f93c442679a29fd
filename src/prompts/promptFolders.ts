import { FileType, RelativePattern, Uri, type WorkspaceFolder, workspace } from 'vscode';
import { getHomeFolder } from '../platform/environment';
import { getFileType } from '../platform/fileSystem';
import type { PromptFolderSettings } from '../settings/configuration';
import { isSharedFile, type PromptFolder, readPromptFolder } from './common/promptFolder';
import { isPromptId, PROMPT_SUFFIX, type PromptEntry, type PromptSource, promptIdOf } from './common/promptLibrary';
import type { PromptProblem } from './common/promptProblem';

/** A folder that may hold prompt files. */
export interface PromptSourceFolder {
  readonly source: PromptSource;
  readonly uri: Uri;
  /** The workspace folder that it lies in, and by which path; a folder of the user's own has none. */
  readonly within?: { readonly folder: WorkspaceFolder; readonly segments: readonly string[] };
}

const BYTES = 64 * 1024;
/** More files than anybody picks from; what comes behind them in the alphabet is left alone. */
const MOST_FILES = 500;

/**
 * The folders in the order in which they are merged, the last one strongest: the user's, then those of the workspace with
 * the folder of the document at the end. In a workspace that is not trusted there are none of it (R7).
 */
export function promptFolders(own: Uri, settings: PromptFolderSettings, near: Uri | undefined): PromptSourceFolder[] {
  const home = getHomeFolder();
  const read = (texts: readonly string[]) => texts.flatMap((text) => readPromptFolder(text, home) ?? []);
  const users = read(settings.user).flatMap((folder) => (folder.kind === 'absolute' ? [Uri.file(folder.path)] : []));
  const nearest = near === undefined ? undefined : workspace.getWorkspaceFolder(near);
  const all = workspace.isTrusted ? (workspace.workspaceFolders ?? []) : [];
  const ordered = [...all].reverse().sort((left, right) => Number(left === nearest) - Number(right === nearest));
  return [
    ...[...users].reverse().map((uri): PromptSourceFolder => ({ source: 'user', uri })),
    { source: 'user', uri: own },
    // Of several folders the one that is named first wins.
    ...ordered.flatMap((folder) => read(settings.workspace(folder)).reverse().flatMap(placedIn(folder))),
  ];
}

function placedIn(folder: WorkspaceFolder): (place: PromptFolder) => PromptSourceFolder[] {
  return (place) => {
    if (place.kind === 'absolute') return [];
    const { segments } = place;
    return [{ source: 'workspace', uri: Uri.joinPath(folder.uri, ...segments), within: { folder, segments } }];
  };
}

/** What to watch to hear of changes in a folder: it and the folders above it, which may come and go as a whole. */
export function watchedPattern({ uri, within }: PromptSourceFolder): RelativePattern {
  if (within === undefined) return new RelativePattern(uri, `*${PROMPT_SUFFIX}`);
  const paths = within.segments.map((_, index) => within.segments.slice(0, index + 1).join('/'));
  const escaped = paths.map((path) => path.replaceAll(/[*?[\]{},!]/g, '?'));
  return new RelativePattern(within.folder, `{${escaped.join(',')},${escaped.at(-1)}/*${PROMPT_SUFFIX}}`);
}

/** Every prompt file in a folder, read. A folder that is not there has none. */
export async function readFolder(folder: PromptSourceFolder): Promise<PromptEntry[]> {
  if (!(await isOwnFolder(folder))) return [];
  try {
    const names = (await workspace.fs.readDirectory(folder.uri))
      .filter(([name, type]) => isFile(type) && promptIdOf(name) !== undefined)
      .map(([name]) => name)
      .sort()
      .slice(0, MOST_FILES);
    const entries = await Promise.all(names.map((name) => readPrompt(folder, promptIdOf(name) ?? '')));
    return entries.filter((entry) => entry !== undefined);
  } catch {
    return [];
  }
}

/** The one prompt of that id in a folder, where there is one. */
export async function readOne(folder: PromptSourceFolder, id: string): Promise<PromptEntry | undefined> {
  // There hardly ever is one, and every command looks for it: that is one question for each folder.
  if (!isPromptId(id) || (await getFileType(fileOf(folder, id))) === undefined) return undefined;
  return (await isOwnFolder(folder)) ? readPrompt(folder, id) : undefined;
}

/** A workspace could bring a folder that is a link to somewhere else: it is not followed (R28, U19). */
async function isOwnFolder({ within }: PromptSourceFolder): Promise<boolean> {
  if (within === undefined) return true;
  const chain = within.segments.map((_, index) =>
    Uri.joinPath(within.folder.uri, ...within.segments.slice(0, index + 1)),
  );
  const types = await Promise.all(chain.map(getFileType));
  return types.every((type) => type === FileType.Directory);
}

async function readPrompt(folder: PromptSourceFolder, id: string): Promise<PromptEntry | undefined> {
  const { source } = folder;
  const file = fileOf(folder, id);
  const entry = { id, source, file: file.toString() };
  const refused = (code: PromptProblem['code']): PromptEntry => ({
    ...entry,
    problems: [{ line: 1, column: 1, endColumn: 1, code, severity: 'error' }],
  });
  try {
    const { type, size } = await workspace.fs.stat(file);
    if (!isFile(type)) return undefined;
    if (source === 'workspace' && type !== FileType.File) return refused('link');
    if (size > BYTES) return refused('tooLarge');
    const text = decode(await workspace.fs.readFile(file));
    if (text === undefined) return refused('encoding');
    // The parser brings a YAML library along, which nobody needs who has no prompt files.
    const { parsePromptFile } = await import('./common/promptFile');
    return { ...entry, ...parsePromptFile(id, text, { isShared: isSharedFile(file.path) }), text };
  } catch {
    // It was deleted or renamed meanwhile, or cannot be read: then there is no such prompt.
    return undefined;
  }
}

function fileOf({ uri }: PromptSourceFolder, id: string): Uri {
  return Uri.joinPath(uri, `${id}${PROMPT_SUFFIX}`);
}

function isFile(type: FileType): boolean {
  return (type & FileType.File) !== 0;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
