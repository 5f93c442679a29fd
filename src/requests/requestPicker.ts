import { l10n, type QuickInputButton, type QuickPickItem, ThemeIcon, window } from 'vscode';
import { withoutUndefined } from '../util/withoutUndefined';

/** A request in the list, in lines that may be shown. */
export interface RequestEntry {
  readonly id: number;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  /** Everything else that is searched, in small letters. Computed when somebody searches. */
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

/**
 * Lets the user choose a request and what to do with it; Enter opens it. What is typed is looked for in the whole text of
 * each: VS Code finds what a line shows, and one that has it elsewhere stays in the list besides.
 */
export function pickRequest(title: string, entries: readonly RequestEntry[]): Promise<PickedRequest | undefined> {
  const picker = window.createQuickPick<RequestItem>();
  picker.title = title;
  picker.placeholder = l10n.t('Search in requests and answers; Enter opens one');
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  picker.buttons = [clearButton()];
  // A line keeps its number, by which VS Code says which one was accepted.
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
  return { ...line, buttons: actionButtons(), ...withoutUndefined({ alwaysShow: isFound ? true : undefined }) };
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
