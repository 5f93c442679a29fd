import { type Disposable, type TerminalShellExecution, window } from 'vscode';
import { stripControlCharacters } from '../../sanitize/controlCharacterFilter';

/** Characters of one command's output that are kept, from its end: that is where errors are. */
const MOST = 200_000;

/**
 * What the last command in a terminal printed, by shell integration (VS Code 1.93). It listens only from when a prompt
 * was found that asks for it: nobody else has anything of their terminals read.
 */
export class TerminalOutput implements Disposable {
  private subscriptions: Disposable[] = [];
  private readonly reading = new WeakMap<TerminalShellExecution, Promise<string>>();
  private last: Promise<string> | undefined;

  /** Begins to listen, if it does not yet. */
  listen(): void {
    if (this.subscriptions.length > 0) return;
    this.subscriptions = [
      window.onDidStartTerminalShellExecution(({ execution }) => this.reading.set(execution, read(execution))),
      window.onDidEndTerminalShellExecution(({ execution }) => {
        this.last = this.reading.get(execution) ?? this.last;
      }),
    ];
  }

  /** The output of the last command that ended; undefined where none was seen from its start to its end. */
  async lastOutput(): Promise<string | undefined> {
    this.listen();
    return this.last;
  }

  dispose(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
  }
}

async function read(execution: TerminalShellExecution): Promise<string> {
  let text = '';
  try {
    for await (const piece of execution.read()) text = (text + piece).slice(-MOST);
  } catch {
    // The terminal went away: what it printed until then is its output.
  }
  return stripControlCharacters(text.replaceAll('\r\n', '\n')).text.trim();
}
