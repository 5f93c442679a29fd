import { type Disposable, type WebviewPanel, window } from 'vscode';

export const USAGE_VIEW_TYPE = 'quillet.usage';

/**
 * Restores the dashboard after a window reload. VS Code keeps only the page's own state: period, page and scroll
 * position.
 */
export function registerPanelSerializer(restore: (panel: WebviewPanel) => Promise<void>): Disposable {
  return window.registerWebviewPanelSerializer(USAGE_VIEW_TYPE, {
    async deserializeWebviewPanel(panel) {
      // Close the panel if it can't be restored.
      await restore(panel).catch(() => panel.dispose());
    },
  });
}
