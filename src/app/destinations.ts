import { clipboardDestination } from '../destinations/clipboardDestination';
import { destinationLater } from '../destinations/destination';
import { withCells } from '../destinations/resolveDestination';
import { IncompleteMark } from '../editor/incompleteDecoration';
import { createThreadDestination } from '../threads/threadDestination';
import { type AsyncLazy, asyncLazy } from '../util/lazy';
import type { createReviewing } from './review';
import type { Own, Surfaces } from './services';

/** Reviews come with the first proposal, and with the commands on them. */
export type Reviewing = AsyncLazy<ReturnType<typeof createReviewing>>;

/** Threads are what most answers come in; what writes is loaded with the first answer that is to be written. */
export function createDestinations(
  own: Own,
  { threads, presenter, reviewing }: Surfaces & { readonly reviewing: Reviewing },
) {
  const mark = own(new IncompleteMark());
  const writing = asyncLazy(async () => (await import('./documentDestinations')).createWriting({ mark, presenter }));
  const written = { writes: true, several: 'each' } as const;
  const into = (kind: 'replace' | 'insert' | 'before' | 'after') =>
    destinationLater(written, async () => (await writing())[kind]);
  return {
    thread: createThreadDestination(threads, presenter),
    review: withCells(
      destinationLater(written, async () => (await reviewing()).review),
      destinationLater(written, async () => (await reviewing()).inCells),
    ),
    replace: into('replace'),
    insert: into('insert'),
    before: into('before'),
    after: into('after'),
    document: destinationLater({ writes: false, several: 'joined' }, async () => (await writing()).document),
    clipboard: clipboardDestination,
  };
}
