import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { allRequests, chat } from '../support/modelServer';
import { deletePrompts, listedPrompts, openSelected, writePrompt } from '../support/prompts';
import { run, ui, useQuillet } from '../support/quillet';
import { setSettings } from '../support/settings';
import { inWorkspace } from '../support/workspace';

describe('prompt files on disk', () => {
  useQuillet();
  let outside: string;

  before(() => {
    outside = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-links-'));
    fs.writeFileSync(path.join(outside, 'secret.prompt.md'), 'Secret ${selection}');
    fs.writeFileSync(path.join(outside, 'id_rsa'), 'CANARY');
  });
  after(() => fs.rmSync(outside, { recursive: true }));
  afterEach(async () => {
    await deletePrompts();
    for (const name of ['.quillet', 'linked']) fs.rmSync(inWorkspace(name).fsPath, { recursive: true, force: true });
  });

  function link(target: string, name: string): void {
    fs.symlinkSync(target, inWorkspace(`.quillet/prompts/${name}`).fsPath);
  }

  it('are not read through symbolic links in a workspace, and other prompts still work [R28, U16, U19]', async () => {
    await openSelected();
    await writePrompt('good.prompt.md', 'Good ${selection}');
    link(path.join(outside, 'secret.prompt.md'), 'out.prompt.md');
    link(path.join(outside, 'id_rsa'), 'key.prompt.md');
    link(inWorkspace('.quillet/prompts/good.prompt.md').fsPath, 'in.prompt.md');
    link(path.join(outside, 'nothing'), 'dangling.prompt.md');
    link('loop.prompt.md', 'loop.prompt.md');
    link(outside, 'folder.prompt.md');
    await run('quillet.run');
    const reason = 'Workspace prompt files must not be symbolic links.';
    assert.deepEqual(
      listedPrompts().filter((line) => /\.prompt\.md|^good/.test(line)),
      [
        'good | Opens a thread · Workspace | Sends the selection',
        ...['in', 'key', 'out'].map((name) => `$(warning) ${name}.prompt.md:1:1: ${reason} | Workspace`),
      ],
    );
    for (const prompt of ['out', 'key', 'in', 'dangling', 'loop', 'folder']) {
      ui.clear();
      await run('quillet.run', { prompt });
      assert.match(ui.errors[0] ?? '', /^(Can't use this prompt|Can't find the prompt)/, prompt);
    }
    assert.deepEqual(await allRequests(), []);
  });

  it('have deceptive names escaped wherever they are shown [U21]', async () => {
    await openSelected();
    await writePrompt('good.prompt.md', 'Good ${selection}');
    const names = ['line\nbreak', '<img src=x>', 'right\u{202e}left', '$(bug)', `${'x'.repeat(240)}`];
    for (const name of names)
      fs.writeFileSync(inWorkspace(`.quillet/prompts/${name}.prompt.md`).fsPath, 'Hi ${selection}');
    fs.writeFileSync(inWorkspace('.quillet/prompts/bro\nken.prompt.md').fsPath, '');
    await run('quillet.run');
    const shown = ['line\\u{a}break', '<img src=x>', 'right\\u{202e}left', '\\$(bug)', 'x'.repeat(100)];
    const labels = listedPrompts().map((line) => line.split(' | ')[0]);
    assert.deepEqual(
      shown.filter((label) => !labels.includes(label)),
      [],
      labels.join('\n'),
    );
    assert.ok(labels.includes('$(warning) bro\\u{a}ken.prompt.md:1:1: The prompt is empty.'));
    ui.clear();
    await run('quillet.run', { prompt: 'right\u{202e}left' });
    assert.match(ui.texts[0] ?? '', /^Do you want to use the prompt "right\\u\{202e\}left" from this workspace\?/);
    ui.clear();
    await run('quillet.run', { prompt: 'line\nbreak' });
    assert.ok(!(ui.texts[0] ?? '').includes('\n'));
    assert.deepEqual(await allRequests(), []);
  });

  it('are not read from a workspace folder that is a symbolic link [R28, U19]', async () => {
    await openSelected();
    for (const [target, name] of [
      [outside, '.quillet/prompts'],
      [path.dirname(outside), 'linked'],
    ] as const) {
      const uri = inWorkspace(name);
      fs.mkdirSync(path.dirname(uri.fsPath), { recursive: true });
      fs.symlinkSync(target, uri.fsPath);
    }
    await setSettings({ promptFolders: ['.quillet/prompts', `linked/${path.basename(outside)}`] });
    await run('quillet.run');
    assert.ok(!listedPrompts().some((line) => line.includes('secret')));
    ui.clear();
    await run('quillet.run', { prompt: 'secret' });
    assert.deepEqual(ui.errors, ['Can\'t find the prompt "secret".']);
    assert.deepEqual(await allRequests(), []);
  });

  it('are read from a user folder that is a symbolic link', async () => {
    await openSelected();
    const uri = inWorkspace('linked');
    fs.symlinkSync(outside, uri.fsPath);
    await setSettings({ promptFolders: [uri.fsPath] });
    await run('quillet.run');
    assert.ok(listedPrompts().some((line) => line.startsWith('secret | Opens a thread · User')));
    ui.clear();
    await run('quillet.run', { prompt: 'secret' });
    assert.deepEqual(ui.shown, [], 'user prompts need no consent');
    assert.equal((await chat()).json.messages[0]?.content, 'Secret let one = 1;');
  });
});
