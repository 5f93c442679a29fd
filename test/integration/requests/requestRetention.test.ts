import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Log } from '../../../src/platform/log';
import { RequestRetention } from '../../../src/requests/requestRetention';
import { Redactor } from '../../../src/sanitize/redactor';
import { Configuration } from '../../../src/settings/configuration';
import { loggedRequest } from '../../support/loggedRequests';
import { inWorkspace } from '../support/workspace';

const DAY_MS = 86_400_000;

describe('Saved requests', () => {
  let storages = 0;
  let storage: vscode.Uri;
  let days = 3;
  const changed = new vscode.EventEmitter<void>();
  const state = new Map<string, unknown>();
  /** Shared by all windows. */
  const memento = {
    get: (key: string) => state.get(key),
    update: async (key: string, value: unknown) => void state.set(key, value),
  } as Pick<vscode.Memento, 'get' | 'update'>;
  const windows: RequestRetention[] = [];
  const settings = new Configuration(() => undefined);
  after(() => settings.dispose());
  afterEach(() => {
    for (const window of windows.splice(0)) window.dispose();
  });
  beforeEach(() => {
    storages += 1;
    storage = inWorkspace(`archive${storages}`);
    days = 3;
    state.clear();
  });

  /** Simulates a window. */
  function open(): RequestRetention {
    const redactor = new Redactor();
    const read = () => ({ ...settings.read(), keepRequestDays: days });
    const onDidChange = changed.event;
    const window = new RequestRetention({
      storage,
      settings: { read, onDidChange },
      redactor,
      log: new Log(redactor),
      memento,
    });
    windows.push(window);
    return window;
  }

  async function files(): Promise<string[]> {
    try {
      return (await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(storage, 'requests'))).map(([name]) => name);
    } catch {
      return [];
    }
  }

  const times = async (archive: RequestRetention) => (await archive.load()).map(({ sentAt }) => sentAt);

  it('are not written unless the setting is on [E15]', async () => {
    days = 0;
    await open().retain(loggedRequest(1, Date.now()));
    assert.deepEqual([await files(), await open().load()], [[], []]);
  });

  it('are loaded by other windows, newest first, with unique negative IDs', async () => {
    const now = Date.now();
    const [one, two] = [open(), open()];
    await Promise.all([
      one.retain(loggedRequest(1, now - 2)),
      two.retain(loggedRequest(1, now - 1)),
      one.retain(loggedRequest(2, now)),
    ]);
    assert.deepEqual(
      [await times(one), await times(two), await times(open())],
      [[now - 1], [now, now - 2], [now, now - 1, now - 2]],
    );
    const ids = (await open().load()).map(({ id }) => id);
    assert.ok(ids.every((id) => id < 0) && new Set(ids).size === 3, ids.join());
  });

  it('are limited to 50 and to the configured number of days', async () => {
    const now = Date.now();
    const archive = open();
    await archive.retain(loggedRequest(100, now - 4 * DAY_MS));
    await archive.retain(loggedRequest(101, now - 2 * DAY_MS));
    assert.deepEqual(await times(open()), [now - 2 * DAY_MS]);
    for (let id = 1; id <= 52; id += 1) await archive.retain(loggedRequest(id, now - 100 + id));
    assert.equal((await files()).length, 50);
    assert.equal((await times(open()))[0], now - 48);
  });

  it('are deleted by Forget, when the setting is turned off, or on start without it', async () => {
    const [one, two] = [open(), open()];
    await one.retain(loggedRequest(1, Date.now()));
    await two.clear();
    assert.deepEqual(await files(), []);
    await one.retain(loggedRequest(2, Date.now()));
    days = 0;
    changed.fire();
    await one.load();
    assert.deepEqual(await files(), []);
    days = 3;
    await one.retain(loggedRequest(3, Date.now()));
    days = 0;
    await open().retain(loggedRequest(4, Date.now()));
    assert.deepEqual(await files(), []);
  });

  it('are loaded without damaged or unrelated files, and only their own files are deleted [Q07]', async () => {
    const archive = open();
    await archive.retain(loggedRequest(1, Date.now()));
    const place = (name: string) => vscode.Uri.joinPath(storage, 'requests', name);
    await vscode.workspace.fs.writeFile(place(`${Date.now()}.abc.1.json`), new Uint8Array([123, 1]));
    await vscode.workspace.fs.writeFile(place('notes.txt'), new Uint8Array([1]));
    assert.equal((await open().load()).length, 1);
    await archive.clear();
    assert.deepEqual(await files(), ['notes.txt']);
  });
});
