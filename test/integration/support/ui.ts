import * as vscode from 'vscode';

/** A notification or a modal question, as Quillet asked VS Code to show it. */
export interface ShownMessage {
  readonly kind: 'error' | 'information' | 'warning';
  readonly text: string;
  readonly buttons: readonly string[];
  readonly isModal: boolean;
  /** The lines under the question of a modal. */
  readonly detail?: string;
}

/** A list that the user picks from, as far as Quillet uses it. */
export class FakeQuickPick {
  title = '';
  placeholder = '';
  matchOnDescription = false;
  matchOnDetail = false;
  ignoreFocusOut = false;
  canSelectMany = false;
  busy = false;
  value = '';
  items: readonly vscode.QuickPickItem[] = [];
  buttons: readonly vscode.QuickInputButton[] = [];
  selectedItems: readonly vscode.QuickPickItem[] = [];
  private readonly accepted = new vscode.EventEmitter<void>();
  private readonly hidden = new vscode.EventEmitter<void>();
  private readonly changed = new vscode.EventEmitter<string>();
  private readonly selected = new vscode.EventEmitter<readonly vscode.QuickPickItem[]>();
  private readonly triggered = new vscode.EventEmitter<vscode.QuickInputButton>();
  private readonly itemTriggered = new vscode.EventEmitter<vscode.QuickPickItemButtonEvent<vscode.QuickPickItem>>();
  readonly onDidAccept = this.accepted.event;
  readonly onDidHide = this.hidden.event;
  readonly onDidChangeValue = this.changed.event;
  readonly onDidChangeSelection = this.selected.event;
  readonly onDidTriggerButton = this.triggered.event;
  readonly onDidTriggerItemButton = this.itemTriggered.event;

  show(): void {
    // There is nothing to see.
  }

  hide(): void {
    this.hidden.fire();
  }

  dispose(): void {
    const { accepted, hidden, changed, selected, triggered, itemTriggered } = this;
    for (const emitter of [accepted, hidden, changed, selected, triggered, itemTriggered]) emitter.dispose();
  }

  type(value: string): void {
    this.value = value;
    this.changed.fire(value);
  }

  accept(item: vscode.QuickPickItem): void {
    this.selectedItems = [item];
    this.accepted.fire();
  }

  /** Presses a button in the title, or of an item, by what it says. */
  press(tooltip: string, item?: vscode.QuickPickItem): void {
    const button = (item ?? this).buttons?.find((candidate) => candidate.tooltip === tooltip);
    if (button === undefined) throw new Error(`There is no button "${tooltip}".`);
    if (item === undefined) this.triggered.fire(button);
    else this.itemTriggered.fire({ button, item });
  }

  /** Ticks these boxes one after the other, then presses Enter. */
  acceptSelected(...labels: readonly string[]): void {
    for (const label of labels) {
      this.selectedItems = [...this.selectedItems, ...this.items.filter((item) => item.label === label)];
      this.selected.fire(this.selectedItems);
    }
    this.accepted.fire();
  }
}

/** A panel with a page of Quillet's, and what went to and fro between them. */
export interface ShownPanel {
  readonly options: vscode.WebviewPanelOptions & vscode.WebviewOptions;
  readonly html: string;
  readonly posted: readonly unknown[];
  readonly isVisible: boolean;
  /** Gives Quillet a message as if the page had sent it. */
  receive(message: unknown): void;
}

/** An input box, in which a test types and presses Enter. */
export class FakeInputBox {
  title = '';
  prompt = '';
  value = '';
  ignoreFocusOut = false;
  validationMessage: string | undefined;
  private readonly accepted = new vscode.EventEmitter<void>();
  private readonly hidden = new vscode.EventEmitter<void>();
  private readonly changed = new vscode.EventEmitter<string>();
  readonly onDidAccept = this.accepted.event;
  readonly onDidHide = this.hidden.event;
  readonly onDidChangeValue = this.changed.event;

  constructor(private readonly answer: (box: FakeInputBox) => Promise<string | undefined>) {}

  /** Answers as a user does, who gives up where the answer is not taken. */
  show(): void {
    void this.answer(this).then((answer) => {
      if (answer !== undefined) this.type(answer);
      if (answer !== undefined) this.accepted.fire();
      this.hidden.fire();
    });
  }

