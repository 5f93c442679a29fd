import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import { allRequests } from '../support/modelServer';
import { run, ui, useQuillet } from '../support/quillet';
import { inWorkspace, openFile, select } from '../support/workspace';

describe('ignore files', () => {
  useQuillet();
  const link = () => inWorkspace('.aiignore').fsPath;

  afterEach(() => fs.rmSync(link()));

  for (const [what, target, message] of [
    ['are read through a link', 'rules.txt', / is excluded by \.aiignore, line 1: \*\.ts\.$/],
    ['exclude everything if they are a link to nothing', 'missing.txt', / can't be sent: \.aiignore is unreadable/],
  ] as const) {
    it(what, async () => {
      fs.writeFileSync(inWorkspace('rules.txt').fsPath, '*.ts');
      fs.symlinkSync(inWorkspace(target).fsPath, link());
      await select(await openFile('const one = 1;\n'), 'one');
      await run('quillet.explain');
      assert.equal(ui.texts.length, 1);
      assert.match(ui.texts[0] ?? '', message);
      assert.deepEqual(await allRequests(), []);
    });
  }
});
