import { createDocumentDestination } from '../destinations/documentDestination';
import { newCellDestination } from '../destinations/newCellDestination';
import { createReplaceDestination } from '../destinations/replaceDestination';
import { withCells } from '../destinations/resolveDestination';
import { createStreamedDestination, type StreamedParts } from '../destinations/streamedDestination';

/** The destinations that write into documents. */
export function createWriting(parts: StreamedParts) {
  return {
    replace: createReplaceDestination(parts.notifier),
    insert: createStreamedDestination(parts, 'insert'),
    before: createStreamedDestination(parts, 'before'),
    after: withCells(createStreamedDestination(parts, 'after'), newCellDestination),
    document: createDocumentDestination(parts.mark),
  };
}
