import { env, l10n, window } from 'vscode';
import { toCurl, toPowerShell } from './common/curl';
import type { ExportedRequest } from './common/exportedRequest';
import { toPythonRequests } from './common/pythonRequests';
import { hasSdk, type SdkApi, toPythonSdk, toTypescriptSdk } from './common/sdkPrograms';

/** Copies the request as a program that sends the same request. It contains no API key. */
export async function copyRequest(request: ExportedRequest): Promise<void> {
  const { api } = request;
  const items = [
    { label: l10n.t('curl (sh, bash, zsh)'), write: toCurl },
    { label: l10n.t('curl (PowerShell)'), write: toPowerShell },
    { label: l10n.t('Python (requests)'), write: toPythonRequests },
    ...(api === 'http' || !hasSdk(request) ? [] : sdkFormats(api)),
  ];
  const picked = await window.showQuickPick(items, { placeHolder: l10n.t('Choose a format') });
  if (picked === undefined) return;
  await env.clipboard.writeText(picked.write(request));
  window.setStatusBarMessage(l10n.t('Quillet: Request copied'), 5000);
}

/** The packages know no requests that users define themselves. */
function sdkFormats(api: SdkApi) {
  return [
    {
      label: api === 'messages' ? l10n.t('Python (anthropic)') : l10n.t('Python (openai)'),
      write: (request: ExportedRequest) => toPythonSdk(request, api),
    },
    {
      label: api === 'messages' ? l10n.t('TypeScript (anthropic)') : l10n.t('TypeScript (openai)'),
      write: (request: ExportedRequest) => toTypescriptSdk(request, api),
    },
  ];
}