  type(value: string): void {
    this.value = value;
    this.changed.fire(value);
  }

  dispose(): void {
    for (const emitter of [this.accepted, this.hidden, this.changed]) emitter.dispose();
  }
}

type InputResponse = (options: vscode.InputBoxOptions) => string | undefined | Promise<string | undefined>;
type PickResponse = (items: readonly vscode.QuickPickItem[]) => vscode.QuickPickItem | undefined;

/**
 * What users see and do of Quillet's prompts and notices. Nobody can click from inside an extension host, so these few
 * calls of VS Code's API are recorded and answered by the tests; the rest of the workbench is the real one.
 */
export class Ui {
  shown: ShownMessage[] = [];
  inputs: vscode.InputBoxOptions[] = [];
  /** The short lists that were shown, each with its entries. */
  lists: (vscode.QuickPickOptions & { readonly items: readonly vscode.QuickPickItem[] })[] = [];
  threads: vscode.CommentThread[] = [];
  /** Those that a test has to close, whatever it forgot of them. */
  openThreads: vscode.CommentThread[] = [];
  /** How often the window was told to delete each thread: by its own end, and by that of its controller. */
  readonly threadEnds = new Map<vscode.CommentThread, number>();
  pickers: FakeQuickPick[] = [];
  panels: ShownPanel[] = [];
  /** What the user chooses when asked where to save; nothing, unless a test says otherwise. */
  saveTarget: vscode.Uri | undefined;
  /** What happens before the user has chosen that. */
  beforeSaving: () => void = () => undefined;
  /** How often the user was asked that. */
  saveQuestions = 0;
  status: vscode.StatusBarItem | undefined;
  /** Every decoration that was ever made: they are made once for the window and used again. */
  readonly decorations: vscode.DecorationRenderOptions[] = [];
  /** The lines of the log, each after its level. */
  logged: string[] = [];
  private answers: InputResponse[] = [];
  private picks: PickResponse[] = [];
  private presses: { readonly label: string; readonly when: Promise<unknown> }[] = [];

  /** Forgets what was shown; the status bar item stays, since there is one for the whole window. */
  clear(): void {
    this.shown = [];
    this.inputs = [];
    this.lists = [];
    this.threads = [];
    this.pickers = [];
    this.panels = [];
    this.saveTarget = undefined;
    this.beforeSaving = () => undefined;
    this.saveQuestions = 0;
    this.logged = [];
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
    return this.shown.map((message) => message.text);
  }

  get errors(): readonly string[] {
    return this.shown.filter((message) => message.kind === 'error').map((message) => message.text);
  }

  /** The next input box is answered with this text, or by a function that sees its options. */
  willType(answer: string | undefined | InputResponse): void {
    this.answers.push(typeof answer === 'function' ? answer : () => answer);
  }

  /** In the next list the item with this label is picked, or the one that a function says. */
  willPick(label: string | RegExp | PickResponse): void {
    if (typeof label === 'function') {
      this.picks.push(label);
      return;
    }
    const matches = (text: string) => (typeof label === 'string' ? text === label : label.test(text));
    this.picks.push((items) => items.find((item) => matches(item.label)));
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
    const createChannel = window.createOutputChannel as (
      name: string,
      options: { log: true },
    ) => vscode.LogOutputChannel;
    Object.assign(window, {
      showErrorMessage: this.message('error'),
      showInformationMessage: this.message('information'),
      showWarningMessage: this.message('warning'),
      showInputBox: async (options: vscode.InputBoxOptions = {}) => {
        this.inputs.push(options);
        return this.answers.shift()?.(options);
      },
      createInputBox: () =>
        new FakeInputBox(async (box) => {
          this.inputs.push(box);
          return this.answers.shift()?.(box);
        }),
      showQuickPick: async (itemsOrPromise: readonly vscode.QuickPickItem[], options: vscode.QuickPickOptions = {}) => {
        const items = await itemsOrPromise;
        this.lists.push({ ...options, items });
        return this.picks.shift()?.(items);
      },
      createQuickPick: () => {
        const picker = new FakeQuickPick();
        this.pickers.push(picker);
        return picker;
      },
      showSaveDialog: async () => {
        this.saveQuestions += 1;
        this.beforeSaving();
        return this.saveTarget;
      },
      createWebviewPanel: this.webviewPanels(window.createWebviewPanel),
      createTextEditorDecorationType: (options: vscode.DecorationRenderOptions) => {
        this.decorations.push(options);
        return createDecoration(options);
      },
      createOutputChannel: (name: string, options: { log: true }) => this.recorded(createChannel(name, options)),
      createStatusBarItem: (id: string, alignment: vscode.StatusBarAlignment, priority: number) => {
        this.status = createStatus(id, alignment, priority);
        return this.status;
      },
    });
    Object.assign(comments, { createCommentController: this.commentControllers(comments.createCommentController) });
  }

