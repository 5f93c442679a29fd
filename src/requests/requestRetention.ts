import type { Disposable, Memento, Uri } from 'vscode';
import type { Log } from '../platform/log';
import type { LoggedRequest } from '../runs/common/requestHistory';
import type { Redactor } from '../sanitize/redactor';
import type { Configuration } from '../settings/configuration';
import { asyncLazy } from '../util/lazy';
import { Queue } from '../util/queue';

/** Set while the archive may contain files, so that they are deleted after the setting was turned off. */
const HAS_ARCHIVE_KEY = 'quillet.requestsKept';

export interface RequestRetentionServices {
  readonly storage: Uri;
  readonly settings: Pick<Configuration, 'read' | 'onDidChange'>;
  readonly redactor: Redactor;
  readonly log: Log;
  readonly memento: Pick<Memento, 'get' | 'update'>;
}

/**
 * Saves requests beyond the lifetime of the window if `quillet.keepRequests` is set. Without it, the archive code is
 * not even loaded.
 */
export class RequestRetention implements Disposable {
  private readonly archive = asyncLazy(async () => {
    const { RequestArchive } = await import('./requestArchive');
    const { storage, redactor } = this.services;
    return new RequestArchive(storage, (text) => redactor.redact(text));
  });
  private readonly queue = new Queue();
  private readonly subscription: Disposable;

  constructor(private readonly services: RequestRetentionServices) {
    this.subscription = services.settings.onDidChange(() => {
      if (this.days === 0) void this.clear();
    });
  }

  /** 0 if requests are not saved. */
  get days(): number {
    return this.services.settings.read().keepRequestDays;
  }

  /** Never throws. */
  retain(request: LoggedRequest): Promise<void> {
    if (this.days === 0) return this.clear();
    return this.enqueue(async () => {
      await this.services.memento.update(HAS_ARCHIVE_KEY, true);
      await (await this.archive()).write(request, this.days);
    });
  }

  /** Loads requests saved by other windows and earlier sessions, newest first. Never throws. */
  async load(): Promise<readonly LoggedRequest[]> {
    let requests: readonly LoggedRequest[] = [];
    if (this.days === 0) await this.clear();
    else {
      await this.enqueue(async () => {
        requests = await (await this.archive()).load(this.days);
      });
    }
    return requests;
  }

  /** Deletes the requests saved by all windows. Never throws. */
  async clear(): Promise<void> {
    // While saving is on, other windows may have saved requests, so the flag is not sufficient.
    if (this.days === 0 && this.services.memento.get(HAS_ARCHIVE_KEY) !== true) return;
    await this.enqueue(async () => {
      await (await this.archive()).clear();
      await this.services.memento.update(HAS_ARCHIVE_KEY, undefined);
    });
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private enqueue(task: () => Promise<void>): Promise<void> {
    return this.queue.add(task).catch((failure: unknown) => this.services.log.error('requests', failure));
  }
}
