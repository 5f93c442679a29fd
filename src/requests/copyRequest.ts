import { env, l10n, window } from 'vscode';
import { copyAs } from './common/copyAs';
import type { ExportedRequest } from './common/exportedRequest';

export async function copyRequest(request: ExportedRequest): Promise<void> {
  const items = [
    { label: l10n.t('curl (sh, bash, zsh)'), format: 'curl' },
    { label: l10n.t('curl (PowerShell)'), format: 'powershell' },
    { label: l10n.t('Python (requests)'), format: 'pythonRequests' },
    { label: l10n.t('Python (openai)'), format: 'pythonOpenai' },
    { label: l10n.t('TypeScript (openai)'), format: 'typescriptOpenai' },
  ] as const;
  const picked = await window.showQuickPick(items, { placeHolder: l10n.t('Choose a format') });
  if (picked === undefined) return;
  await env.clipboard.writeText(copyAs(picked.format, request));
  window.setStatusBarMessage(l10n.t('Quillet: Request copied'), 5000);
}
