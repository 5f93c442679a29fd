import { l10n, type QuickInputButton, type QuickPickItem, ThemeIcon, window } from 'vscode';

export interface RequestEntry {
  readonly id: number;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  /** All text of the request and the answer in lower case. Computed on demand. */
  readonly searchText: () => string;
}

export type RequestAction = 'open' | 'copy' | 'sendAgain' | 'sendToOtherModels';

export type PickedRequest = { readonly kind: RequestAction; readonly id: number } | { readonly kind: 'clear' };

interface RequestItem extends QuickPickItem {
  readonly id: number;
}

interface ActionButton extends QuickInputButton {
  readonly kind: RequestAction | 'clear';
}

/** Also finds requests whose full text contains the query: VS Code itself matches only what is visible. */
export function pickRequest(title: string, entries: readonly RequestEntry[]): Promise<PickedRequest | undefined> {
  const picker = window.createQuickPick<RequestItem>();
  picker.title = title;
  picker.placeholder = l10n.t('Search requests and answers');
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  picker.buttons = [clearButton()];
  // Items keep their index, by which VS Code reports the accepted item.
  const updateItems = (): void => {
    picker.items = entries.map((line) => toItem(line, picker.value.trim().toLowerCase()));
  };
  updateItems();
  picker.onDidChangeValue(updateItems);
  return new Promise((resolve) => {
    const finish = (picked: PickedRequest | undefined): void => {
      resolve(picked);
      picker.hide();
    };
    picker.onDidTriggerButton(() => finish({ kind: 'clear' }));
    picker.onDidTriggerItemButton(({ item, button }) => {
      const action = actionButtons().find(({ tooltip }) => tooltip === button.tooltip);
      if (action !== undefined) finish({ kind: action.kind, id: item.id });
    });
    picker.onDidAccept(() => {
      const [item] = picker.selectedItems;
      if (item !== undefined) finish({ kind: 'open', id: item.id });
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}

function toItem({ searchText, ...line }: RequestEntry, query: string): RequestItem {
  const isFound = query !== '' && searchText().includes(query);
  return { ...line, buttons: actionButtons(), alwaysShow: isFound };
}

function actionButtons(): (QuickInputButton & { readonly kind: RequestAction })[] {
  return [
    { kind: 'copy', iconPath: new ThemeIcon('copy'), tooltip: l10n.t('Copy Request As…') },
    { kind: 'sendAgain', iconPath: new ThemeIcon('debug-restart'), tooltip: l10n.t('Send Again') },
    { kind: 'sendToOtherModels', iconPath: new ThemeIcon('versions'), tooltip: l10n.t('Send to Other Models…') },
  ];
}

function clearButton(): ActionButton {
  return { kind: 'clear', iconPath: new ThemeIcon('clear-all'), tooltip: l10n.t('Forget All Requests') };
}
