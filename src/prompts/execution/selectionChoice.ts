import { l10n, window } from 'vscode';

/**
 * Asks what to send where each of several selections would be a request of its own (need 40). Resolves to all, to the
 * primary one alone, or to undefined when the user went away; one is not asked about.
 */
export async function chooseRequests<T>(
  title: string,
  requests: readonly T[],
  primaryIndex: number,
): Promise<readonly T[] | undefined> {
  const primaryRequest = requests[primaryIndex];
  if (requests.length < 2 || primaryRequest === undefined) return requests;
  const count = String(requests.length);
  const items = [
    { label: l10n.t('Each Selection by Itself'), description: l10n.t('{0} requests', count), chosen: requests },
    { label: l10n.t('Only the Primary Selection'), description: l10n.t('1 request'), chosen: [primaryRequest] },
  ];
  const picked = await window.showQuickPick(items, {
    title,
    placeHolder: l10n.t('There are {0} selections. What should be sent?', count),
    ignoreFocusOut: true,
  });
  return picked?.chosen;
}
