import type { Uri } from 'vscode';
import { getGitApi } from './gitExtension';

export type StagedChanges =
  | { readonly diff: string; readonly root: Uri }
  | { readonly missing: 'git' | 'repository' | 'changes' };

export async function getStagedChanges(uri: Uri): Promise<StagedChanges> {
  const api = await getGitApi();
  if (api === undefined) return { missing: 'git' };
  const [first, ...rest] = api.repositories;
  const repository = api.getRepository(uri) ?? (rest.length === 0 ? first : undefined);
  if (repository === undefined) return { missing: 'repository' };
  const diff = await repository.diff(true);
  return diff.trim() === '' ? { missing: 'changes' } : { diff, root: repository.rootUri };
}
