import { createDocumentDestination } from '../features/documentDestination';
import { newCellDestination } from '../features/newCellDestination';
import { createReplaceDestination } from '../features/replaceDestination';
import { createStreamedDestination, type StreamedParts } from '../features/streamedDestination';
import { withCells } from '../host/destinationPlace';

/** The destinations that write into documents. */
export function createWriting(parts: StreamedParts) {
  return {
    replace: createReplaceDestination(parts.presenter),
    insert: createStreamedDestination(parts, 'insert'),
    before: createStreamedDestination(parts, 'before'),
    after: withCells(createStreamedDestination(parts, 'after'), newCellDestination),
    document: createDocumentDestination(parts.mark),
  };
}
