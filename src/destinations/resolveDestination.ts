import { l10n, type TextDocument, window } from 'vscode';
import type { DestinationKind } from '../core/destinationKind';
import { isCell } from '../editor/notebookCells';
import { resolveRealPath } from '../platform/fileSystem';
import { areCommentsHidden } from '../settings/configuration';
import { isSensitivePath } from './common/sensitivePaths';
import type { Destination } from './destination';

/**
 * Where an answer can really go in this document. Threads are not drawn in notebook cells (vscode-facts 1), nor where the
 * user hides comments: there the answer goes into a document beside.
 */
export function resolveDestination(document: TextDocument, kind: DestinationKind): DestinationKind {
  return kind === 'thread' && (isCell(document) || areCommentsHidden()) ? 'document' : kind;
}

/**
 * Where an answer goes in a file that decides what a machine runs, whatever name it was opened by: it is shown first, and
 * written when the user accepts it (R36). What would stand on lines of its own is opened beside: a proposal there would take
 * the selection's place.
 */
export async function protectSensitiveFile({ uri }: TextDocument, kind: DestinationKind): Promise<DestinationKind> {
  const writes = kind === 'insert' || kind === 'replace' || kind === 'before' || kind === 'after';
  if (!writes) return kind;
  const path = isSensitivePath(uri.path) ? uri.path : await resolveRealPath(uri);
  if (path !== undefined && !isSensitivePath(path)) return kind;
  const opensBeside = kind === 'before' || kind === 'after';
  window.setStatusBarMessage(redirectReason(uri.path, path, opensBeside), 10_000);
  return opensBeside ? 'document' : 'review';
}

/** @param realPath Where the file really lies, unless nobody knows. */
function redirectReason(path: string, realPath: string | undefined, opensBeside: boolean): string {
  const name = path.split('/').at(-1) ?? '';
  if (realPath === undefined) {
    return opensBeside
      ? l10n.t('Quillet: {0} is behind a link that may lead anywhere, so the answer opens beside it', name)
      : l10n.t('Quillet: {0} is behind a link that may lead anywhere, so the answer is proposed first', name);
  }
  return opensBeside
    ? l10n.t('Quillet: {0} can decide what is run here, so the answer opens beside it', name)
    : l10n.t('Quillet: {0} can decide what is run here, so the answer is proposed first', name);
}

/** A destination that is another one in notebook cells. The calls of one start are of one document. */
export function withNotebookCells(inDocuments: Destination, inCells: Destination): Destination {
  const { writes, several } = inDocuments;
  return {
    writes,
    several,
    async start(calls) {
      const isInCell = calls.some(({ target }) => isCell(target.document));
      await (isInCell ? inCells : inDocuments).start(calls);
    },
  };
}
