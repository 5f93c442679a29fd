import { l10n, type TextDocument, window } from 'vscode';
import type { DestinationKind } from '../core/destinationKind';
import { isCell } from '../editor/notebookCells';
import { resolveRealPath } from '../platform/fileSystem';
import { areCommentsHidden } from '../settings/configuration';
import { isSensitivePath } from './common/sensitivePaths';
import type { Destination } from './destination';

/** In notebook cells, and if the user hides comments, threads aren't shown. */
export function resolveDestination(document: TextDocument, kind: DestinationKind): DestinationKind {
  return kind === 'thread' && (isCell(document) || areCommentsHidden()) ? 'document' : kind;
}

/** A change of a file that can control what runs on the machine is reviewed first, or opened to the side. */
export async function protectSensitiveFile({ uri }: TextDocument, kind: DestinationKind): Promise<DestinationKind> {
  const writes = kind === 'insert' || kind === 'replace' || kind === 'before' || kind === 'after';
  if (!writes) return kind;
  const path = isSensitivePath(uri.path) ? uri.path : await resolveRealPath(uri);
  if (path !== undefined && !isSensitivePath(path)) return kind;
  const opensBeside = kind === 'before' || kind === 'after';
  window.setStatusBarMessage(redirectReason(uri.path, path, opensBeside), 10_000);
  return opensBeside ? 'document' : 'review';
}

function redirectReason(path: string, realPath: string | undefined, opensBeside: boolean): string {
  const name = path.split('/').at(-1) ?? '';
  if (realPath === undefined) {
    return opensBeside
      ? l10n.t("Quillet: Can't tell where {0} links to, so the answer opens to the side", name)
      : l10n.t("Quillet: Can't tell where {0} links to, so you review the change first", name);
  }
  return opensBeside
    ? l10n.t('Quillet: {0} can control what runs on your machine, so the answer opens to the side', name)
    : l10n.t('Quillet: {0} can control what runs on your machine, so you review the change first', name);
}

/** All calls of one start have the same document. */
export function withNotebookCells(inDocuments: Destination, inCells: Destination): Destination {
  const { modifiesDocument, selectionMode } = inDocuments;
  return {
    modifiesDocument,
    selectionMode,
    async start(calls) {
      const isInCell = calls.some(({ target }) => isCell(target.document));
      await (isInCell ? inCells : inDocuments).start(calls);
    },
  };
}
