import type { Disposable, Memento, Uri } from 'vscode';
import type { Log } from '../platform/log';
import type { LoggedRequest } from '../runs/common/requestHistory';
import type { Redactor } from '../sanitize/redactor';
import type { Configuration } from '../settings/configuration';
import { asyncLazy } from '../util/lazy';

/** Whether something may lie in the archive: what was kept is deleted although nothing is kept any more. */
const HAS_ARCHIVE_KEY = 'quillet.requestsKept';

export interface RequestRetentionServices {
  /** VS Code's storage for this extension on this machine. */
  readonly storage: Uri;
  readonly settings: Pick<Configuration, 'read' | 'onDidChange'>;
  readonly redactor: Redactor;
  readonly log: Log;
  readonly memento: Pick<Memento, 'get' | 'update'>;
}

/**
 * Requests that outlive their window, where the user wants that (`quillet.keepRequests`). Whoever does not want it, as almost
 * everybody, never loads or looks for anything of it.
 */
export class RequestRetention implements Disposable {
  private readonly archive = asyncLazy(async () => {
    const { RequestArchive } = await import('./requestArchive');
    const { storage, redactor } = this.services;
    return new RequestArchive(storage, (text) => redactor.redact(text));
  });
  /** What is done with the archive is done one after the other. */
  private queue: Promise<unknown> = Promise.resolve();
  private readonly subscription: Disposable;

  constructor(private readonly services: RequestRetentionServices) {
    this.subscription = services.settings.onDidChange(() => {
      if (this.days === 0) void this.clear();
    });
  }

  /** How many days requests are kept; 0 where they are not. */
  get days(): number {
    return this.services.settings.read().keepRequestDays;
  }

  /** Keeps a request that has ended. Never throws; nobody need wait. */
  save(request: LoggedRequest): Promise<void> {
    if (this.days === 0) return this.clear();
    return this.enqueue(async () => {
      await this.services.memento.update(HAS_ARCHIVE_KEY, true);
      await (await this.archive()).save(request, this.days);
    });
  }

  /** What was kept by other windows and in earlier ones, newest first. Never throws. */
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

  /** Deletes what was kept, by all windows. Never throws. */
  async clear(): Promise<void> {
    // Where requests are kept, another window may have kept some that this one does not know of.
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
    const done = this.queue.then(task).catch((failure: unknown) => this.services.log.error('requests', failure));
    this.queue = done;
    return done;
  }
}
