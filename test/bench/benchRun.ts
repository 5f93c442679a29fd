import * as vscode from 'vscode';

/** What the runner tells the measurement, through user settings as with the integration tests. */
interface BenchSettings {
  readonly reportUrl: string;
  /** The extensions in the order in which they are activated, as that differs between runs. */
  readonly order: readonly string[];
  readonly requests: number;
}

/** VS Code calls this inside the extension host: activates each extension, then sends requests by each one's command. */
export async function run(): Promise<void> {
  const settings = readSettings();
  const report = (event: object) => fetch(settings.reportUrl, { method: 'POST', body: JSON.stringify(event) });
  const document = await vscode.workspace.openTextDocument({ content: 'let total = 1 + 2;\n', language: 'typescript' });
  const editor = await vscode.window.showTextDocument(document);
  // The host is busy for a while after the window opens, and that would be measured with the first extension.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  // The first activation of a host also pays for what all of them use.
  await vscode.extensions.getExtension('bench.carrier')?.activate();
  for (const id of settings.order) {
    const extension = vscode.extensions.getExtension(id);
    if (extension === undefined) {
      throw new Error(`${id} is not installed.`);
    }
    const start = performance.now();
    await extension.activate();
    await report({ type: 'activation', id, ms: performance.now() - start });
  }
  for (const id of settings.order) {
    const command = commands[id];
    for (let index = 0; command !== undefined && index < settings.requests; index += 1) {
      editor.selection = new vscode.Selection(0, 0, 0, 18);
      const start = performance.timeOrigin + performance.now();
      await vscode.commands.executeCommand(command);
      await report({ type: 'started', id, index, at: start });
      // The answer's thread would be one more to draw for each request that follows.
      if (id === 'quillet.quillet') await vscode.commands.executeCommand('quillet.closeThread');
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }
  await report({ type: 'end' });
}

/** The command of each extension that sends one request. The empty extension has none. */
const commands: Readonly<Record<string, string>> = {
  'quillet.quillet': 'quillet.explain',
  'bench.bare': 'bare.run',
};

function readSettings(): BenchSettings {
  const settings = vscode.workspace.getConfiguration('quilletTest');
  return {
    reportUrl: settings.get('reportUrl', ''),
    order: settings.get<string[]>('order', []),
    requests: settings.get('requests', 0),
  };
}
