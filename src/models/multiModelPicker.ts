import { l10n, type QuickPickItem, window } from 'vscode';
import { waitForChoice } from '../platform/quickPicks';
import { withoutUndefined } from '../util/withoutUndefined';

const MAX_MODELS = 3;

interface ModelItem extends QuickPickItem {
  readonly model?: string;
}

/** Returns model refs, or IDs as typed. Empty if dismissed. */
export async function pickModels(
  known: readonly string[],
  current: string | undefined,
  listed: Promise<readonly string[]>,
): Promise<readonly string[]> {
  const picker = window.createQuickPick<ModelItem>();
  picker.title = l10n.t('Compare Models');
  picker.placeholder = l10n.t('Select up to {0} models, or type a model ID', String(MAX_MODELS));
  picker.canSelectMany = true;
  picker.ignoreFocusOut = true;
  const toItem = (model: string): ModelItem => ({
    label: model,
    model,
    ...withoutUndefined({ description: model === current ? l10n.t('current') : undefined }),
  });
  picker.items = [{ label: l10n.t('$(edit) Other Model…'), alwaysShow: true }, ...known.map(toItem)];
  let checked: readonly ModelItem[] = [];
  picker.busy = true;
  void listed.then((models) => {
    picker.busy = false;
    // VS Code identifies items by index, so new ones are appended.
    picker.items = [...picker.items, ...models.filter((model) => !known.includes(model)).map(toItem)];
    picker.selectedItems = checked;
  });
  picker.onDidChangeSelection((items) => {
    if (items.length > MAX_MODELS) picker.selectedItems = checked;
    else checked = items;
  });
  const typed = await waitForChoice(picker, () => picker.value.trim());
  if (typed === undefined) return [];
  const models = checked.flatMap(({ model }) => model ?? []);
  if (checked.length === 0) return typed === '' ? [] : [typed];
  if (models.length === checked.length) return models;
  const typedModel =
    (await window.showInputBox({
      title: l10n.t('Compare Models'),
      prompt: l10n.t('A model ID, e.g. provider/model'),
      ignoreFocusOut: true,
    })) ?? '';
  // Dismissing the input box cancels the whole selection.
  return typedModel.trim() === '' ? [] : [...models, typedModel.trim()];
}
