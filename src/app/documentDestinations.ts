import { createDocumentDestination } from '../destinations/documentDestination';
import { newCellDestination } from '../destinations/newCellDestination';
import { createReplaceDestination } from '../destinations/replaceDestination';
import { withNotebookCells } from '../destinations/resolveDestination';
import { createStreamedDestination, type StreamedDestinationServices } from '../destinations/streamedDestination';

export function createDocumentDestinations(services: StreamedDestinationServices) {
  return {
    replace: createReplaceDestination(services.notifier),
    insert: createStreamedDestination(services, 'insert'),
    before: createStreamedDestination(services, 'before'),
    after: withNotebookCells(createStreamedDestination(services, 'after'), newCellDestination),
    document: createDocumentDestination(services.decoration),
  };
}
