import { type Later, later } from '../core/later';
import { clipboardDestination } from '../features/clipboardDestination';
import { createThreadDestination } from '../features/threadDestination';
import { destinationLater } from '../host/destination';
import { withCells } from '../host/destinationPlace';
import { IncompleteMark } from '../host/incompleteMark';
import type { createReviewing } from './reviewing';
import type { Own, Surfaces } from './surfaces';

/** Reviews come with the first proposal, and with the commands on them. */
export type Reviewing = Later<ReturnType<typeof createReviewing>>;

/** Threads are what most answers come in; what writes is loaded with the first answer that is to be written. */
export function createDestinations(
  own: Own,
  { threads, presenter, reviewing }: Surfaces & { readonly reviewing: Reviewing },
) {
  const mark = own(new IncompleteMark());
  const writing = later(async () => (await import('./writing')).createWriting({ mark, presenter }));
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
