import { extensions, l10n, Uri, window, workspace } from 'vscode';
import { QuilletError } from '../core/errors';

/** The used part of the API of VS Code's Git extension (version 1, `extensions/git/src/api/git.d.ts`). */
export interface GitRepository {
  readonly rootUri: Uri;
  readonly inputBox: { value: string };
  /** Staged changes, or unstaged changes of tracked files. */
  diff(isStaged: boolean): Promise<string>;
}

interface GitApi {
  readonly repositories: readonly GitRepository[];
  getRepository(uri: Uri): GitRepository | null;
}

interface GitExtension {
  getAPI(version: 1): GitApi;
}

/** In a remote window, the Git extension may run in another extension host, where its API is unreachable. */
export async function getGitApi(): Promise<GitApi | undefined> {
  try {
    const extension = extensions.getExtension<GitExtension>('vscode.git');
    return (await extension?.activate())?.getAPI(1);
  } catch {
    return undefined;
  }
}

/** The repository of the Source Control view that passed the argument, or else the only one, or the user's choice. */
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

/** The staged changes, or else the changes of tracked files. */
export async function getCommitDiff(repository: GitRepository): Promise<string> {
  for (const isStaged of [true, false]) {
    const diff = await repository.diff(isStaged);
    if (diff.trim() !== '') return diff;
  }
  throw new QuilletError('git.empty');
}

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
  return (await window.showQuickPick(items, { placeHolder: l10n.t('Choose a repository') }))?.repository;
}
