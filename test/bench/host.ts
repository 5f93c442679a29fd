import * as vscode from 'vscode';

/** What the runner tells the measurement, through user settings as with the integration tests. */
export interface BenchSettings {
  readonly reportUrl: string;
  readonly part: string;
  /** The extensions in the order in which they are measured, as that differs between runs. */
  readonly order: readonly string[];
  /** How often each thing is done. */
  readonly repeat: number;
  /** How many runs the memory is watched over. */
  readonly memoryRuns: number;
  /** What every answer that takes time ends with. */
  readonly lastToken: string;
}

type Answer =
  | { kind: 'short' }
  | { kind: 'paced'; tokens: number; everyMs: number }
  | { kind: 'flood'; tokens: number };

/** Line 0 of a document that every measurement begins with. */
export const firstLine = 'let total = 1 + 2;';

/** The commands of each extension: one that sends and shows as little as it can, one that writes into the text. */
export const commands: Readonly<Record<string, { readonly ask: string; readonly insert: string }>> = {
  'quillet.quillet': { ask: 'quillet.explain', insert: 'quillet.insert' },
  'bench.bare': { ask: 'bare.run', insert: 'bare.insert' },
};

export function readSettings(): BenchSettings {
  const settings = vscode.workspace.getConfiguration('quilletTest');
  return {
    reportUrl: settings.get('reportUrl', ''),
    part: settings.get('part', 'start'),
    order: settings.get<string[]>('order', []),
    repeat: settings.get('repeat', 0),
    memoryRuns: settings.get('memoryRuns', 0),
    lastToken: settings.get('lastToken', ''),
  };
}

/** Now, in milliseconds that mean the same in every process of this machine. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The runner, as seen from inside VS Code. */
export class Runner {
  constructor(readonly settings: BenchSettings) {}

  started(id: string, index: number, at: number): Promise<unknown> {
    return this.report({ type: 'started', id, index, at });
  }

  sample(name: string, value: number): Promise<unknown> {
    return this.report({ type: 'sample', name, value });
  }

  /** What the next requests are answered with. */
  answerWith(answer: Answer): Promise<unknown> {
    return this.report({ type: 'answer', answer });
  }

  /** When the last token of the last answer left the server. */
  async lastTokenAt(): Promise<number> {
    return (await this.report({ type: 'progress' })).lastTokenAt;
  }

  end(): Promise<unknown> {
    return this.report({ type: 'end' });
  }

  private async report(event: object): Promise<{ lastTokenAt: number }> {
    const response = await fetch(this.settings.reportUrl, { method: 'POST', body: JSON.stringify(event) });
    return (await response.json()) as { lastTokenAt: number };
  }
}

export async function activate(id: string): Promise<void> {
  const extension = vscode.extensions.getExtension(id);
  if (extension === undefined) throw new Error(`${id} is not installed.`);
  await extension.activate();
}

/** A new document that holds {@link firstLine}, which is selected. */
export async function openSample(): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument({ content: `${firstLine}\n`, language: 'plaintext' });
  const editor = await vscode.window.showTextDocument(document);
  selectFirstLine(editor);
  return editor;
}

export function selectFirstLine(editor: vscode.TextEditor): void {
  editor.selection = new vscode.Selection(0, 0, 0, firstLine.length);
}

/** What the writing of one answer came to. */
export interface Writing {
  /** From the last token's departure until the whole answer is in the text, in ms. */
  readonly lastTokenMs: number;
  /** Changes of the document, and the seconds from the first to the last of them. */
  readonly edits: number;
  readonly seconds: number;
}

/** Lets a command write an answer into the document of an editor. */
export async function write(runner: Runner, editor: vscode.TextEditor, command: string): Promise<Writing> {
  const { document } = editor;
  const times: number[] = [];
  let done: (at: number) => void;
  const written = new Promise<number>((resolve) => {
    done = resolve;
  });
  const listener = vscode.workspace.onDidChangeTextDocument((event) => {
    if (event.document !== document || event.contentChanges.length === 0) return;
    times.push(now());
    const from = event.contentChanges[0]?.range.start.line ?? 0;
    const tail = document.getText(new vscode.Range(Math.max(0, from - 1), 0, document.lineCount, 0));
    if (tail.includes(runner.settings.lastToken)) done(now());
  });
  try {
    await vscode.commands.executeCommand(command);
    const at = await Promise.race([written, pause(10_000).then(() => Number.NaN)]);
    if (Number.isNaN(at)) throw new Error(`${command} did not write the whole answer.`);
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
    return { lastTokenMs: at - (await runner.lastTokenAt()), edits: times.length, seconds };
  } finally {
    listener.dispose();
  }
}
