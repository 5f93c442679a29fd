import { l10n, type QuickPickItem, QuickPickItemKind, window } from 'vscode';
import { waitForChoice } from '../platform/quickPicks';
import type { ListProblem, RecoveryAction } from './listProblem';

export interface ModelPickerOptions {
  readonly title: string;
  readonly known: readonly string[];
  /** The server's current list, why it is unavailable, or undefined for an API without one. */
  readonly live: Promise<readonly string[]> | ListProblem | undefined;
  readonly current: string | undefined;
  readonly describe: (model: string) => string | undefined;
  readonly value: string;
  /** Returns why a typed text can't be a model ID. */
  readonly validate: (text: string) => string | undefined;
}

export type ModelChoice =
  | { readonly model: string }
  | { readonly action: RecoveryAction }
  | { readonly failure: unknown; readonly typed: string };

interface ModelItem extends QuickPickItem {
  readonly choice?: ModelChoice;
}

/** VS Code reports an accepted item by its index, so items keep theirs while the list grows. */
export async function pickModel({ known, live, ...options }: ModelPickerOptions): Promise<ModelChoice | undefined> {
  const picker = window.createQuickPick<ModelItem>();
  const isLoading = live instanceof Promise;
  let models = known;
  let first = isLoading ? loadingItems(known) : problemItems(live);
  const isCurrent = ({ choice }: ModelItem): boolean => {
    return choice !== undefined && 'model' in choice && choice.model === options.current;
  };
  const updateItems = (): void => {
    picker.items = [
      ...first,
      ...models.map((model) => modelItem(model, options)),
      ...typedItems(picker.value, models, options.validate),
    ];
    const preferred = first.find(({ choice }) => choice !== undefined) ?? picker.items.find(isCurrent);
    if (preferred !== undefined && picker.value === '') picker.activeItems = [preferred];
  };
  picker.title = options.title;
  picker.placeholder = l10n.t('Choose a model or type its ID');
  picker.ignoreFocusOut = true;
  picker.busy = isLoading;
  picker.value = options.value;
  updateItems();
  picker.onDidChangeValue(updateItems);
  let failed: ModelChoice | undefined;
  if (isLoading) {
    live.then(
      (listed) => {
        models = [...new Set([...known, ...listed])];
        first = [separator('')];
        picker.busy = false;
        updateItems();
      },
      (failure: unknown) => {
        failed = { failure, typed: picker.value };
        picker.hide();
      },
    );
  }
  const choice = await waitForChoice(picker, () => {
    // An informational item may match the typed text.
    const [typed] = typedItems(picker.value, models, options.validate);
    return picker.selectedItems[0]?.choice ?? typed?.choice;
  });
  return choice ?? failed;
}

function typedItems(
  value: string,
  models: readonly string[],
  validate: ModelPickerOptions['validate'],
): readonly ModelItem[] {
  const model = value.trim();
  if (model === '' || models.includes(model)) return [];
  const problem = validate(model);
  if (problem !== undefined) return [{ label: `$(error) ${problem}`, alwaysShow: true }];
  return [{ label: l10n.t('Use "{0}"', model), alwaysShow: true, choice: { model } }];
}

function modelItem(model: string, { current, describe }: Pick<ModelPickerOptions, 'current' | 'describe'>): ModelItem {
  const facts = [...(model === current ? [l10n.t('current')] : []), describe(model) ?? []].flat();
  return { label: model, choice: { model }, ...(facts.length > 0 && { description: facts.join(' · ') }) };
}

function separator(label: string): ModelItem {
  return { label, kind: QuickPickItemKind.Separator };
}

function loadingItems(known: readonly string[]): readonly ModelItem[] {
  const label = l10n.t('Loading models…');
  return known.length === 0 ? [{ label: `$(loading~spin) ${label}` }] : [separator(label)];
}

function problemItems(problem: ListProblem | undefined): readonly ModelItem[] {
  if (problem === undefined) return [];
  const { label, detail, actions } = problem;
  return [{ label: `$(warning) ${label}`, detail }, ...actions.map(actionItem), separator(l10n.t('Known models'))];
}

function actionItem(action: RecoveryAction): ModelItem {
  const labels: Readonly<Record<RecoveryAction, string>> = {
    retry: l10n.t('$(refresh) Try Again'),
    setKey: l10n.t('$(key) Set API Key…'),
    changeAddress: l10n.t('$(edit) Change Address…'),
    chooseProvider: l10n.t('$(server) Choose Another Provider…'),
    openSettings: l10n.t('$(settings-gear) Open Settings'),
  };
  return { label: labels[action], choice: { action } };
}
