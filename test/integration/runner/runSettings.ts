import * as vscode from 'vscode';

/** Options from the test runner, passed as user settings because those reach both kinds of extension host. */
export interface RunSettings {
  readonly reportUrl: string;
  /** For example `http://127.0.0.1:1234/v1`. */
  readonly modelServerUrl: string;
  readonly grep: string;
  readonly isWeb: boolean;
}

export function runSettings(): RunSettings {
  const settings = vscode.workspace.getConfiguration('quilletTest');
  return {
    reportUrl: settings.get('reportUrl', ''),
    modelServerUrl: settings.get('modelServerUrl', ''),
    grep: settings.get('grep', ''),
    isWeb: settings.get('isWeb', false),
  };
}
