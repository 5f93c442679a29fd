import { Uri, workspace } from 'vscode';
import { restrictToOwner } from '../platform/fileSystem';
import { HISTORY_LIMITS, type LoggedRequest } from '../runs/common/requestHistory';
import { deserializeRequest, serializeRequest } from './common/savedRequest';

const DAY_MS = 86_400_000;
/** Digits of a timestamp in milliseconds until the year 2286. */
const TIME_DIGITS = 13;

/** The folder of saved requests, shared by all windows. Each file is written once; any window may delete it. */
export class RequestArchive {
  private readonly folder: Uri;
  private readonly windowId = Array.from(crypto.getRandomValues(new Uint32Array(4)), (value) =>
    value.toString(16),
  ).join('');

  constructor(
    storage: Uri,
    private readonly redact: (text: string) => string,
  ) {
    this.folder = Uri.joinPath(storage, 'requests');
  }

  async write(request: LoggedRequest, days: number): Promise<void> {
    const bytes = serializeRequest(request, this.redact);
    if (bytes === undefined) return;
    await workspace.fs.createDirectory(this.folder);
    await restrictToOwner(this.folder);
    const name = `${String(request.sentAt).padStart(TIME_DIGITS, '0')}.${this.windowId}.${request.id}.json`;
    await workspace.fs.writeFile(this.getUri(name), bytes);
    await this.prune(days);
  }

  /** Returns the requests of other windows, newest first, with negative IDs that no run has. */
  async load(days: number): Promise<readonly LoggedRequest[]> {
    const requests: LoggedRequest[] = [];
    for (const [index, name] of (await this.prune(days)).entries()) {
      if (name.includes(this.windowId)) continue;
      // Another window may have just deleted the file.
      const bytes = await Promise.resolve(workspace.fs.readFile(this.getUri(name))).catch(() => undefined);
      const request = bytes === undefined ? undefined : deserializeRequest(bytes, -1 - index);
      if (request !== undefined) requests.push(request);
    }
    return requests;
  }

  async clear(): Promise<void> {
    for (const name of await this.listNames()) await this.delete(name);
  }

  /** Deletes old and surplus files. Returns the remaining names, newest first. */
  private async prune(days: number): Promise<readonly string[]> {
    const oldest = Date.now() - days * DAY_MS;
    const names = (await this.listNames()).sort().toReversed();
    const keptNames = names
      .filter((name) => Number(name.slice(0, TIME_DIGITS)) >= oldest)
      .slice(0, HISTORY_LIMITS.maxRequests);
    for (const name of names) if (!keptNames.includes(name)) await this.delete(name);
    return keptNames;
  }

  private async listNames(): Promise<string[]> {
    const entries = await Promise.resolve(workspace.fs.readDirectory(this.folder)).catch(() => []);
    return entries.flatMap(([name]) => (/^\d{13}\.[0-9a-f]+\.\d+\.json$/.test(name) ? [name] : []));
  }

  private async delete(name: string): Promise<void> {
    // Fails if another window was faster.
    await Promise.resolve(workspace.fs.delete(this.getUri(name), { useTrash: false })).catch(() => undefined);
  }

  private getUri(name: string): Uri {
    return Uri.joinPath(this.folder, name);
  }
}
