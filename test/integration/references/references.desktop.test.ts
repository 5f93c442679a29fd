import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { answerText, chat, chats } from '../support/modelServer';
import { run, ui, useQuillet } from '../support/quillet';
import { inWorkspace, openFile, select } from '../support/workspace';

describe('References to links', () => {
  useQuillet();

  it('are refused if they lead out of the workspace', async () => {
    const outside = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-references-'));
    const links = ['inside.txt', 'outside.txt', 'outside'].map((name) => inWorkspace(name).fsPath);
    const [inside = '', file = '', folder = ''] = links;
    fs.writeFileSync(path.join(outside, 'secret.txt'), 'CANARY\n');
    fs.writeFileSync(inWorkspace('target.txt').fsPath, 'from the workspace\n');
    fs.symlinkSync(inWorkspace('target.txt').fsPath, inside);
    fs.symlinkSync(path.join(outside, 'secret.txt'), file);
    fs.symlinkSync(outside, folder);
    try {
      await select(await openFile('let one;\n'), 'let one;');
      for (const reference of ['@outside.txt', '@outside/secret.txt']) {
        ui.willType(`Why ${reference}?`);
        await run('quillet.ask');
        assert.equal(ui.texts.at(-1), `${reference} is outside the workspace, so nothing was sent.`);
      }
      fs.writeFileSync(inWorkspace('.aiignore').fsPath, '/target.txt\n');
      ui.willType('Why @inside.txt?');
      await run('quillet.ask');
      assert.equal(ui.texts.at(-1), 'target.txt is excluded by .aiignore, line 1: /target.txt.');
      fs.rmSync(inWorkspace('.aiignore').fsPath);
      assert.deepEqual(await chats(), []);
      await answerText('Fine.');
      ui.willType('Why @inside.txt?');
      await run('quillet.ask');
      assert.match((await chat()).json.messages.at(-1)?.content ?? '', /from the workspace/);
      await vscode.window.showTextDocument(inWorkspace('outside.txt'), { preview: false });
      await select(await openFile('let one;\n'), 'let one;');
      await run('quillet.run', { text: '${openFiles:=none}' });
      assert.doesNotMatch((await chat(1)).json.messages.at(-1)?.content ?? '', /outside|CANARY/);
    } finally {
      for (const link of [...links, inWorkspace('target.txt').fsPath]) fs.rmSync(link);
      fs.rmSync(outside, { recursive: true });
    }
  });
});
