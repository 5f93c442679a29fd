import { l10n, type TextDocument, window } from 'vscode';
import type { DestinationKind } from '../core/destinationKind';
import { isCell } from '../editor/notebookCells';
import { realPath } from '../platform/fileSystem';
import { areCommentsHidden } from '../settings/configuration';
import { isSensitiveTarget } from './common/sensitivePaths';
import type { Destination } from './destination';

/**
 * Where an answer can really go in this document. Threads are not drawn in notebook cells (vscode-facts 1), nor where the
 * user hides comments: there the answer goes into a document beside.
 */
export function destinationIn(document: TextDocument, kind: DestinationKind): DestinationKind {
  return kind === 'thread' && (isCell(document) || areCommentsHidden()) ? 'document' : kind;
}

/**
 * Where an answer goes in a file that decides what a machine runs, whatever name it was opened by: it is shown first, and
 * written when the user accepts it (R36). What would stand on lines of its own is opened beside: a proposal there would take
 * the selection's place.
 */
export async function safeDestination({ uri }: TextDocument, kind: DestinationKind): Promise<DestinationKind> {
  const writes = kind === 'insert' || kind === 'replace' || kind === 'before' || kind === 'after';
  if (!writes) return kind;
  const path = isSensitiveTarget(uri.path) ? uri.path : await realPath(uri);
  if (path !== undefined && !isSensitiveTarget(path)) return kind;
  const isBeside = kind === 'before' || kind === 'after';
  window.setStatusBarMessage(reason(uri.path, path, isBeside), 10_000);
  return isBeside ? 'document' : 'review';
}

/** @param target Where the file really lies, unless nobody knows. */
function reason(opened: string, target: string | undefined, isBeside: boolean): string {
  const name = opened.split('/').at(-1) ?? '';
  if (target === undefined) {
    return isBeside
      ? l10n.t('Quillet: {0} is behind a link that may lead anywhere, so the answer opens beside it', name)
      : l10n.t('Quillet: {0} is behind a link that may lead anywhere, so the answer is proposed first', name);
  }
  return isBeside
    ? l10n.t('Quillet: {0} can decide what is run here, so the answer opens beside it', name)
    : l10n.t('Quillet: {0} can decide what is run here, so the answer is proposed first', name);
}

/** A destination that is another one in notebook cells. The calls of one start are of one document. */
export function withCells(elsewhere: Destination, inCells: Destination): Destination {
  const { writes, several } = elsewhere;
  return {
    writes,
    several,
    async start(calls) {
      const isInCell = calls.some(({ target }) => isCell(target.document));
      await (isInCell ? inCells : elsewhere).start(calls);
    },
  };
}
