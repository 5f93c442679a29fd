import { createDocumentDestination } from '../destinations/documentDestination';
import { newCellDestination } from '../destinations/newCellDestination';
import { createReplaceDestination } from '../destinations/replaceDestination';
import { withCells } from '../destinations/resolveDestination';
import { createStreamedDestination, type StreamedParts } from '../destinations/streamedDestination';

/** The destinations that write into documents. */
export function createDocumentDestinations(services: StreamedParts) {
  return {
    replace: createReplaceDestination(services.notifier),
    insert: createStreamedDestination(services, 'insert'),
    before: createStreamedDestination(services, 'before'),
    after: withCells(createStreamedDestination(services, 'after'), newCellDestination),
    document: createDocumentDestination(services.mark),
  };
}
