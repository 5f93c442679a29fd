import type { Uri } from 'vscode';
import { gitApi } from './gitExtension';

/** The staged changes of a repository, or why there are none to be had. */
export type StagedChanges = { readonly text: string } | { readonly missing: 'git' | 'repository' | 'changes' };

/** Asks the built-in Git extension, which runs git itself. */
export async function stagedChanges(near: Uri): Promise<StagedChanges> {
  const api = await gitApi();
  if (api === undefined) return { missing: 'git' };
  const [only, ...others] = api.repositories;
  const repository = api.getRepository(near) ?? (others.length === 0 ? only : undefined);
  if (repository === undefined) return { missing: 'repository' };
  const text = await repository.diff(true);
  return text.trim() === '' ? { missing: 'changes' } : { text };
}
