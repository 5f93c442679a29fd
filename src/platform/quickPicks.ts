import type { QuickPick, QuickPickItem } from 'vscode';

/** Shows a picker until `getChoice` returns the choice that was accepted. Undefined if it is hidden before. */
export function waitForChoice<Item extends QuickPickItem, Choice>(
  picker: QuickPick<Item>,
  getChoice: () => Choice | undefined,
): Promise<Choice | undefined> {
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      const choice = getChoice();
      if (choice === undefined) return;
      resolve(choice);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}
