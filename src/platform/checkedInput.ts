import { InputBoxValidationSeverity, window } from 'vscode';

export type InputCheck<T> = { readonly value: T } | { readonly message: string };

export interface CheckedInput<T> {
  readonly title: string;
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  readonly isPassword?: boolean;
  readonly message?: string;
  readonly progress?: string;
  readonly validate: (text: string) => string | undefined;
  /** Called on Enter. Returns the value, or the message that keeps the box open. */
  readonly check: (text: string, signal: AbortSignal) => InputCheck<T> | Promise<InputCheck<T>>;
}

/** Shows an input box that stays open until its value passes the check. Returns undefined if dismissed. */
export function promptForValue<T>(input: CheckedInput<T>): Promise<T | undefined> {
  const { title, prompt, placeholder, value = '', isPassword = false, message, progress, validate, check } = input;
  const box = window.createInputBox();
  Object.assign(box, { title, prompt, placeholder, value, password: isPassword, ignoreFocusOut: true });
  box.validationMessage = message;
  let checking: AbortController | undefined;
  const stopChecking = (): void => {
    checking?.abort();
    checking = undefined;
    box.busy = false;
  };
  box.onDidChangeValue((text) => {
    stopChecking();
    box.validationMessage = validate(text);
  });
  return new Promise((resolve, reject) => {
    const accept = async (): Promise<void> => {
      if (checking !== undefined) return;
      checking = new AbortController();
      const { signal } = checking;
      box.busy = true;
      if (progress !== undefined)
        box.validationMessage = { message: progress, severity: InputBoxValidationSeverity.Info };
      const result = await check(box.value, signal);
      if (signal.aborted) return;
      stopChecking();
      if ('message' in result) {
        box.validationMessage = result.message;
        // What is typed or pasted next replaces the rejected value.
        box.valueSelection = [0, box.value.length];
        return;
      }
      resolve(result.value);
      box.hide();
    };
    box.onDidAccept(() => {
      accept().catch((failure: unknown) => {
        reject(failure);
        box.hide();
      });
    });
    box.onDidHide(() => {
      stopChecking();
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}