  private recorded(channel: vscode.LogOutputChannel) {
    const write = (level: 'debug' | 'info' | 'warn' | 'error') => (line: string) => {
      this.logged.push(`${level} ${line}`);
      channel[level](line);
    };
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      show: () => channel.show(true),
      dispose: () => channel.dispose(),
    };
  }

  private message(kind: ShownMessage['kind']) {
    return async (text: string, ...rest: readonly unknown[]) => {
      const buttons = rest.filter((item) => typeof item === 'string');
      const options = rest.find((item) => typeof item === 'object') as vscode.MessageOptions | undefined;
      const { modal: isModal = false, detail } = options ?? {};
      this.shown.push({ kind, text, buttons, isModal, ...(detail === undefined ? {} : { detail }) });
      const index = this.presses.findIndex(({ label }) => buttons.includes(label));
      const [press] = index === -1 ? [] : this.presses.splice(index, 1);
      await press?.when;
      return press?.label;
    };
  }

  /** The real panel, with somebody who listens. */
  private webviewPanels(original: typeof vscode.window.createWebviewPanel) {
    return (
      type: string,
      title: string,
      column: vscode.ViewColumn,
      options: vscode.WebviewPanelOptions & vscode.WebviewOptions,
    ) => {
      const real = original(type, title, column, options);
      const messages = new vscode.EventEmitter<unknown>();
      real.webview.onDidReceiveMessage((message) => messages.fire(message));
      const posted: unknown[] = [];
      const shown = {
        options,
        html: '',
        posted,
        get isVisible() {
          return real.visible;
        },
        receive: (message: unknown) => messages.fire(message),
      };
      this.panels.push(shown);
      return {
        webview: {
          cspSource: real.webview.cspSource,
          asWebviewUri: (uri: vscode.Uri) => real.webview.asWebviewUri(uri),
          onDidReceiveMessage: messages.event,
          postMessage: (message: unknown) => {
            posted.push(message);
            return real.webview.postMessage(message);
          },
          set html(text: string) {
            shown.html = text;
            real.webview.html = text;
          },
        },
        get visible() {
          return real.visible;
        },
        set iconPath(path: NonNullable<vscode.WebviewPanel['iconPath']>) {
          real.iconPath = path;
        },
        onDidChangeViewState: real.onDidChangeViewState,
        onDidDispose: real.onDidDispose,
        reveal: () => real.reveal(),
        dispose: () => real.dispose(),
      };
    };
  }

  /** The controller is frozen by VS Code, so the recording one stands in front of it. */
  private commentControllers(original: typeof vscode.comments.createCommentController) {
    return (id: string, label: string) => {
      const real = original(id, label);
      const createdThreads: vscode.CommentThread[] = [];
      const countEnd = (thread: vscode.CommentThread): void => {
        this.threadEnds.set(thread, (this.threadEnds.get(thread) ?? 0) + 1);
      };
      return {
        id,
        label,
        set options(options: vscode.CommentOptions) {
          real.options = options;
        },
        createCommentThread: (uri: vscode.Uri, range: vscode.Range, first: readonly vscode.Comment[]) => {
          const thread = real.createCommentThread(uri, range, first);
          const end = thread.dispose;
          thread.dispose = () => {
            countEnd(thread);
            end();
          };
          createdThreads.push(thread);
          this.threads.push(thread);
          this.openThreads.push(thread);
          return thread;
        },
        // VS Code deletes all threads that there ever were, also those that are gone (measured in 1.139).
        dispose: () => {
          for (const thread of createdThreads) countEnd(thread);
          real.dispose();
        },
      };
    };
  }
}
