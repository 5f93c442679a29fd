import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';
import { activate, commands, now, openSample, pause, type Runner, selectFirstLine, write } from './host';

const ids = ['bench.bare', 'quillet.quillet'];

/** What a long answer and a flood of tokens cost the editor. */
export async function measureStreams(runner: Runner): Promise<void> {
  await begin();
  for (const id of ids) await activate(id);
  for (const id of ids) await stream(runner, id);
  for (const id of ids) await flood(runner, id);
}

/** The host is busy for a while after the window opens. */
async function begin(): Promise<void> {
  await openSample();
  await pause(2000);
}

/** An answer of three seconds at two hundred tokens a second. */
async function stream(runner: Runner, id: string): Promise<void> {
  await runner.answerWith({ kind: 'paced', tokens: 600, everyMs: 5 });
  const { edits, seconds } = await write(runner, await openSample(), commands[id]?.insert ?? '');
  await runner.sample(`stream edits ${id}`, edits / seconds);
  await closeAll();
}

/** Tokens of one character, as fast as they are taken. */
async function flood(runner: Runner, id: string): Promise<void> {
  await runner.answerWith({ kind: 'flood', tokens: 100_000 });
  const editor = await openSample();
  const delay = watchEventLoop();
  const start = now();
  const { edits, seconds } = await write(runner, editor, commands[id]?.insert ?? '');
  await runner.sample(`flood seconds ${id}`, (now() - start) / 1000);
  await runner.sample(`flood edits ${id}`, edits / seconds);
  await runner.sample(`flood blocked ${id}`, longest(delay));
  await closeAll();
}

/** The end of a file of 20 MB, the largest that VS Code still colours. */
export async function measureLargeFile(runner: Runner): Promise<void> {
  await begin();
  for (const id of ids) await activate(id);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (folder === undefined) throw new Error('There is no folder.');
  const uri = vscode.Uri.joinPath(folder, 'large.txt');
  const line = `${'A line of a large file. '.repeat(4).trim()}\n`;
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(line.repeat(Math.ceil(20_000_000 / line.length))));
  const editor = await vscode.window.showTextDocument(uri);
  await runner.answerWith({ kind: 'paced', tokens: 15, everyMs: 20 });
  for (const id of [...ids, ...ids, ...ids]) {
    await pause(1000);
    const end = editor.document.lineAt(editor.document.lineCount - 2).range;
    editor.selection = new vscode.Selection(end.start, end.end);
    editor.revealRange(end);
    const delay = watchEventLoop();
    const { lastTokenMs } = await write(runner, editor, commands[id]?.insert ?? '');
    await runner.sample(`large file ${id}`, lastTokenMs);
    await runner.sample(`large file blocked ${id}`, longest(delay));
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }
}

/** What activation takes, and what a thousand answers leave behind, after half as many that brought what is kept for ever. */
export async function measureMemory(runner: Runner): Promise<void> {
  const collect = garbageCollector();
  await begin();
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
  const before = await settled(collect);
  await explain(memoryRuns);
  await runner.sample('memory', (await settled(collect)) - before);
}

function watchEventLoop(): IntervalHistogram {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  return delay;
}

/** The longest time the host did nothing else, in ms. */
function longest(delay: IntervalHistogram): number {
  delay.disable();
  return delay.max / 1e6;
}

/** Collects all garbage and gives the megabytes that stay. The host is not started with the function for it. */
function garbageCollector(): () => number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    collect();
    collect();
    return process.memoryUsage().heapUsed / 1e6;
  };
}

/**
 * What stays when nothing more becomes free: VS Code keeps what it sent until the window has confirmed it, which takes
 * seconds on a busy machine.
 */
async function settled(collect: () => number): Promise<number> {
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
