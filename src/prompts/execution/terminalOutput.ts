import { type Disposable, type TerminalShellExecution, window } from 'vscode';
import { stripControlCharacters } from '../../sanitize/controlCharacterFilter';

/** Characters of one command's output that are kept, from its end: that is where errors are. */
const MAX_OUTPUT_LENGTH = 200_000;

/**
 * What the last command in a terminal printed, by shell integration (VS Code 1.93). It listens only from when a prompt
 * was found that asks for it: nobody else has anything of their terminals read.
 */
export class TerminalOutput implements Disposable {
  private subscriptions: Disposable[] = [];
  private readonly outputs = new WeakMap<TerminalShellExecution, Promise<string>>();
  private latestOutput: Promise<string> | undefined;

  /** Begins to listen, if it does not yet. */
  listen(): void {
    if (this.subscriptions.length > 0) return;
    this.subscriptions = [
      window.onDidStartTerminalShellExecution(({ execution }) => this.outputs.set(execution, readOutput(execution))),
      window.onDidEndTerminalShellExecution(({ execution }) => {
        this.latestOutput = this.outputs.get(execution) ?? this.latestOutput;
      }),
    ];
  }

  /** The output of the last command that ended; undefined where none was seen from its start to its end. */
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
    // The terminal went away: what it printed until then is its output.
  }
  return stripControlCharacters(text.replaceAll('\r\n', '\n')).text.trim();
}
