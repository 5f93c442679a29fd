import { FileType, l10n, Uri, type WorkspaceFolder, workspace } from 'vscode';
import { type Exclusion, QuilletError } from '../core/errors';
import type { Notifier } from '../notifications/notifier';
import { getFileType, readFileBytes } from '../platform/fileSystem';
import type { Configuration } from '../settings/configuration';
import { splitDiff } from '../text/diffSummary';
import { withoutUndefined } from '../util/withoutUndefined';
import { readDiffPaths } from './common/diffPaths';
import { IgnoreRules, readLines } from './common/ignoreRules';

const IGNORE_FILES = ['.aiignore', '.aiexclude', '.copilotignore', '.cursorignore'];
const MAX_BYTES = 1_000_000;
const MAX_LISTED_FILES = 3;

/** Rules that apply to the files below a folder. Without rules, they can't be applied. */
interface RuleSource {
  readonly name: string;
  readonly file?: Uri;
  readonly folderPath: string;
  readonly rules: IgnoreRules | undefined;
}

/** Undefined if there is no such file. */
type LoadFile = (file: Uri) => Promise<Pick<RuleSource, 'rules'> | undefined>;

/**
 * Applies the ignore files of a workspace and `quillet.ignore`. Each file and each list can only exclude more: a negated
 * rule takes back rules of its own file or list.
 */
export class FileExclusions {
  /** By address of the ignore file. Compiling 10,000 rules takes longer than a request. */
  private readonly compiledFiles = new Map<string, Pick<RuleSource, 'rules'> & { readonly text: string }>();
  private readonly compiledLists = new WeakMap<readonly string[], Pick<RuleSource, 'rules'>>();

  constructor(private readonly services: { readonly settings: Configuration; readonly notifier: Notifier }) {}

  /** The reason why nothing of a document may be sent. Ignore files are read each time. */
  find(uri: Uri): Promise<QuilletError | undefined> {
    return this.findIn(toFileUri(uri), undefined, (file) => this.load(file));
  }

  /** @throws QuilletError `doc.excluded` */
  async requireAllowed(uri: Uri): Promise<void> {
    const error = await this.find(uri);
    if (error !== undefined) throw error;
  }

  async filterAllowed(uris: readonly Uri[]): Promise<readonly Uri[]> {
    const load = this.loadOnce();
    const errors = await Promise.all(uris.map((uri) => this.findIn(toFileUri(uri), undefined, load)));
    return uris.filter((_, index) => errors[index] === undefined);
  }

  /**
   * Removes excluded files from a Git diff, and says so.
   * @throws QuilletError if nothing is left
   */
  async filterDiff(diff: string, root: Uri): Promise<string> {
    const load = this.loadOnce();
    const parts = await Promise.all(
      splitDiff(diff).map(async ({ text }) => ({ text, error: await this.findInDiff(text, root, load) })),
    );
    const kept = parts.filter(({ error }) => error === undefined).map(({ text }) => text);
    const errors = parts.flatMap(({ error }) => error ?? []);
    const [first] = errors;
    if (first === undefined) return diff;
    if (kept.join('').trim() === '') throw first;
    this.services.notifier.informOf(first, describeOmitted(errors));
    return kept.join('\n');
  }

  private async findInDiff(part: string, root: Uri, load: LoadFile): Promise<QuilletError | undefined> {
    const paths = readDiffPaths(part);
    if (paths === undefined) return this.findUnnamed(part, root, load);
    for (const path of paths) {
      const error = await this.findIn(Uri.joinPath(root, path), root, load);
      if (error !== undefined) return new QuilletError(error.kind, { ...error.details, subject: path });
    }
    return undefined;
  }

  /** The output of another diff program may contain any file. */
  private async findUnnamed(part: string, root: Uri, load: LoadFile): Promise<QuilletError | undefined> {
    if (part.replace(/^\* Unmerged path .*$/gm, '').trim() === '') return undefined;
    const [source] = await this.readSources(Uri.joinPath(root, 'file'), root, load);
    return source === undefined ? undefined : createError('', source, {});
  }

  private async findIn(uri: Uri, root: Uri | undefined, load: LoadFile): Promise<QuilletError | undefined> {
    const name = uri.path.split('/').at(-1) ?? '';
    if (this.services.settings.restrictions(findFolder(uri)).isAiDisabled) {
      return createError(name, { name: 'chat.disableAIFeatures' }, {});
    }
    if (!uri.path.startsWith('/')) return undefined;
    for (const source of await this.readSources(uri, root, load)) {
      const match = source.rules?.find(uri.path.slice(source.folderPath.length + 1));
      if (match !== undefined || source.rules === undefined) return createError(name, source, match ?? {});
    }
    return undefined;
  }

