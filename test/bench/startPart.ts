import * as vscode from 'vscode';
import { activate, commands, now, openSample, pause, type Runner, selectFirstLine, write } from './host';

/** Activates each extension, sends requests by each one's command, and lets each write answers into a text. */
export async function measureStart(runner: Runner): Promise<void> {
  const editor = await openSample();
  // The host is busy for a while after the window opens, and that would be measured with the first extension.
  await pause(2000);
  // The first activation of a host also pays for what all of them use.
  await activate('bench.carrier');
  for (const id of runner.settings.order) {
    const start = performance.now();
    await activate(id);
    await runner.sample(`activation ${id}`, performance.now() - start);
  }
  for (const id of runner.settings.order) await sendRequests(runner, editor, id);
  for (const id of runner.settings.order) await writeAnswers(runner, id);
}

async function sendRequests(runner: Runner, editor: vscode.TextEditor, id: string): Promise<void> {
  const command = commands[id]?.ask;
  for (let index = 0; command !== undefined && index < runner.settings.repeat; index += 1) {
    selectFirstLine(editor);
    const start = now();
    await vscode.commands.executeCommand(command);
    await runner.started(id, index, start);
    // The answer's thread would be one more to draw for each request that follows.
    if (id === 'quillet.quillet') await vscode.commands.executeCommand('quillet.closeThread');
    await pause(150);
  }
}

async function writeAnswers(runner: Runner, id: string): Promise<void> {
  const command = commands[id]?.insert;
  if (command === undefined) return;
  await runner.answerWith({ kind: 'paced', tokens: 15, everyMs: 20 });
  for (let index = 0; index < 6; index += 1) {
    const editor = await openSample();
    const { lastTokenMs } = await write(runner, editor, command);
    // The first brings code along that is loaded once.
    if (index > 0) await runner.sample(`insert ${id}`, lastTokenMs);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
  await runner.answerWith({ kind: 'short' });
}
