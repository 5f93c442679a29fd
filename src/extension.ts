import type { ExtensionContext } from 'vscode';
import { type CommandHost, registerCommands } from './host/commands';
import { registerLightbulb } from './host/lightbulb';

/** Registers the commands and the lightbulb and nothing else: the rest is loaded by the first command that is called. */
export function activate(context: ExtensionContext): void {
  let loading: Promise<CommandHost> | undefined;
  const load = (): Promise<CommandHost> => {
    loading ??= import('./quillet').then(({ createQuillet }) => createQuillet(context));
    // In a browser the rest comes over the network: what failed once is tried again by the next command.
    loading.catch(() => {
      loading = undefined;
    });
    return loading;
  };
  context.subscriptions.push(registerCommands(load), registerLightbulb());
}
