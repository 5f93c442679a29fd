import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

describe('the commands', () => {
  it('are the ones that the manifest declares, no more and no fewer', async () => {
    const extension = vscode.extensions.getExtension('quillet.quillet');
    assert.ok(extension);
    await extension.activate();
    const manifest = extension.packageJSON as Manifest;
    const declared = manifest.contributes.commands.map(({ command }) => command);
    const registered = (await vscode.commands.getCommands(true)).filter((command) => /^quillet\.\w+$/.test(command));
    assert.deepEqual(registered.sort(), declared.sort());
  });
});
