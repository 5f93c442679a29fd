/** Runs tasks one at a time, in FIFO order. A failed task rejects only its own promise. */
export class Queue {
  private last: Promise<unknown> = Promise.resolve();

  add<T>(task: () => Promise<T> | T): Promise<T> {
    const result = this.last.then(task);
    this.last = result.catch(() => undefined);
    return result;
  }
}
