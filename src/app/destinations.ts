import { clipboardDestination } from '../destinations/clipboardDestination';
import { lazyDestination } from '../destinations/destination';
import { withNotebookCells } from '../destinations/resolveDestination';
import { IncompleteDecoration } from '../editor/incompleteDecoration';
import { createThreadDestination } from '../threads/threadDestination';
import { type AsyncLazy, asyncLazy } from '../util/lazy';
import type { createReview } from './review';
import type { Register, Services } from './services';

/** Loaded with the first proposal or review command. */
export type LazyReview = AsyncLazy<ReturnType<typeof createReview>>;

// Threads are the most common destination. The others are loaded on first use.
export function createDestinations(
  register: Register,
  { threads, notifier, review }: Services & { readonly review: LazyReview },
) {
  const decoration = register(new IncompleteDecoration());
  const documentDestinations = asyncLazy(async () =>
    (await import('./documentDestinations')).createDocumentDestinations({ decoration, notifier }),
  );
  const traits = { modifiesDocument: true, selectionMode: 'each' } as const;
  const lazyDocumentDestination = (kind: 'replace' | 'insert' | 'before' | 'after') =>
    lazyDestination(traits, async () => (await documentDestinations())[kind]);
  return {
    thread: createThreadDestination(threads, notifier),
    review: {
      ...withNotebookCells(
        lazyDestination(traits, async () => (await review()).review),
        lazyDestination(traits, async () => (await review()).inCells),
      ),
      prepare: () => threads.prepare(),
    },
    replace: lazyDocumentDestination('replace'),
    insert: lazyDocumentDestination('insert'),
    before: lazyDocumentDestination('before'),
    after: lazyDocumentDestination('after'),
    document: lazyDestination(
      { modifiesDocument: false, selectionMode: 'joined' },
      async () => (await documentDestinations()).document,
    ),
    clipboard: clipboardDestination,
  };
}
