import { type Disposable, type WebviewPanel, window } from 'vscode';

/** What VS Code knows panels of the dashboard by. */
export const USAGE_VIEW_TYPE = 'quillet.usage';

/**
 * A dashboard that was open when the window was closed or loaded anew comes back with it. What is shown is read anew; VS Code
 * keeps only what the page itself remembers: period, page and place.
 */
export function registerPanelSerializer(restore: (panel: WebviewPanel) => Promise<void>): Disposable {
  return window.registerWebviewPanelSerializer(USAGE_VIEW_TYPE, {
    async deserializeWebviewPanel(panel) {
      // Where that fails, no panel is better than an empty one.
      await restore(panel).catch(() => panel.dispose());
    },
  });
}
