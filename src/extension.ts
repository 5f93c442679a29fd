import { type ExtensionContext, Uri } from 'vscode';
import { registerPanelSerializer } from './dashboard/panelSerializer';
import { type CommandHost, registerCommands } from './platform/commands';
import { PromptFileOpening } from './prompts/authoring/promptFileOpening';
import { registerCodeActions } from './prompts/commands/codeActions';
import { restoreMenuContext } from './prompts/offeredPrompts';
import { mayHavePrompts } from './prompts/promptPresence';

let loading: Promise<CommandHost> | undefined;

/**
 * Registers the commands and the lightbulb and nothing else: the rest is loaded by the first command that is called, by the
 * first prompt file that is opened, by the first menu of the lightbulb that prompt files may be in, or by a dashboard that
 * was open when the window was loaded anew.
 */
export function activate(context: ExtensionContext): void {
  const load = (): Promise<CommandHost> => {
    loading ??= import('./quillet').then(({ createQuillet }) => createQuillet(context, opening));
    // In a browser the rest comes over the network: what failed once is tried again by the next command.
    loading.catch(() => {
      loading = undefined;
    });
    return loading;
  };
  const opening = new PromptFileOpening(() => void load());
  const loadPrompts = async (): Promise<void> => {
    try {
      const folder = Uri.joinPath(context.globalStorageUri, 'prompts');
      if (loading !== undefined || (await mayHavePrompts(folder))) await (await load()).loadPrompts();
    } catch {
      // The command that is chosen next tells of it.
    }
  };
  const memento = context.workspaceState;
  const restoring = registerPanelSerializer(async (panel) => (await load()).restoreDashboard(panel));
  context.subscriptions.push(registerCommands(load), registerCodeActions({ memento, loadPrompts }), opening, restoring);
  restoreMenuContext(memento);
}

/** When the extension is switched off, VS Code waits until what is in memory is written. A window that closes does not. */
export async function deactivate(): Promise<void> {
  const loaded = loading;
  loading = undefined;
  const host = await loaded?.catch(() => undefined);
  await host?.close();
}
