import { clipboardDestination } from '../destinations/clipboardDestination';
import { lazyDestination } from '../destinations/destination';
import { withCells } from '../destinations/resolveDestination';
import { IncompleteMark } from '../editor/incompleteDecoration';
import { createThreadDestination } from '../threads/threadDestination';
import { type AsyncLazy, asyncLazy } from '../util/lazy';
import type { createReviewing } from './review';
import type { Register, Services } from './services';

/** Reviews come with the first proposal, and with the commands on them. */
export type Reviewing = AsyncLazy<ReturnType<typeof createReviewing>>;

/** Threads are what most answers come in; what writes is loaded with the first answer that is to be written. */
export function createDestinations(
  register: Register,
  { threads, notifier, reviewing }: Services & { readonly reviewing: Reviewing },
) {
  const mark = register(new IncompleteMark());
  const writing = asyncLazy(async () => (await import('./documentDestinations')).createWriting({ mark, notifier }));
  const written = { writes: true, several: 'each' } as const;
  const into = (kind: 'replace' | 'insert' | 'before' | 'after') =>
    lazyDestination(written, async () => (await writing())[kind]);
  return {
    thread: createThreadDestination(threads, notifier),
    review: withCells(
      lazyDestination(written, async () => (await reviewing()).review),
      lazyDestination(written, async () => (await reviewing()).inCells),
    ),
    replace: into('replace'),
    insert: into('insert'),
    before: into('before'),
    after: into('after'),
    document: lazyDestination({ writes: false, several: 'joined' }, async () => (await writing()).document),
    clipboard: clipboardDestination,
  };
}
