import * as vscode from 'vscode';

type Values = Readonly<Record<string, unknown>>;

let baseline: Values = {};
/** Values from before the test. */
const changed = new Map<string, unknown>();

/** Sets the user settings (`quillet.*`) that every test starts with. */
export async function setBaseline(values: Values): Promise<void> {
  if (JSON.stringify(values) === JSON.stringify(baseline)) return;
  baseline = values;
  for (const [key, value] of Object.entries(values)) await write(`quillet.${key}`, value);
}

/** Changes Quillet's user settings until the end of the test. */
export async function setSettings(values: Values): Promise<void> {
  for (const [key, value] of Object.entries(values)) await setUserSetting(`quillet.${key}`, value);
}

/** Changes any user setting until the end of the test. */
export async function setUserSetting(key: string, value: unknown): Promise<void> {
  if (!changed.has(key)) changed.set(key, vscode.workspace.getConfiguration().inspect(key)?.globalValue);
  await write(key, value);
}

export async function restoreSettings(): Promise<void> {
  for (const [key, value] of changed) await write(key, value);
  changed.clear();
}

async function write(key: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
}
