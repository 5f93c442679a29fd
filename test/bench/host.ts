import http from 'node:http';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import * as vscode from 'vscode';

/** Options of a benchmark, passed as user settings like those of the integration tests. */
export interface BenchSettings {
  readonly reportUrl: string;
  readonly benchmark: string;
  /** ID of the extension to measure, if the benchmark measures one. */
  readonly id: string;
  readonly repeat: number;
  readonly memoryRuns: number;
  /** The last token of every paced or flooded answer. */
  readonly lastToken: string;
}

type Answer =
  | { kind: 'short' }
  | { kind: 'paced'; tokens: number; everyMs: number }
  | { kind: 'flood'; tokens: number };

interface Progress {
  readonly firstTokenAt: number;
  readonly lastTokenAt: number;
}

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
    id: settings.get('id', ''),
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

  /** Reports when a command was started, whose next request ends the measurement. */
  started(name: string, at: number): Promise<unknown> {
    return this.report({ type: 'started', name, at });
  }

  sample(name: string, value: number): Promise<unknown> {
    return this.report({ type: 'sample', name, value });
  }

  /** Sets the answer to the following requests. */
  answerWith(answer: Answer): Promise<unknown> {
    return this.report({ type: 'answer', answer });
  }

  /** When the server sent the first and the last token of the last answer. */
  progress(): Promise<Progress> {
    return this.report({ type: 'progress' });
  }

  end(): Promise<unknown> {
    return this.report({ type: 'end' });
  }

  // Not `fetch`, whose first call in a host is slow and part of what is measured.
  private report(event: object): Promise<Progress> {
    return new Promise((resolve, reject) => {
      const request = http.request(this.settings.reportUrl, { method: 'POST' }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve(JSON.parse(text)));
      });
      request.on('error', reject);
      request.end(JSON.stringify(event));
    });
  }
}

export async function activate(id: string): Promise<void> {
  const extension = vscode.extensions.getExtension(id);
  if (extension === undefined) throw new Error(`${id} is not installed.`);
  await extension.activate();
}

/** Opens a saved file with {@link FIRST_LINE} selected. */
export async function openSample(): Promise<vscode.TextEditor> {
  const editor = await openFile('sample.txt', `${FIRST_LINE}\n`);
  selectFirstLine(editor);
  return editor;
}

export async function openFile(name: string, text: string): Promise<vscode.TextEditor> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (folder === undefined) throw new Error('No folder is open.');
  const uri = vscode.Uri.joinPath(folder, name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return vscode.window.showTextDocument(uri);
}

export function selectFirstLine(editor: vscode.TextEditor): void {
  editor.selection = new vscode.Selection(0, 0, 0, FIRST_LINE.length);
}

/** Measurements of one inserted answer. */
export interface InsertMeasurement {
  /** From sending the first token until text is in the document, in ms. */
  readonly firstTokenMs: number;
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
    const { firstTokenAt, lastTokenAt } = await runner.progress();
    const firstTokenMs = (times[0] ?? 0) - firstTokenAt;
    return { firstTokenMs, lastTokenMs: at - lastTokenAt, edits: times.length, seconds };
  } finally {
    listener.dispose();
  }
}

export function watchEventLoop(): IntervalHistogram {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  return delay;
}

/** The longest time for which the event loop was blocked. */
export function longestBlockMs(delay: IntervalHistogram): number {
  delay.disable();
  return delay.max / 1e6;
}
