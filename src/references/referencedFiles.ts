import { FileType, Uri, type WorkspaceFolder, workspace } from 'vscode';
import { QuilletError } from '../core/errors';
import type { FileExclusions } from '../ignore/fileExclusions';
import { getFileType, readFileBytes, resolveRealPath, statFile } from '../platform/fileSystem';
import { detectBinary } from '../sanitize/binaryDetection';
import { readSearchExcludes } from '../settings/configuration';
import type { LineRange } from './common/findReferences';

/** In UTF-16 units, of what is sent. */
const MAX_TEXT_LENGTH = 1_000_000;
/** In bytes, also if only some lines of a file are sent. */
const MAX_FILE_SIZE = 20_000_000;
const MAX_SAME_NAMES = 5;

/**
 * Finds the file of a reference: by its path in a workspace folder, or by a name that only one file has.
 * @throws QuilletError `ref.outside`, `ref.ambiguous`, `ref.missing`
 */
export async function findReferencedFile(label: string, path: string): Promise<Uri> {
  if (isOutside(path)) throw new QuilletError('ref.outside', { subject: label });
  const folders = workspace.workspaceFolders ?? [];
  const atPath = await existingFiles(folders.map(({ uri }) => Uri.joinPath(uri, path)));
  const candidates = atPath.length > 0 ? atPath : await existingFiles(urisWithFolderName(folders, path));
  const matches = candidates.length > 0 ? candidates : await findByName(path);
  const [file, ...rest] = matches;
  if (file === undefined) throw new QuilletError('ref.missing', { subject: label });
  if (rest.length > 0) {
    const paths = matches.map((uri) => workspace.asRelativePath(uri)).sort();
    throw new QuilletError('ref.ambiguous', { subject: label, file: paths.join(', ') });
  }
  return file;
}

function isOutside(path: string): boolean {
  return /^([/~\\]|[a-z]:)/i.test(path) || path.split(/[/\\]/).includes('..');
}

/** In a workspace with several folders, a path may start with the name of one, as VS Code shows it. */
function urisWithFolderName(folders: readonly WorkspaceFolder[], path: string): Uri[] {
  return folders
    .filter(({ name }) => path.startsWith(`${name}/`))
    .map(({ uri, name }) => Uri.joinPath(uri, path.slice(name.length + 1)));
}

async function existingFiles(uris: readonly Uri[]): Promise<Uri[]> {
  const types = await Promise.all(uris.map(getFileType));
  return uris.filter((_, index) => ((types[index] ?? FileType.Unknown) & FileType.File) !== 0);
}

async function findByName(path: string): Promise<readonly Uri[]> {
  if (workspace.workspaceFolders === undefined) {
    const uris = workspace.textDocuments.map(({ uri }) => uri);
    return uris.filter((uri) => uri.scheme === 'file' && uri.path.endsWith(`/${path}`));
  }
  const pattern = `**/${path.replace(/[[\]{}*?]/g, '[$&]')}`;
  return workspace.findFiles(pattern, readSearchExcludes(), MAX_SAME_NAMES);
}

/**
 * Whether a file may be sent. A link counts as itself and as its target.
 * @throws QuilletError `doc.excluded`, or `ref.outside` for a link that leads out of the workspace
 */
export async function requireSendable(label: string, file: Uri, exclusions: Exclusions): Promise<void> {
  await exclusions.requireAllowed(file);
  const folder = workspace.getWorkspaceFolder(file);
  if (folder === undefined) return;
  const [path, folderPath = folder.uri.path] = await Promise.all([resolveRealPath(file), resolveRealPath(folder.uri)]);
  const isInside = path?.startsWith(folderPath) === true && /^[/\\]/.test(path.slice(folderPath.length));
  if (path === undefined || !isInside) throw new QuilletError('ref.outside', { subject: label });
  const segments = path.slice(folderPath.length + 1).split(/[/\\]/);
  await exclusions.requireAllowed(Uri.joinPath(folder.uri, ...segments));
}

type Exclusions = Pick<FileExclusions, 'requireAllowed'>;

export interface ReadOptions {
  readonly exclusions: Exclusions;
  readonly lines?: LineRange;
}

/**
 * The text of a file, as it is in the editor if it is open, or some of its lines.
 * @throws QuilletError `doc.excluded`, `ref.outside`, `ref.toolarge`, `ref.binary`, `ref.empty`, `ref.lines`
 */
export async function readReferencedFile(
  label: string,
  file: Uri,
  { exclusions, lines }: ReadOptions,
): Promise<string> {
  await requireSendable(label, file, exclusions);
  const open = workspace.textDocuments.find(({ uri }) => uri.toString() === file.toString());
  const whole = open?.getText() ?? (await readText(label, file));
  const text = lines === undefined ? whole : selectLines(label, whole, lines);
  if (text.length > MAX_TEXT_LENGTH) throw new QuilletError('ref.toolarge', { subject: label });
  if (detectBinary(text) !== undefined) throw new QuilletError('ref.binary', { subject: label });
  if (text.trim() === '') throw new QuilletError('ref.empty', { subject: label });
  return text;
}

async function readText(label: string, file: Uri): Promise<string> {
  const { size = 0 } = (await statFile(file)) ?? {};
  if (size > MAX_FILE_SIZE) throw new QuilletError('ref.toolarge', { subject: label });
  const bytes = await readFileBytes(file);
  if (bytes === undefined) throw new QuilletError('ref.missing', { subject: label });
  try {
    return await workspace.decode(bytes, { uri: file });
  } catch (cause) {
    throw new QuilletError('ref.binary', { subject: label }, { cause });
  }
}

function selectLines(label: string, text: string, { first, last }: LineRange): string {
  const lines = text.split(/\r?\n/);
  if (first < 1 || last < first || last > lines.length) {
    throw new QuilletError('ref.lines', { subject: label, max: lines.length });
  }
  return lines.slice(first - 1, last).join('\n');
}
