import { env, l10n, window } from 'vscode';
import { COPY_FORMATS, type CopyFormat, copyAs } from './common/copyAs';
import type { ExportedRequest } from './common/exportedRequest';

export async function copyRequest(request: ExportedRequest): Promise<void> {
  const items = COPY_FORMATS.map((format) => ({ label: getFormatLabel(format), format }));
  const picked = await window.showQuickPick(items, { placeHolder: l10n.t('Copy the request as …') });
  if (picked === undefined) return;
  await env.clipboard.writeText(copyAs(picked.format, request));
  window.setStatusBarMessage(l10n.t('Quillet: the request is on the clipboard'), 5000);
}

function getFormatLabel(format: CopyFormat): string {
  switch (format) {
    case 'curl':
      return l10n.t('curl for sh, bash and zsh');
    case 'powershell':
      return l10n.t('curl for PowerShell');
    case 'pythonRequests':
      return l10n.t('Python with requests');
    case 'pythonOpenai':
      return l10n.t('Python with openai');
    case 'typescriptOpenai':
      return l10n.t('TypeScript with openai');
  }
}
