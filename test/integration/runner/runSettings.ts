import * as vscode from 'vscode';

/** What the runner tells the tests. It goes through user settings, which reach both kinds of extension host. */
export interface RunSettings {
  /** Where results are sent. */
  readonly reportUrl: string;
  /** The base URL of the fake model server, such as http://127.0.0.1:1234/v1. */
  readonly modelServerUrl: string;
  /** Only tests whose titles match run. */
  readonly grep: string;
  /** Whether the tests run in the web worker host. */
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
