import {
  type Disposable,
  type ExtensionContext,
  env,
  l10n,
  Uri,
  ViewColumn,
  type Webview,
  type WebviewPanel,
  window,
} from 'vscode';
import { DisposableStore } from '../platform/disposableStore';
import type { DashboardView } from './common/viewModel';
import { USAGE_VIEW_TYPE } from './panelSerializer';

/** What happens to the panel. */
export interface PanelListeners {
  /** A message of the page, of which nothing is known yet. */
  onMessage(message: unknown): void;
  /** It came into view again; its page was made anew and asks by itself. */
  onShown(): void;
  onClosed(): void;
}

/**
 * The panel of the dashboard, the only webview. Its page may run the one script that carries the number of this load, and
 * nothing else: it reaches no server, no file but those of its own folder, no command, and it cannot submit a form (R31).
 */
export class DashboardPanel implements Disposable {
  private readonly store = new DisposableStore();
  private readonly panel: WebviewPanel;

  /** @param restored a panel that VS Code brings back, whose page is made anew. */
  constructor(context: ExtensionContext, listeners: PanelListeners, restored?: WebviewPanel) {
    const title = l10n.t('Quillet: Usage');
    const folder = Uri.joinPath(context.extensionUri, 'dist', 'media', 'usage');
    const options = { enableScripts: true, enableForms: false, enableCommandUris: false, localResourceRoots: [folder] };
    this.panel = restored ?? window.createWebviewPanel(USAGE_VIEW_TYPE, title, ViewColumn.Active, options);
    if (restored !== undefined) restored.webview.options = options;
    this.panel.iconPath = Uri.joinPath(context.extensionUri, 'media', 'icon.png');
    this.store.add(this.panel.webview.onDidReceiveMessage((message: unknown) => listeners.onMessage(message)));
    let wasVisible = true;
    this.store.add(
      this.panel.onDidChangeViewState(({ webviewPanel: { visible } }) => {
        if (visible && !wasVisible) listeners.onShown();
        wasVisible = visible;
      }),
    );
    this.store.add(
      this.panel.onDidDispose(() => {
        this.store.dispose();
        listeners.onClosed();
      }),
    );
    this.panel.webview.html = createPageHtml(this.panel.webview, folder, title);
  }

  get isVisible(): boolean {
    return this.panel.visible;
  }

  reveal(): void {
    this.panel.reveal();
  }

  show(view: DashboardView): void {
    void this.panel.webview.postMessage({ kind: 'view', view });
  }

  dispose(): void {
    this.panel.dispose();
  }
}

/** The frame of the page. No text of the ledger is in it: that comes as a message and is shown as text (R32). */
function createPageHtml(webview: Webview, folder: Uri, title: string): string {
  const nonce = createNonce();
  const toWebviewUri = (file: string) => escapeHtml(webview.asWebviewUri(Uri.joinPath(folder, file)).toString());
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    "form-action 'none'",
    "base-uri 'none'",
  ];
  return `<!DOCTYPE html>
<html lang="${escapeHtml(env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy.join('; '))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${toWebviewUri('page.css')}">
</head>
<body>
<script nonce="${nonce}" src="${toWebviewUri('page.js')}"></script>
</body>
</html>`;
}

/** 128 random bits, new for each load. */
function createNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
