import * as assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import process from 'node:process';
import * as vscode from 'vscode';
import { Log } from '../../../src/platform/log';
import { RequestRetention } from '../../../src/requests/requestRetention';
import { Redactor } from '../../../src/sanitize/redactor';
import { Configuration } from '../../../src/settings/configuration';
import { loggedRequest } from '../../support/loggedRequests';
import { inWorkspace } from '../support/workspace';

describe('Saved requests on the desktop', () => {
  it('are in a folder that only the owner can read', async () => {
    const settings = new Configuration(() => undefined);
    const redactor = new Redactor();
    const storage = inWorkspace('archiveRights');
    const memento = { get: () => undefined, update: async () => undefined };
    const changed = new vscode.EventEmitter<void>();
    const read = () => ({ ...settings.read(), keepRequestDays: 1 });
    await new RequestRetention({
      storage,
      settings: { read, onDidChange: changed.event },
      redactor,
      log: new Log(redactor),
      memento,
    }).retain(loggedRequest(1, Date.now()));
    settings.dispose();
    const { mode } = await stat(vscode.Uri.joinPath(storage, 'requests').fsPath);
    // Windows has no such permission bits.
    assert.equal(mode & 0o077, process.platform === 'win32' ? mode & 0o077 : 0);
  });
});
