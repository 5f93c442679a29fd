import type { Uri } from 'vscode';
import { summarizeDiff } from '../text/diffSummary';
import { getGitApi } from './gitExtension';

export type StagedChanges = { readonly text: string } | { readonly missing: 'git' | 'repository' | 'changes' };

export async function getStagedChanges(uri: Uri): Promise<StagedChanges> {
  const api = await getGitApi();
  if (api === undefined) return { missing: 'git' };
  const [first, ...rest] = api.repositories;
  const repository = api.getRepository(uri) ?? (rest.length === 0 ? first : undefined);
  if (repository === undefined) return { missing: 'repository' };
  const text = summarizeDiff(await repository.diff(true), Number.POSITIVE_INFINITY);
  return text.trim() === '' ? { missing: 'changes' } : { text };
}
