import type { Disposable, Memento, Uri } from 'vscode';
import type { Log } from '../platform/log';
import type { LoggedRequest } from '../runs/common/requestHistory';
import type { Redactor } from '../sanitize/redactor';
import type { SettingsReader } from '../settings/configuration';
import { asyncLazy } from '../util/lazy';

/** Whether something may lie in the archive: what was kept is deleted although nothing is kept any more. */
const MAY_BE_KEPT = 'quillet.requestsKept';

export interface RequestKeepingParts {
  /** VS Code's storage for this extension on this machine. */
  readonly storage: Uri;
  readonly settings: Pick<SettingsReader, 'read' | 'onDidChange'>;
  readonly redactor: Redactor;
  readonly log: Log;
  readonly memento: Pick<Memento, 'get' | 'update'>;
}

/**
 * Requests that outlive their window, where the user wants that (`quillet.keepRequests`). Whoever does not want it, as almost
 * everybody, never loads or looks for anything of it.
 */
export class RequestKeeping implements Disposable {
  private readonly archive = asyncLazy(async () => {
    const { RequestArchive } = await import('./requestArchive');
    const { storage, redactor } = this.parts;
    return new RequestArchive(storage, (text) => redactor.redact(text));
  });
  /** What is done with the archive is done one after the other. */
  private work: Promise<unknown> = Promise.resolve();
  private readonly subscription: Disposable;

  constructor(private readonly parts: RequestKeepingParts) {
    this.subscription = parts.settings.onDidChange(() => {
      if (this.days === 0) void this.clear();
    });
  }

  /** How many days requests are kept; 0 where they are not. */
  get days(): number {
    return this.parts.settings.read().keptRequestDays;
  }

  /** Keeps a request that has ended. Never throws; nobody need wait. */
  keep(request: LoggedRequest): Promise<void> {
    if (this.days === 0) return this.clear();
    return this.inTurn(async () => {
      await this.parts.memento.update(MAY_BE_KEPT, true);
      await (await this.archive()).keep(request, this.days);
    });
  }

  /** What was kept by other windows and in earlier ones, newest first. Never throws. */
  async load(): Promise<readonly LoggedRequest[]> {
    let requests: readonly LoggedRequest[] = [];
    if (this.days === 0) await this.clear();
    else {
      await this.inTurn(async () => {
        requests = await (await this.archive()).load(this.days);
      });
    }
    return requests;
  }

  /** Deletes what was kept, by all windows. Never throws. */
  async clear(): Promise<void> {
    // Where requests are kept, another window may have kept some that this one does not know of.
    if (this.days === 0 && this.parts.memento.get(MAY_BE_KEPT) !== true) return;
    await this.inTurn(async () => {
      await (await this.archive()).clear();
      await this.parts.memento.update(MAY_BE_KEPT, undefined);
    });
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.work.then(work).catch((failure: unknown) => this.parts.log.error('requests', failure));
    this.work = done;
    return done;
  }
}
