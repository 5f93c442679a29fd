import assert from 'node:assert/strict';
import fs from 'node:fs';
import vm from 'node:vm';

/** Activates a bundle and records what it uses, e.g. `commands.registerCommand()`, `context.subscriptions`, `require node:fs`. */
function recordActivation(file: string): readonly string[] {
  const uses: string[] = [];
  // The target is a class, so that the proxy can be called and constructed.
  const recorder = (name: string): unknown =>
    new Proxy(class {}, {
      get: (target, key) => {
        if (typeof key === 'symbol' || key === 'prototype') return Reflect.get(target, key);
        return recorder(name === '' ? key : `${name}.${key}`);
      },
      apply: () => {
        uses.push(`${name}()`);
        return { dispose: () => undefined };
      },
      construct: () => {
        uses.push(`new ${name}()`);
        return {};
      },
    });
  const context = new Proxy(
    {},
    {
      get: (_target, key) => {
        uses.push(`context.${String(key)}`);
        return key === 'subscriptions' ? [] : recorder(`context.${String(key)}`);
      },
    },
  );
  const globals = Object.fromEntries(
    ['fetch', 'XMLHttpRequest', 'WebSocket', 'setTimeout', 'setInterval', 'queueMicrotask'].map((name) => [
      name,
      () => void uses.push(`${name}()`),
    ]),
  );
  const module = { exports: {} as { activate(context: unknown): unknown } };
  const require = (name: string): unknown => {
    if (name !== 'vscode') uses.push(`require ${name}`);
    return recorder('');
  };
  vm.runInNewContext(fs.readFileSync(file, 'utf8'), { ...globals, module, exports: module.exports, require });
  module.exports.activate(context);
  return [...new Set(uses)].sort();
}

describe('activation', () => {
  it('sends nothing, reads no secret, setting or file, and starts no timer [R05]', () => {
    const expected = [
      'Disposable.from()',
      'commands.registerCommand()',
      'context.subscriptions',
      // Whether the menu had custom prompts in the last session. VS Code has this value in memory.
      'context.workspaceState',
      'context.workspaceState.get()',
      'languages.registerCodeActionsProvider()',
      // Whether a prompt file is open.
      'window.activeTextEditor.document.uri.path.endsWith()',
      'window.onDidChangeActiveTextEditor()',
      'window.registerWebviewPanelSerializer()',
      'workspace.onDidOpenTextDocument()',
      'workspace.textDocuments.some()',
    ];
    assert.deepEqual(recordActivation('dist/extension.js'), expected);
    assert.deepEqual(recordActivation('dist/web/extension.js'), expected);
  });
});
