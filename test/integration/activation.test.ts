import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the extension in its host', () => {
  it('is found and activates', async () => {
    const extension = vscode.extensions.getExtension('quillet.quillet');
    assert.ok(extension);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
