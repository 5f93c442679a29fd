import type { TextDocument } from 'vscode';
import type { RunWarning } from '../core/runRecord';
import { isFileDeleted } from './documentTracker';

export async function getDocumentWarnings(target: {
  readonly document: TextDocument;
  readonly wasRenamed: boolean;
}): Promise<RunWarning[]> {
  const warnings: RunWarning[] = target.wasRenamed ? [{ kind: 'doc.renamed' }] : [];
  if (!target.document.isClosed && (await isFileDeleted(target.document))) warnings.push({ kind: 'doc.deleted' });
  return warnings;
}
