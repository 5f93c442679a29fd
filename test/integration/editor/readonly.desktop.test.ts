import * as assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { answerText } from '../support/modelServer';
import { run, ui, useQuillet } from '../support/quillet';
import { setUserSetting } from '../support/settings';
import { openFile, select } from '../support/workspace';

describe('a write-protected file [D14]', () => {
  useQuillet();

  for (const [isOn, title] of [
    [true, 'is read-only with files.readonlyFromPermissions'],
    [false, 'can be edited otherwise, as in VS Code'],
  ] as const) {
    it(`${title} [D14]`, async () => {
      const editor = await openFile('let one = 1;\n');
      await editor.document.save();
      await chmod(editor.document.uri.fsPath, 0o444);
      await setUserSetting('files.readonlyFromPermissions', isOn);
      await select(editor, 'let one = 1;');
      await answerText('// fine');
      await run('quillet.insert');
      await setUserSetting('files.readonlyFromPermissions', undefined);
      await chmod(editor.document.uri.fsPath, 0o644);
      assert.deepEqual(ui.texts, isOn ? ['This document is read-only, so nothing was written.'] : []);
      assert.equal(editor.document.getText().includes('// fine'), !isOn);
    });
  }
});
