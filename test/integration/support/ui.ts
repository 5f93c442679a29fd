import * as vscode from 'vscode';
import { eventually } from './eventually';

/** A notification or modal dialog that Quillet showed. */
export interface ShownMessage {
  readonly kind: 'error' | 'information' | 'warning';
  readonly text: string;
  readonly buttons: readonly string[];
  readonly isModal: boolean;
  readonly detail?: string;
}

/** Implements the part of vscode.QuickPick that Quillet uses. */
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
  activeItems: readonly vscode.QuickPickItem[] = [];
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
    // Nothing to show in a test.
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

  /** Presses a title or item button by its tooltip. */
  press(tooltip: string, item?: vscode.QuickPickItem): void {
    const button = (item ?? this).buttons?.find((candidate) => candidate.tooltip === tooltip);
    if (button === undefined) throw new Error(`There is no button "${tooltip}".`);
    if (item === undefined) this.triggered.fire(button);
    else this.itemTriggered.fire({ button, item });
  }

  /** Selects the items one after another, then accepts. */
  acceptSelected(...labels: readonly string[]): void {
    for (const label of labels) {
      this.selectedItems = [...this.selectedItems, ...this.items.filter((item) => item.label === label)];
      this.selected.fire(this.selectedItems);
    }
    this.accepted.fire();
  }
}

/** A webview panel and the messages exchanged with it. */
export interface ShownPanel {
  readonly options: vscode.WebviewPanelOptions & vscode.WebviewOptions;
  readonly html: string;
  readonly posted: readonly unknown[];
  readonly isVisible: boolean;
  /** Simulates a message from the page. */
  receive(message: unknown): void;
}

/** Implements the part of vscode.InputBox that Quillet uses. */
export class FakeInputBox {
  title = '';
  prompt = '';
  placeholder = '';
  value = '';
  password = false;
  busy = false;
  ignoreFocusOut = false;
  validationMessage: string | vscode.InputBoxValidationMessage | undefined;
  private readonly accepted = new vscode.EventEmitter<void>();
  private readonly hidden = new vscode.EventEmitter<void>();
  private readonly changed = new vscode.EventEmitter<string>();
  readonly onDidAccept = this.accepted.event;
  readonly onDidHide = this.hidden.event;
  readonly onDidChangeValue = this.changed.event;

  constructor(private readonly answer: (box: FakeInputBox) => Promise<string | undefined>) {}

  /** Enters the answer and cancels if it is rejected. */
  show(): void {
    void this.answer(this).then(async (answer) => {
      if (answer !== undefined) await this.enter(answer);
      this.hide();
    });
  }

  hide(): void {
    this.hidden.fire();
  }

  /** Types a text, presses Enter and waits until it has been checked. */
  async enter(text: string): Promise<void> {
    this.type(text);
    this.accepted.fire();
    await eventually(() => !this.busy, 'the result of the check');
  }

  /** The validation message for a typed text, or 'fine'. */
  check(text: string): string {
    this.type(text);
    const message = this.validationMessage ?? 'fine';
    return typeof message === 'string' ? message : message.message;
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
 * Records and answers the UI that tests can't click from inside an extension host: notifications, quick picks and input
 * boxes. The rest of the workbench is real.
 */
export class Ui {
  shown: ShownMessage[] = [];
  inputs: vscode.InputBoxOptions[] = [];
  /** Input boxes shown by createInputBox, which are also in `inputs`. */
  boxes: FakeInputBox[] = [];
  /** Quick picks shown by showQuickPick. */
  lists: (vscode.QuickPickOptions & { readonly items: readonly vscode.QuickPickItem[] })[] = [];
  threads: vscode.CommentThread[] = [];
  /** Threads to close after the test. */
  openThreads: vscode.CommentThread[] = [];
  /** Number of deletions of each thread, by itself and by its controller. */
  readonly threadEnds = new Map<vscode.CommentThread, number>();
  pickers: FakeQuickPick[] = [];
  panels: ShownPanel[] = [];
  /** The answer to save dialogs. */
  saveTarget: vscode.Uri | undefined;
  beforeSaving: () => void = () => undefined;
  saveQuestions = 0;
  status: vscode.StatusBarItem | undefined;
  /** Registered once per window, so these are never cleared. */
  pasteProvider: vscode.DocumentPasteEditProvider | undefined;
  dropProvider: vscode.DocumentDropEditProvider | undefined;
  /** Decoration types are created once per window, so this is never cleared. */
  readonly decorations: vscode.DecorationRenderOptions[] = [];
  /** Log lines, each prefixed with its level. */
  logged: string[] = [];
  private answers: InputResponse[] = [];
  private picks: PickResponse[] = [];
  private presses: { readonly label: string; readonly when: Promise<unknown> }[] = [];

  /** Clears the recorded UI except the status bar item, which exists once per window. */
  clear(): void {
    this.shown = [];
    this.inputs = [];
    this.boxes = [];
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

  willType(answer: string | undefined | InputResponse): void {
    this.answers.push(typeof answer === 'function' ? answer : () => answer);
  }

  willPick(label: string | RegExp | PickResponse): void {
    if (typeof label === 'function') {
      this.picks.push(label);
      return;
    }
    const matches = (text: string) => (typeof label === 'string' ? text === label : label.test(text));
    this.picks.push((items) => items.find((item) => matches(item.label)));
  }

  /** Presses this button on the next notification that has it, immediately or when `when` settles. */
  willPress(label: string, when: Promise<unknown> = Promise.resolve()): void {
    this.presses.push({ label, when });
  }

  /** Replaces API functions. Called once, before the extension is activated. */
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
          this.boxes.push(box);
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
    const { languages } = vscode;
    const { registerDocumentPasteEditProvider, registerDocumentDropEditProvider } = languages;
    const registerPaste: typeof registerDocumentPasteEditProvider = (selector, provider, metadata) => {
      this.pasteProvider = provider;
      return registerDocumentPasteEditProvider(selector, provider, metadata);
    };
    const registerDrop: typeof registerDocumentDropEditProvider = (selector, provider, metadata) => {
      this.dropProvider = provider;
      return registerDocumentDropEditProvider(selector, provider, metadata);
    };
    Object.assign(languages, {
      registerDocumentPasteEditProvider: registerPaste,
      registerDocumentDropEditProvider: registerDrop,
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

  // Wraps the real panel and records its messages.
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

  // VS Code freezes the controller, so wrap it.
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
        // VS Code deletes all threads ever created, even disposed ones (measured in 1.139).
        dispose: () => {
          for (const thread of createdThreads) countEnd(thread);
          real.dispose();
        },
      };
    };
  }
}
