import type { Disposable } from 'vscode';

/** Owns disposables. Items added after disposal are disposed immediately. */
export class DisposableStore implements Disposable {
  private readonly items = new Set<Disposable>();
  private isDisposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.isDisposed) item.dispose();
    else this.items.add(item);
    return item;
  }

  dispose(): void {
    this.isDisposed = true;
    const failures: unknown[] = [];
    for (const item of this.items) {
      try {
        item.dispose();
      } catch (failure) {
        failures.push(failure);
      }
    }
    this.items.clear();
    if (failures.length > 0) throw new AggregateError(failures, 'Failed to dispose');
  }
}
