import { type ExtensionContext, env, l10n, Uri, ViewColumn, type Webview, type WebviewPanel, window } from 'vscode';
import { USAGE_VIEW_TYPE } from './panelSerializer';

/** Its content security policy allows one script: no network, no files outside its folder, no commands, no forms. */
export function openDashboardPanel({ extensionUri }: ExtensionContext, restored?: WebviewPanel): WebviewPanel {
  const title = l10n.t('Quillet: Usage');
  const folder = Uri.joinPath(extensionUri, 'dist', 'media', 'usage');
  const options = { enableScripts: true, enableForms: false, enableCommandUris: false, localResourceRoots: [folder] };
  const panel = restored ?? window.createWebviewPanel(USAGE_VIEW_TYPE, title, ViewColumn.Active, options);
  if (restored !== undefined) restored.webview.options = options;
  panel.iconPath = Uri.joinPath(extensionUri, 'media', 'icon.png');
  panel.webview.html = createPageHtml(panel.webview, folder, title);
  return panel;
}

/** Contains no usage data: that is posted as a message and rendered as text. */
function createPageHtml(webview: Webview, folder: Uri, title: string): string {
  const nonce = crypto.randomUUID().replaceAll('-', '');
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
<main><p>${escapeHtml(l10n.t('Reading the usage log…'))}</p></main>
<script nonce="${nonce}" src="${toWebviewUri('page.js')}"></script>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