  /** From the workspace folder down to the folder of the file. */
  private async readSources(uri: Uri, root: Uri | undefined, load: LoadFile): Promise<readonly RuleSource[]> {
    const folder = findFolder(uri);
    const base = folder?.uri ?? root;
    const basePath = base === undefined ? '' : toFolderPath(base);
    const lists = this.services.settings.restrictions(folder).ignoreLists.map((list) => {
      const compiled = this.compiledLists.get(list) ?? { rules: IgnoreRules.compile(list) };
      this.compiledLists.set(list, compiled);
      return { name: 'quillet.ignore', folderPath: basePath, ...compiled };
    });
    if (base === undefined) return lists;
    const names = uri.path.slice(basePath.length + 1).split('/');
    const files = names.flatMap((_, depth) =>
      IGNORE_FILES.map(async (fileName): Promise<RuleSource[]> => {
        const parents = names.slice(0, depth);
        const file = Uri.joinPath(base, ...parents, fileName);
        const loaded = await load(file);
        const name = [...parents, fileName].join('/');
        return loaded === undefined ? [] : [{ name, file, folderPath: [basePath, ...parents].join('/'), ...loaded }];
      }),
    );
    return [...lists, ...(await Promise.all(files)).flat()];
  }

  /** For many files at once. */
  private loadOnce(): LoadFile {
    const loading = new Map<string, ReturnType<LoadFile>>();
    return (file) => {
      const loaded = loading.get(file.path) ?? this.load(file);
      loading.set(file.path, loaded);
      return loaded;
    };
  }

  private async load(file: Uri): ReturnType<LoadFile> {
    const type = await getFileType(file);
    if (type === undefined || (type & FileType.Directory) !== 0) return undefined;
    const bytes = await readFileBytes(file).catch(() => undefined);
    if (bytes === undefined || bytes.length > MAX_BYTES) return { rules: undefined };
    const lines = readLines(bytes);
    const text = lines.join('\n');
    const known = this.compiledFiles.get(file.toString());
    if (known?.text === text) return known;
    const compiled = { text, rules: IgnoreRules.compile(lines) };
    this.compiledFiles.set(file.toString(), compiled);
    return compiled;
  }
}

/** Other schemes, such as those of diff editors and notebook cells, have the path of the file. */
function toFileUri(uri: Uri): Uri {
  if (uri.scheme !== 'git') return uri.path.startsWith('/') ? Uri.joinPath(uri, '.') : uri;
  const path = /"path":("(?:\\.|[^"\\])*")/.exec(uri.query)?.[1];
  return path === undefined ? uri : Uri.file(JSON.parse(path) as string);
}

function findFolder(uri: Uri): WorkspaceFolder | undefined {
  const isAbove = (folder: WorkspaceFolder) => uri.path.startsWith(`${toFolderPath(folder.uri)}/`);
  const folders = (workspace.workspaceFolders ?? []).filter(isAbove);
  const [nearest] = folders.toSorted((left, right) => right.uri.path.length - left.uri.path.length);
  return workspace.getWorkspaceFolder(uri) ?? nearest;
}

function toFolderPath({ path }: Uri): string {
  return path.replace(/\/$/, '');
}

function createError(
  subject: string,
  { name, file }: Pick<RuleSource, 'name' | 'file'>,
  match: Pick<Exclusion, 'rule' | 'line'>,
): QuilletError {
  const exclusion = { source: name, ...withoutUndefined({ file: file?.toString() }), ...match };
  return new QuilletError('doc.excluded', { subject, exclusion });
}

function describeOmitted(errors: readonly QuilletError[]): string {
  const files = errors.slice(0, MAX_LISTED_FILES).map(({ details: { subject, exclusion } }) => {
    const { source = '', file, line } = exclusion ?? {};
    const name = subject === '' ? l10n.t('text without a file name') : (subject ?? '');
    return file === undefined || line === undefined
      ? l10n.t('{0} ({1})', name, source)
      : l10n.t('{0} ({1}, line {2})', name, source, String(line));
  });
  const more = errors.length - files.length;
  return l10n.t(
    'Left out of the changes: {0}.',
    [...files, ...(more > 0 ? [l10n.t('and {0} more', more)] : [])].join(', '),
  );
}
