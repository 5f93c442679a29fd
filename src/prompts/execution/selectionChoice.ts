import { l10n, window } from 'vscode';

/** Asks whether to send every selection or only the primary one. Undefined if the user cancels. */
export async function chooseRequests<T>(
  title: string,
  requests: readonly T[],
  primaryIndex: number,
): Promise<readonly T[] | undefined> {
  const primaryRequest = requests[primaryIndex];
  if (requests.length < 2 || primaryRequest === undefined) return requests;
  const count = String(requests.length);
  const items = [
    { label: l10n.t('Each Selection Separately'), description: l10n.t('{0} requests', count), chosen: requests },
    { label: l10n.t('Primary Selection Only'), description: l10n.t('1 request'), chosen: [primaryRequest] },
  ];
  const picked = await window.showQuickPick(items, {
    title,
    placeHolder: l10n.t('You have {0} selections. Which should Quillet use?', count),
    ignoreFocusOut: true,
  });
  return picked?.chosen;
}
