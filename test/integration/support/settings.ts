import * as vscode from 'vscode';

type Values = Readonly<Record<string, unknown>>;

/** The settings (`quillet.*`) that the tests of a `describe` start with. */
let baseline: Values = {};
/** Values from before the test, by key. */
const originals = new Map<string, unknown>();

/** Sets the user settings (`quillet.*`) that the tests of a `describe` start with. */
export async function setBaseline(values: Values): Promise<void> {
  const others = Object.keys(baseline).filter((key) => !(key in values));
  baseline = values;
  await Promise.all(others.map((key) => write(`quillet.${key}`, undefined)));
  await Promise.all(Object.entries(values).map(([key, value]) => write(`quillet.${key}`, value)));
}

/** Changes Quillet's user settings until the end of the test. */
export async function setSettings(values: Values): Promise<void> {
  await Promise.all(Object.entries(values).map(([key, value]) => setUserSetting(`quillet.${key}`, value)));
}

/** Changes any user setting until the end of the test. */
export async function setUserSetting(key: string, value: unknown): Promise<void> {
  // Quillet may have changed the setting before the test does.
  const name = key.replace('quillet.', '');
  if (!originals.has(key)) originals.set(key, name in baseline ? baseline[name] : userValue(key));
  await write(key, value);
}

export async function restoreSettings(): Promise<void> {
  const changed = [...originals];
  originals.clear();
  await Promise.all(changed.map(([key, value]) => write(key, value)));
}

/** Writing takes a while even if the value is the same. */
async function write(key: string, value: unknown): Promise<void> {
  if (JSON.stringify(userValue(key)) === JSON.stringify(value)) return;
  await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
}

function userValue(key: string): unknown {
  return vscode.workspace.getConfiguration().inspect(key)?.globalValue;
}
