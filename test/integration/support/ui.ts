import * as vscode from 'vscode';

/** A notification or a modal question, as Quillet asked VS Code to show it. */
export interface Shown {
  readonly kind: 'error' | 'information' | 'warning';
  readonly text: string;
  readonly buttons: readonly string[];
  readonly isModal: boolean;
}

type InputAnswer = (options: vscode.InputBoxOptions) => string | undefined | Promise<string | undefined>;
type PickAnswer = (items: readonly vscode.QuickPickItem[]) => vscode.QuickPickItem | undefined;

/**
 * What users see and do of Quillet's prompts and notices. Nobody can click from inside an extension host, so these few
 * calls of VS Code's API are recorded and answered by the tests; the rest of the workbench is the real one.
 */
export class Ui {
  shown: Shown[] = [];
  inputs: vscode.InputBoxOptions[] = [];
  threads: vscode.CommentThread[] = [];
  pickers: vscode.QuickPick<vscode.QuickPickItem>[] = [];
  status: vscode.StatusBarItem | undefined;
  /** Every decoration that was ever made: they are made once for the window and used again. */
  readonly decorations: vscode.DecorationRenderOptions[] = [];
  private answers: InputAnswer[] = [];
  private picks: PickAnswer[] = [];
  private presses: string[] = [];

  /** Forgets what was shown; the status bar item stays, since there is one for the whole window. */
  clear(): void {
    this.shown = [];
    this.inputs = [];
    this.threads = [];
    this.pickers = [];
    this.answers = [];
    this.picks = [];
    this.presses = [];
  }

  get statusText(): string {
    return this.status?.text ?? '';
  }

  get isIdle(): boolean {
    return !this.statusText.includes('spin');
  }

  get errors(): readonly string[] {
    return this.shown.filter((one) => one.kind === 'error').map((one) => one.text);
  }

  /** The next input box is answered with this text, or by a function that sees its options. */
  willType(answer: string | undefined | InputAnswer): void {
    this.answers.push(typeof answer === 'function' ? answer : () => answer);
  }

  /** In the next list the item with this label is picked. */
  willPick(label: string): void {
    this.picks.push((items) => items.find((item) => item.label === label));
  }

  /** The next notification that has this button gets it pressed. */
  willPress(label: string): void {
    this.presses.push(label);
  }

  /** Takes the place of the API's functions. Called once, before the extension is activated. */
  install(): void {
    const { window, comments } = vscode;
    const createDecoration = window.createTextEditorDecorationType;
    Object.assign(window, {
      showErrorMessage: this.message('error'),
      showInformationMessage: this.message('information'),
      showWarningMessage: this.message('warning'),
      showInputBox: async (options: vscode.InputBoxOptions = {}) => {
        this.inputs.push(options);
        return this.answers.shift()?.(options);
      },
      showQuickPick: async (items: readonly vscode.QuickPickItem[]) => this.picks.shift()?.(await items),
      createQuickPick: this.recording(window.createQuickPick, (picker) => this.pickers.push(picker as never)),
      createTextEditorDecorationType: (options: vscode.DecorationRenderOptions) => {
        this.decorations.push(options);
        return createDecoration(options);
      },
      createStatusBarItem: this.recording(window.createStatusBarItem, (item) => {
        this.status = item as vscode.StatusBarItem;
      }),
    });
    Object.assign(comments, { createCommentController: this.commentControllers(comments.createCommentController) });
  }

  private message(kind: Shown['kind']) {
    return async (text: string, ...rest: readonly unknown[]) => {
      const buttons = rest.filter((item) => typeof item === 'string');
      const isModal = rest.some((item) => (item as vscode.MessageOptions | undefined)?.modal === true);
      this.shown.push({ kind, text, buttons, isModal });
      const pressed = this.presses.findIndex((label) => buttons.includes(label));
      return pressed === -1 ? undefined : this.presses.splice(pressed, 1)[0];
    };
  }

  private recording<Args extends unknown[]>(original: (...args: Args) => unknown, seen: (made: unknown) => void) {
    return (...args: Args) => {
      const made = original(...args);
      seen(made);
      return made;
    };
  }

  /** The controller is frozen by VS Code, so the recording one stands in front of it. */
  private commentControllers(original: typeof vscode.comments.createCommentController) {
    return (id: string, label: string) => {
      const real = original(id, label);
      return {
        id,
        label,
        set options(options: vscode.CommentOptions) {
          real.options = options;
        },
        createCommentThread: (uri: vscode.Uri, range: vscode.Range, first: readonly vscode.Comment[]) => {
          const thread = real.createCommentThread(uri, range, first);
          this.threads.push(thread);
          return thread;
        },
        dispose: () => real.dispose(),
      };
    };
  }
}
