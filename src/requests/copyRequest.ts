import { env, l10n, window } from 'vscode';
import { COPY_FORMATS, type CopyFormat, copyAs } from './common/copyAs';
import type { ExportedRequest } from './common/exportedRequest';

export async function copyRequest(request: ExportedRequest): Promise<void> {
  const items = COPY_FORMATS.map((format) => ({ label: getFormatLabel(format), format }));
  const picked = await window.showQuickPick(items, { placeHolder: l10n.t('Choose a format') });
  if (picked === undefined) return;
  await env.clipboard.writeText(copyAs(picked.format, request));
  window.setStatusBarMessage(l10n.t('Quillet: Request copied'), 5000);
}

function getFormatLabel(format: CopyFormat): string {
  switch (format) {
    case 'curl':
      return l10n.t('curl (sh, bash, zsh)');
    case 'powershell':
      return l10n.t('curl (PowerShell)');
    case 'pythonRequests':
      return l10n.t('Python (requests)');
    case 'pythonOpenai':
      return l10n.t('Python (openai)');
    case 'typescriptOpenai':
      return l10n.t('TypeScript (openai)');
  }
}
