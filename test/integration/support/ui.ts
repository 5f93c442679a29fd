import * as vscode from 'vscode';

/** A notification or a modal question, as Quillet asked VS Code to show it. */
export interface Shown {
  readonly kind: 'error' | 'information' | 'warning';
  readonly text: string;
  readonly buttons: readonly string[];
  readonly isModal: boolean;
}

/** A list that the user picks from, as far as Quillet uses it. */
export class Picker {
  title = '';
  placeholder = '';
  matchOnDescription = false;
  ignoreFocusOut = false;
  busy = false;
  value = '';
  items: readonly vscode.QuickPickItem[] = [];
  selectedItems: readonly vscode.QuickPickItem[] = [];
  private readonly accepted = new vscode.EventEmitter<void>();
  private readonly hidden = new vscode.EventEmitter<void>();
  private readonly changed = new vscode.EventEmitter<string>();
  readonly onDidAccept = this.accepted.event;
  readonly onDidHide = this.hidden.event;
  readonly onDidChangeValue = this.changed.event;

  show(): void {
    // There is nothing to see.
  }

  hide(): void {
    this.hidden.fire();
  }

  dispose(): void {
    for (const emitter of [this.accepted, this.hidden, this.changed]) emitter.dispose();
  }

  type(value: string): void {
    this.value = value;
    this.changed.fire(value);
  }

  accept(item: vscode.QuickPickItem): void {
    this.selectedItems = [item];
    this.accepted.fire();
  }
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
  /** Those that a test has to close, whatever it forgot of them. */
  openThreads: vscode.CommentThread[] = [];
  pickers: Picker[] = [];
  status: vscode.StatusBarItem | undefined;
  /** Every decoration that was ever made: they are made once for the window and used again. */
  readonly decorations: vscode.DecorationRenderOptions[] = [];
  private answers: InputAnswer[] = [];
  private picks: PickAnswer[] = [];
  private presses: { readonly label: string; readonly when: Promise<unknown> }[] = [];

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

  get texts(): readonly string[] {
    return this.shown.map((one) => one.text);
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

  /** The next notification that has this button gets it pressed, at once or when `when` settles. */
  willPress(label: string, when: Promise<unknown> = Promise.resolve()): void {
    this.presses.push({ label, when });
  }

  /** Takes the place of the API's functions. Called once, before the extension is activated. */
  install(): void {
    const { window, comments } = vscode;
    const createDecoration = window.createTextEditorDecorationType;
    const createStatus = window.createStatusBarItem;
    Object.assign(window, {
      showErrorMessage: this.message('error'),
      showInformationMessage: this.message('information'),
      showWarningMessage: this.message('warning'),
      showInputBox: async (options: vscode.InputBoxOptions = {}) => {
        this.inputs.push(options);
        return this.answers.shift()?.(options);
      },
      showQuickPick: async (items: readonly vscode.QuickPickItem[]) => this.picks.shift()?.(await items),
      createQuickPick: () => {
        const picker = new Picker();
        this.pickers.push(picker);
        return picker;
      },
      createTextEditorDecorationType: (options: vscode.DecorationRenderOptions) => {
        this.decorations.push(options);
        return createDecoration(options);
      },
      createStatusBarItem: (id: string, alignment: vscode.StatusBarAlignment, priority: number) => {
        this.status = createStatus(id, alignment, priority);
        return this.status;
      },
    });
    Object.assign(comments, { createCommentController: this.commentControllers(comments.createCommentController) });
  }

  private message(kind: Shown['kind']) {
    return async (text: string, ...rest: readonly unknown[]) => {
      const buttons = rest.filter((item) => typeof item === 'string');
      const isModal = rest.some((item) => (item as vscode.MessageOptions | undefined)?.modal === true);
      this.shown.push({ kind, text, buttons, isModal });
      const index = this.presses.findIndex(({ label }) => buttons.includes(label));
      const [press] = index === -1 ? [] : this.presses.splice(index, 1);
      await press?.when;
      return press?.label;
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
          this.openThreads.push(thread);
          return thread;
        },
        dispose: () => real.dispose(),
      };
    };
  }
}
