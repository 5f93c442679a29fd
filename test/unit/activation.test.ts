import assert from 'node:assert/strict';
import fs from 'node:fs';
import vm from 'node:vm';

/** What the entry of the extension did, as `commands.registerCommand()`, `context.subscriptions` or `require node:fs`. */
function activate(file: string): readonly string[] {
  const seen: string[] = [];
  // A class can be called and constructed, where a proxy stands in front of it.
  const recorder = (name: string): unknown =>
    new Proxy(class {}, {
      get: (target, key) => {
        if (typeof key === 'symbol' || key === 'prototype') return Reflect.get(target, key);
        return recorder(name === '' ? key : `${name}.${key}`);
      },
      apply: () => {
        seen.push(`${name}()`);
        return { dispose: () => undefined };
      },
      construct: () => {
        seen.push(`new ${name}()`);
        return {};
      },
    });
  const context = new Proxy(
    {},
    {
      get: (_target, key) => {
        seen.push(`context.${String(key)}`);
        return key === 'subscriptions' ? [] : recorder(`context.${String(key)}`);
      },
    },
  );
  const globals = Object.fromEntries(
    ['fetch', 'XMLHttpRequest', 'WebSocket', 'setTimeout', 'setInterval', 'queueMicrotask'].map((name) => [
      name,
      () => void seen.push(`${name}()`),
    ]),
  );
  const module = { exports: {} as { activate(context: unknown): unknown } };
  const require = (name: string): unknown => {
    if (name !== 'vscode') seen.push(`require ${name}`);
    return recorder('');
  };
  vm.runInNewContext(fs.readFileSync(file, 'utf8'), { ...globals, module, exports: module.exports, require });
  module.exports.activate(context);
  return [...new Set(seen)].sort();
}

describe('the start of the extension', () => {
  it('R5: sends nothing, asks for no secret, no setting and no file, and starts no timer', () => {
    const expected = [
      'Disposable.from()',
      'commands.registerCommand()',
      'context.subscriptions',
      // Whether the menu has prompts of the user's, as it was last known: a value that VS Code has in memory.
      'context.workspaceState',
      'context.workspaceState.get()',
      'languages.registerCodeActionsProvider()',
      // Whether a prompt file is open, by its name.
      'window.activeTextEditor.document.uri.path.endsWith()',
      'window.onDidChangeActiveTextEditor()',
      'window.registerWebviewPanelSerializer()',
      'workspace.onDidOpenTextDocument()',
      'workspace.textDocuments.some()',
    ];
    assert.deepEqual(activate('dist/extension.js'), expected);
    assert.deepEqual(activate('dist/web/extension.js'), expected);
  });
});
