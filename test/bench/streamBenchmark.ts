import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';
import {
  activate,
  COMMANDS,
  longestBlockMs,
  measureInsert,
  now,
  openFile,
  openSample,
  pause,
  type Runner,
  selectFirstLine,
  watchEventLoop,
} from './host';

const EXTENSION_IDS = ['bench.bare', 'quillet.quillet'];

export async function measureStreams(runner: Runner): Promise<void> {
  await waitForStartup();
  for (const id of EXTENSION_IDS) await activate(id);
  for (const id of EXTENSION_IDS) await measureStream(runner, id);
  for (const id of EXTENSION_IDS) await measureFlood(runner, id);
}

/** Opens the sample document and waits until the host has finished its startup work. */
async function waitForStartup(): Promise<void> {
  await openSample();
  await pause(2000);
}

/** An answer of three seconds at 200 tokens per second. */
async function measureStream(runner: Runner, id: string): Promise<void> {
  await runner.answerWith({ kind: 'paced', tokens: 600, everyMs: 5 });
  const { edits, seconds } = await measureInsert(runner, await openSample(), COMMANDS[id]?.insert ?? '');
  await runner.sample(`stream edits ${id}`, edits / seconds);
  await closeAll();
}

/** Tokens of one character, as fast as the client reads them. */
async function measureFlood(runner: Runner, id: string): Promise<void> {
  await runner.answerWith({ kind: 'flood', tokens: 100_000 });
  const editor = await openSample();
  const delay = watchEventLoop();
  const start = now();
  const { edits, seconds } = await measureInsert(runner, editor, COMMANDS[id]?.insert ?? '');
  await runner.sample(`flood seconds ${id}`, (now() - start) / 1000);
  await runner.sample(`flood edits ${id}`, edits / seconds);
  await runner.sample(`flood blocked ${id}`, longestBlockMs(delay));
  await closeAll();
}

/** Inserts at the end of a 20 MB file, the largest that VS Code highlights. */
export async function measureLargeFile(runner: Runner): Promise<void> {
  await waitForStartup();
  for (const id of EXTENSION_IDS) await activate(id);
  const line = `${'A line of a large file. '.repeat(4).trim()}\n`;
  const editor = await openFile('large.txt', line.repeat(Math.ceil(20_000_000 / line.length)));
  await runner.answerWith({ kind: 'paced', tokens: 15, everyMs: 20 });
  for (const id of [...EXTENSION_IDS, ...EXTENSION_IDS, ...EXTENSION_IDS]) {
    await pause(1000);
    const end = editor.document.lineAt(editor.document.lineCount - 2).range;
    editor.selection = new vscode.Selection(end.start, end.end);
    editor.revealRange(end);
    const delay = watchEventLoop();
    const { lastTokenMs } = await measureInsert(runner, editor, COMMANDS[id]?.insert ?? '');
    await runner.sample(`large file ${id}`, lastTokenMs);
    await runner.sample(`large file blocked ${id}`, longestBlockMs(delay));
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }
}

/** Measures the memory of activation, and the growth of the heap over many runs after a warm-up with half as many. */
export async function measureMemory(runner: Runner): Promise<void> {
  const collect = garbageCollector();
  await waitForStartup();
  for (const id of ['bench.carrier', 'bench.empty', 'quillet.quillet']) {
    const before = collect();
    await activate(id);
    await pause(500);
    await runner.sample(`activation memory ${id}`, collect() - before);
  }
  const { memoryRuns } = runner.settings;
  await runner.answerWith({ kind: 'short' });
  const editor = await openSample();
  const explain = async (times: number): Promise<void> => {
    for (let count = 0; count < times; count += 1) {
      selectFirstLine(editor);
      await vscode.commands.executeCommand('quillet.explain');
      await vscode.commands.executeCommand('quillet.closeThread');
    }
  };
  await explain(memoryRuns / 2);
  const before = await settledHeap(collect);
  await explain(memoryRuns);
  await runner.sample('memory', (await settledHeap(collect)) - before);
}

/** Returns a function that collects garbage and returns the heap in MB. The host is started without --expose-gc. */
function garbageCollector(): () => number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    collect();
    collect();
    return process.memoryUsage().heapUsed / 1e6;
  };
}

/** The heap in MB once it no longer shrinks: VS Code keeps sent messages until the window confirms them, which takes seconds. */
async function settledHeap(collect: () => number): Promise<number> {
  let before = collect();
  for (let tries = 0; tries < 15; tries += 1) {
    await pause(2000);
    const after = collect();
    if (tries > 1 && before - after < 0.1) return Math.min(before, after);
    before = after;
  }
  return before;
}

async function closeAll(): Promise<void> {
  while (vscode.window.tabGroups.all.some((group) => group.tabs.length > 0)) {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
}
