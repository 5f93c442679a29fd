import { extensions, l10n, Uri, window, workspace } from 'vscode';
import { QuilletError } from '../core/errors';

/** What of the API of VS Code's Git extension is used (version 1, `extensions/git/src/api/git.d.ts`). */
export interface GitRepository {
  readonly rootUri: Uri;
  /** The box for the commit message. */
  readonly inputBox: { value: string };
  /** The changes as Git prints them: those that are staged, or the others in tracked files. */
  diff(isStaged: boolean): Promise<string>;
}

interface GitApi {
  readonly repositories: readonly GitRepository[];
  getRepository(uri: Uri): GitRepository | null;
}

interface GitExtension {
  getAPI(version: 1): GitApi;
}

/**
 * The API of the Git extension, which runs git itself; undefined without it. In a remote window it may run on the other
 * side, where only extensions of that side can reach it.
 */
export async function getGitApi(): Promise<GitApi | undefined> {
  try {
    const extension = extensions.getExtension<GitExtension>('vscode.git');
    return (await extension?.activate())?.getAPI(1);
  } catch {
    // Git itself may be missing, or switched off in the settings.
    return undefined;
  }
}

/**
 * The repository that a command is about: that of the Source Control view whose button was pressed, else the only one,
 * else the one the user chooses. Undefined when the user went away.
 * @param argument what VS Code passes to a button of Source Control, or anything else.
 * @throws QuilletError `git.missing` without Git, `git.none` without a repository.
 */
export async function findRepository(argument: unknown): Promise<GitRepository | undefined> {
  const repositories = (await getGitApi())?.repositories;
  if (repositories === undefined) throw new QuilletError('git.missing');
  const root = getRootUri(argument);
  if (root !== undefined) {
    const match = repositories.find(({ rootUri }) => rootUri.toString() === root.toString());
    if (match === undefined) throw new QuilletError('git.none');
    return match;
  }
  const [first, ...rest] = repositories;
  if (first === undefined) throw new QuilletError('git.none');
  return rest.length === 0 ? first : pickRepository(repositories);
}

/**
 * What is about to be committed: what is staged, or where nothing is, the changes in tracked files.
 * @throws QuilletError `git.empty` where there is neither.
 */
export async function getCommitDiff(repository: GitRepository): Promise<string> {
  for (const isStaged of [true, false]) {
    const diff = await repository.diff(isStaged);
    if (diff.trim() !== '') return diff;
  }
  throw new QuilletError('git.empty');
}

/** The root of the repository that an argument names, as VS Code passes it to a button of Source Control. */
export function getRootUri(argument: unknown): Uri | undefined {
  const { rootUri } = (argument ?? {}) as { rootUri?: unknown };
  return rootUri instanceof Uri ? rootUri : undefined;
}

async function pickRepository(repositories: readonly GitRepository[]): Promise<GitRepository | undefined> {
  const items = repositories.map((repository) => ({
    label: repository.rootUri.path.split('/').at(-1) ?? '',
    description: workspace.asRelativePath(repository.rootUri),
    repository,
  }));
  return (await window.showQuickPick(items, { placeHolder: l10n.t('Which repository?') }))?.repository;
}
