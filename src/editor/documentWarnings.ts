import type { TextDocument } from 'vscode';
import type { RunWarning } from '../core/runRecord';
import { isDeleted } from './documentTracker';

/** What became of the file of a document while an answer was written into it, where the answer is in it all the same. */
export async function documentWarnings(place: {
  readonly document: TextDocument;
  readonly wasRenamed: boolean;
}): Promise<RunWarning[]> {
  const warnings: RunWarning[] = place.wasRenamed ? [{ kind: 'doc.renamed' }] : [];
  if (!place.document.isClosed && (await isDeleted(place.document))) warnings.push({ kind: 'doc.deleted' });
  return warnings;
}
