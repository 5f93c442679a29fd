import * as vscode from 'vscode';

type Values = Readonly<Record<string, unknown>>;

let baseline: Values = {};
const changed = new Set<string>();

/** The user's settings (`quillet.*`) that every test begins with. */
export async function setBaseline(values: Values): Promise<void> {
  if (JSON.stringify(values) === JSON.stringify(baseline)) return;
  baseline = values;
  for (const [key, value] of Object.entries(values)) await write(`quillet.${key}`, value);
}

/** Changes Quillet's settings at the user level, until the end of the test. */
export async function setSettings(values: Values): Promise<void> {
  for (const [key, value] of Object.entries(values)) await setUserSetting(`quillet.${key}`, value);
}

/** The same for any setting, by its full name. */
export async function setUserSetting(key: string, value: unknown): Promise<void> {
  changed.add(key);
  await write(key, value);
}

export async function restoreSettings(): Promise<void> {
  for (const key of changed) await write(key, baseline[key.replace('quillet.', '')]);
  changed.clear();
}

async function write(key: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
}
