import type { Range, TextDocument } from 'vscode';
import { clipboardDestination } from '../destinations/clipboardDestination';
import { createDocumentDestination } from '../destinations/documentDestination';
import { newCellDestination } from '../destinations/newCellDestination';
import { createReplaceDestination } from '../destinations/replaceDestination';
import { withNotebookCells } from '../destinations/resolveDestination';
import { createStreamedDestination } from '../destinations/streamedDestination';
import { IncompleteDecoration } from '../editor/incompleteDecoration';
import { createThreadDestination } from '../threads/threadDestination';
import type { createReview } from './review';
import type { Register, Services } from './services';

export function createDestinations(
  register: Register,
  { threads, notifier, reviews, review }: Services & { readonly review: ReturnType<typeof createReview> },
) {
  const decoration = register(new IncompleteDecoration());
  const streaming = { decoration, notifier };
  return {
    thread: createThreadDestination(threads, notifier),
    review: {
      ...withNotebookCells(review.review, review.inCells),
      prepare: () => threads.prepare(),
      confirm: (document: TextDocument, ranges: readonly Range[]) => reviews.confirmReplacing(document, ranges),
    },
    replace: createReplaceDestination(notifier),
    insert: createStreamedDestination(streaming, 'insert'),
    before: createStreamedDestination(streaming, 'before'),
    after: withNotebookCells(createStreamedDestination(streaming, 'after'), newCellDestination),
    document: createDocumentDestination(decoration),
    clipboard: clipboardDestination,
  };
}
