import * as vscode from 'vscode';

/** Options of a benchmark, passed as user settings like those of the integration tests. */
export interface BenchSettings {
  readonly reportUrl: string;
  readonly benchmark: string;
  /** Extension ids in the order in which they are measured, which differs between runs. */
  readonly order: readonly string[];
  readonly repeat: number;
  readonly memoryRuns: number;
  /** The last token of every paced or flooded answer. */
  readonly lastToken: string;
}

type Answer =
  | { kind: 'short' }
  | { kind: 'paced'; tokens: number; everyMs: number }
  | { kind: 'flood'; tokens: number };

/** First line of the sample document. */
export const FIRST_LINE = 'let total = 1 + 2;';

/** The commands of each extension: `ask` shows the answer in a thread, if at all; `insert` writes it into the document. */
export const COMMANDS: Readonly<Record<string, { readonly ask: string; readonly insert: string }>> = {
  'quillet.quillet': { ask: 'quillet.explain', insert: 'quillet.insert' },
  'bench.bare': { ask: 'bare.run', insert: 'bare.insert' },
};

export function readSettings(): BenchSettings {
  const settings = vscode.workspace.getConfiguration('quilletTest');
  return {
    reportUrl: settings.get('reportUrl', ''),
    benchmark: settings.get('benchmark', 'start'),
    order: settings.get<string[]>('order', []),
    repeat: settings.get('repeat', 0),
    memoryRuns: settings.get('memoryRuns', 0),
    lastToken: settings.get('lastToken', ''),
  };
}

/** The current time in ms, comparable between processes of this machine. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Sends measurements to the runner outside VS Code. */
export class Runner {
  constructor(readonly settings: BenchSettings) {}

  started(id: string, index: number, at: number): Promise<unknown> {
    return this.report({ type: 'started', id, index, at });
  }

  sample(name: string, value: number): Promise<unknown> {
    return this.report({ type: 'sample', name, value });
  }

  /** Sets the answer to the following requests. */
  answerWith(answer: Answer): Promise<unknown> {
    return this.report({ type: 'answer', answer });
  }

  /** When the server sent the last token of the last answer. */
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

/** Opens a new document with {@link FIRST_LINE} selected. */
export async function openSample(): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument({ content: `${FIRST_LINE}\n`, language: 'plaintext' });
  const editor = await vscode.window.showTextDocument(document);
  selectFirstLine(editor);
  return editor;
}

export function selectFirstLine(editor: vscode.TextEditor): void {
  editor.selection = new vscode.Selection(0, 0, 0, FIRST_LINE.length);
}

/** Measurements of one inserted answer. */
export interface InsertMeasurement {
  /** From sending the last token until the whole answer is in the document, in ms. */
  readonly lastTokenMs: number;
  /** Number of document changes. */
  readonly edits: number;
  /** From the first to the last change. */
  readonly seconds: number;
}

/** Runs a command that inserts an answer into the document of an editor. */
export async function measureInsert(
  runner: Runner,
  editor: vscode.TextEditor,
  command: string,
): Promise<InsertMeasurement> {
  const { document } = editor;
  const times: number[] = [];
  let resolveInserted: (at: number) => void;
  const inserted = new Promise<number>((resolve) => {
    resolveInserted = resolve;
  });
  const listener = vscode.workspace.onDidChangeTextDocument((event) => {
    if (event.document !== document || event.contentChanges.length === 0) return;
    times.push(now());
    const from = event.contentChanges[0]?.range.start.line ?? 0;
    const tail = document.getText(new vscode.Range(Math.max(0, from - 1), 0, document.lineCount, 0));
    if (tail.includes(runner.settings.lastToken)) resolveInserted(now());
  });
  try {
    await vscode.commands.executeCommand(command);
    const at = await Promise.race([inserted, pause(10_000).then(() => Number.NaN)]);
    if (Number.isNaN(at)) throw new Error(`${command} did not insert the whole answer.`);
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
    return { lastTokenMs: at - (await runner.lastTokenAt()), edits: times.length, seconds };
  } finally {
    listener.dispose();
  }
}
