import type { Uri } from 'vscode';
import { getGitApi } from './gitExtension';

/** The staged changes of a repository, or why there are none to be had. */
export type StagedChanges = { readonly text: string } | { readonly missing: 'git' | 'repository' | 'changes' };

/** Asks the built-in Git extension, which runs git itself. */
export async function getStagedChanges(uri: Uri): Promise<StagedChanges> {
  const api = await getGitApi();
  if (api === undefined) return { missing: 'git' };
  const [first, ...rest] = api.repositories;
  const repository = api.getRepository(uri) ?? (rest.length === 0 ? first : undefined);
  if (repository === undefined) return { missing: 'repository' };
  const text = await repository.diff(true);
  return text.trim() === '' ? { missing: 'changes' } : { text };
}
