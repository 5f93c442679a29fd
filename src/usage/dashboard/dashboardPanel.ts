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
import { DisposableStore } from '../../platform/disposableStore';
import type { DashboardView } from './common/viewModel';
import { USAGE_VIEW_TYPE } from './panelSerializer';

export interface PanelListeners {
  /** Not validated yet. */
  onMessage(message: unknown): void;
  /** The panel became visible again; its page is reloaded and will ask for data. */
  onShown(): void;
  onClosed(): void;
}

/**
 * The only webview. Its content security policy allows a single script with a nonce: no network, no files outside its
 * folder, no commands, no forms.
 */
export class DashboardPanel implements Disposable {
  private readonly store = new DisposableStore();
  private readonly panel: WebviewPanel;

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

/** Contains no usage data: that is posted as a message and rendered as text. */
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
<p class="loading">${escapeHtml(l10n.t('Reading the usage log…'))}</p>
<script nonce="${nonce}" src="${toWebviewUri('page.js')}"></script>
</body>
</html>`;
}

function createNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
