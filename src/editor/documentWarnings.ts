import type { TextDocument } from 'vscode';
import type { RunWarning } from '../core/runRecord';
import { isFileDeleted } from './documentTracker';

/** What became of the file of a document while an answer was written into it, where the answer is in it all the same. */
export async function getDocumentWarnings(target: {
  readonly document: TextDocument;
  readonly wasRenamed: boolean;
}): Promise<RunWarning[]> {
  const warnings: RunWarning[] = target.wasRenamed ? [{ kind: 'doc.renamed' }] : [];
  if (!target.document.isClosed && (await isFileDeleted(target.document))) warnings.push({ kind: 'doc.deleted' });
  return warnings;
}
