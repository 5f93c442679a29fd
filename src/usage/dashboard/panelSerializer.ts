import { type Disposable, type WebviewPanel, window } from 'vscode';

export const USAGE_VIEW_TYPE = 'quillet.usage';

/** Restores the dashboard after a window reload. VS Code keeps only the page's own state. */
export function registerPanelSerializer(restore: (panel: WebviewPanel) => Promise<void>): Disposable {
  return window.registerWebviewPanelSerializer(USAGE_VIEW_TYPE, {
    async deserializeWebviewPanel(panel) {
      await restore(panel).catch(() => panel.dispose());
    },
  });
}
