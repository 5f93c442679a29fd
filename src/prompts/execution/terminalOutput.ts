import { type Disposable, type TerminalShellExecution, window } from 'vscode';
import { stripControlCharacters } from '../../sanitize/controlCharacterFilter';

// Per command, from the end, where errors are.
const MAX_OUTPUT_LENGTH = 200_000;

/** The last command's output, through shell integration. Listens only once a prompt uses `${terminal}`. */
export class TerminalOutput implements Disposable {
  private subscriptions: Disposable[] = [];
  private readonly outputs = new WeakMap<TerminalShellExecution, Promise<string>>();
  private latestOutput: Promise<string> | undefined;

  listen(): void {
    if (this.subscriptions.length > 0) return;
    this.subscriptions = [
      window.onDidStartTerminalShellExecution(({ execution }) => this.outputs.set(execution, readOutput(execution))),
      window.onDidEndTerminalShellExecution(({ execution }) => {
        this.latestOutput = this.outputs.get(execution) ?? this.latestOutput;
      }),
    ];
  }

  async lastOutput(): Promise<string | undefined> {
    this.listen();
    return this.latestOutput;
  }

  dispose(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
  }
}

async function readOutput(execution: TerminalShellExecution): Promise<string> {
  let text = '';
  try {
    for await (const chunk of execution.read()) text = (text + chunk).slice(-MAX_OUTPUT_LENGTH);
  } catch {
    // The terminal was closed. Keep what it printed until then.
  }
  return stripControlCharacters(text.replaceAll('\r\n', '\n')).text.trim();
}
