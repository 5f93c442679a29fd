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

const LARGE_SELECTION = 1_000_000;

/** Measures one extension in a host of its own: its activation, its requests and the answers it inserts. */
export async function measureStart(runner: Runner): Promise<void> {
  const { id } = runner.settings;
  const editor = await openSample();
  // Wait until the host has finished its startup work.
  await pause(2000);
  // The first activation in a host also loads shared code, so it is not measured.
  await activate('bench.carrier');
  const start = performance.now();
  await activate(id);
  await runner.sample(`activation ${id}`, performance.now() - start);
  const { ask, insert } = COMMANDS[id] ?? {};
  if (ask === undefined || insert === undefined) return;
  for (let index = 0; index < runner.settings.repeat; index += 1) {
    selectFirstLine(editor);
    await sendRequest(runner, `${index === 0 ? 'first' : 'later'} ${id}`, ask);
  }
  await measureInserts(runner, insert);
  await measureLargeSelection(runner, ask);
}

async function sendRequest(runner: Runner, name: string, command: string): Promise<void> {
  const start = now();
  await vscode.commands.executeCommand(command);
  await runner.started(name, start);
  // An open thread would be redrawn during the following requests.
  if (command === 'quillet.explain') await vscode.commands.executeCommand('quillet.closeThread');
  await pause(150);
}

async function measureInserts(runner: Runner, command: string): Promise<void> {
  const { id } = runner.settings;
  await runner.answerWith({ kind: 'paced', tokens: 15, everyMs: 20 });
  for (let index = 0; index < 6; index += 1) {
    const editor = await openSample();
    const { firstTokenMs, lastTokenMs } = await measureInsert(runner, editor, command);
    // Skip the first, which loads code.
    if (index > 0) {
      await runner.sample(`first token ${id}`, firstTokenMs);
      await runner.sample(`insert ${id}`, lastTokenMs);
    }
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
  await runner.answerWith({ kind: 'short' });
}

async function measureLargeSelection(runner: Runner, command: string): Promise<void> {
  const { id } = runner.settings;
  const line = 'const total = items.map((item) => item.price * item.count).reduce((sum, price) => sum + price, 0);\n';
  const editor = await openFile('selection.txt', line.repeat(Math.ceil(LARGE_SELECTION / line.length)));
  await pause(1000);
  for (let index = 0; index < 3; index += 1) {
    editor.selection = new vscode.Selection(0, 0, editor.document.lineCount - 1, 0);
    await pause(150);
    const delay = watchEventLoop();
    await sendRequest(runner, `large selection ${id}`, command);
    await runner.sample(`large selection blocked ${id}`, longestBlockMs(delay));
  }
}
