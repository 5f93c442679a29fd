import { l10n, type QuickPickItem, QuickPickItemKind, window } from 'vscode';
import { withoutUndefined } from '../util/withoutUndefined';

export interface ModelPickerOptions {
  readonly title: string;
  /** Shown immediately: cached or configured models. */
  readonly known: readonly string[];
  /** The server's current list. */
  readonly live: Promise<readonly string[]>;
  readonly current: string | undefined;
  readonly describeError: (thrown: unknown) => string;
}

interface ModelItem extends QuickPickItem {
  /** Undefined for the typed value and for informational items. */
  readonly model?: string;
}

/**
 * Picks a model, or takes the typed value, because model lists can be missing, huge or wrong.
 *
 * VS Code reports an accepted item by its index, and the list may have changed since. So models keep their index: new
 * ones are appended, and the typed value comes last.
 */
export function pickModel(options: ModelPickerOptions): Promise<string | undefined> {
  const picker = window.createQuickPick<ModelItem>();
  let models = options.known;
  let reason: string | undefined;
  const updateItems = (): void => {
    picker.items = [
      ...models.map((model) => modelItem(model, options.current)),
      ...reasonItem(reason),
      ...typedItem(picker.value, models),
    ];
  };
  picker.title = options.title;
  picker.placeholder = l10n.t('Choose a model or type its ID');
  picker.ignoreFocusOut = true;
  picker.busy = true;
  updateItems();
  void options.live
    .then(
      (live) => {
        models = [...new Set([...options.known, ...live])];
        if (models.length === 0) reason = l10n.t("The server didn't list any models.");
      },
      (thrown: unknown) => {
        reason = options.describeError(thrown);
      },
    )
    .finally(() => {
      picker.busy = false;
      updateItems();
    });
  picker.onDidChangeValue(updateItems);
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      const chosen = picker.selectedItems[0]?.model ?? picker.value.trim();
      if (chosen === '') return;
      resolve(chosen);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}

function typedItem(value: string, models: readonly string[]): ModelItem[] {
  const typed = value.trim();
  if (typed === '' || models.includes(typed)) return [];
  return [{ label: l10n.t('Use "{0}"', typed), alwaysShow: true }];
}

function modelItem(model: string, current: string | undefined): ModelItem {
  return {
    label: model,
    model,
    ...withoutUndefined({ description: model === current ? l10n.t('current') : undefined }),
  };
}

function reasonItem(reason: string | undefined): ModelItem[] {
  if (reason === undefined) return [];
  return [
    { label: l10n.t('Model list unavailable'), kind: QuickPickItemKind.Separator },
    { label: l10n.t("Couldn't list models. Type a model ID instead."), detail: reason, alwaysShow: true },
  ];
}
