import { Queue } from './queue';

/** Runs at most one task at a time and queues at most one more, whose result later calls share. */
export function throttled<T>(task: () => Promise<T>): () => Promise<T> {
  const queue = new Queue();
  let queued: Promise<T> | undefined;
  return () => {
    queued ??= queue.add(() => {
      queued = undefined;
      return task();
    });
    return queued;
  };
}
