import * as vscode from 'vscode';
import { activate, COMMANDS, measureInsert, now, openSample, pause, type Runner, selectFirstLine } from './host';

/** Measures activation, requests and inserted answers of each extension. */
export async function measureStart(runner: Runner): Promise<void> {
  const editor = await openSample();
  // Wait until the host has finished its startup work.
  await pause(2000);
  // The first activation in a host also loads shared code, so it is not measured.
  await activate('bench.carrier');
  for (const id of runner.settings.order) {
    const start = performance.now();
    await activate(id);
    await runner.sample(`activation ${id}`, performance.now() - start);
  }
  for (const id of runner.settings.order) await sendRequests(runner, editor, id);
  for (const id of runner.settings.order) await measureInserts(runner, id);
}

async function sendRequests(runner: Runner, editor: vscode.TextEditor, id: string): Promise<void> {
  const command = COMMANDS[id]?.ask;
  for (let index = 0; command !== undefined && index < runner.settings.repeat; index += 1) {
    selectFirstLine(editor);
    const start = now();
    await vscode.commands.executeCommand(command);
    await runner.started(id, index, start);
    // An open thread would be redrawn during the following requests.
    if (id === 'quillet.quillet') await vscode.commands.executeCommand('quillet.closeThread');
    await pause(150);
  }
}

async function measureInserts(runner: Runner, id: string): Promise<void> {
  const command = COMMANDS[id]?.insert;
  if (command === undefined) return;
  await runner.answerWith({ kind: 'paced', tokens: 15, everyMs: 20 });
  for (let index = 0; index < 6; index += 1) {
    const editor = await openSample();
    const { lastTokenMs } = await measureInsert(runner, editor, command);
    // Skip the first, which loads code.
    if (index > 0) await runner.sample(`insert ${id}`, lastTokenMs);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
  await runner.answerWith({ kind: 'short' });
}
