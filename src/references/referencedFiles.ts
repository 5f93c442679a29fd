import { FileType, Uri, type WorkspaceFolder, workspace } from 'vscode';
import { QuilletError } from '../core/errors';
import { getFileType, readFileBytes, resolveRealPath, statFile } from '../platform/fileSystem';
import { detectBinary } from '../sanitize/binaryDetection';
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
  const candidates = await existingFiles(candidateUris(path));
  const matches = candidates.length > 0 ? candidates : await findByName(path);
  const [file, ...rest] = matches;
  if (file === undefined) throw new QuilletError('ref.missing', { subject: label });
  if (rest.length > 0) {
    const paths = matches.map((uri) => workspace.asRelativePath(uri)).sort();
    throw new QuilletError('ref.ambiguous', { subject: label, file: paths.join(', ') });
  }
  if (!(await isInsideWorkspace(file))) throw new QuilletError('ref.outside', { subject: label });
  return file;
}

function isOutside(path: string): boolean {
  return /^([/~\\]|[a-z]:)/i.test(path) || path.split(/[/\\]/).includes('..');
}

/** In a workspace with several folders, a path may start with the name of one, as VS Code shows it. */
function candidateUris(path: string): Uri[] {
  return (workspace.workspaceFolders ?? []).flatMap(({ uri, name }) => [
    Uri.joinPath(uri, path),
    ...(path.startsWith(`${name}/`) ? [Uri.joinPath(uri, path.slice(name.length + 1))] : []),
  ]);
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
  return workspace.findFiles(pattern, undefined, MAX_SAME_NAMES);
}

/** A link in a repository must not lead to the user's other files. */
async function isInsideWorkspace(file: Uri): Promise<boolean> {
  const folder = workspace.getWorkspaceFolder(file);
  if (folder === undefined) return true;
  const [path, folderPath] = await Promise.all([resolveRealPath(file), realFolderPath(folder)]);
  return (
    path !== undefined &&
    (path === folderPath || path.startsWith(`${folderPath}/`) || path.startsWith(`${folderPath}\\`))
  );
}

async function realFolderPath({ uri }: WorkspaceFolder): Promise<string> {
  return (await resolveRealPath(uri)) ?? uri.path;
}

/**
 * The text of a file, as it is in the editor if it is open, or some of its lines.
 * @throws QuilletError `ref.toolarge`, `ref.binary`, `ref.empty`, `ref.lines`
 */
export async function readReferencedFile(label: string, file: Uri, lines?: LineRange): Promise<string> {
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
