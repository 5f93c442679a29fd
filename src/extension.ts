import { type ExtensionContext, Uri } from 'vscode';
import { type CommandHost, registerCommands } from './platform/commands';
import { PromptFileOpening } from './prompts/authoring/promptFileOpening';
import { registerCodeActions } from './prompts/commands/codeActions';
import { restoreMenuContext } from './prompts/menuContext';
import { mayHavePrompts } from './prompts/promptPresence';
import { registerPanelSerializer } from './usage/dashboard/panelSerializer';

let loading: Promise<CommandHost> | undefined;

/**
 * Registers the commands and the code actions only. The rest is loaded by the first command, the first opened prompt
 * file, the first code action menu that may contain prompts, or a dashboard restored after a window reload.
 */
export function activate(context: ExtensionContext): void {
  const load = (): Promise<CommandHost> => {
    loading ??= import('./quillet').then(({ createQuillet }) => createQuillet(context, opening));
    // In a browser this needs the network, so a failure is retried by the next command.
    loading.catch(() => {
      loading = undefined;
    });
    return loading;
  };
  const opening = new PromptFileOpening(() => void load());
  const getOfferedPrompts = async (languageId: string) => {
    try {
      const folder = Uri.joinPath(context.globalStorageUri, 'prompts');
      if (loading === undefined && !(await mayHavePrompts(folder))) return [];
      return await (await load()).getOfferedPrompts(languageId);
    } catch {
      // The next command reports the failure.
      return [];
    }
  };
  const restoring = registerPanelSerializer(async (panel) => (await load()).restoreDashboard(panel));
  context.subscriptions.push(registerCommands(load), registerCodeActions(getOfferedPrompts), opening, restoring);
  restoreMenuContext(context.workspaceState);
}

/** VS Code waits for this when the extension is disabled, but not when a window closes. */
export async function deactivate(): Promise<void> {
  const loaded = loading;
  loading = undefined;
  const host = await loaded?.catch(() => undefined);
  await host?.close();
}
