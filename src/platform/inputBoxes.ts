import { l10n, type Range, type TextEditor, window } from 'vscode';
import { setContext } from './commands';
import { HistoryCursor, InputHistory } from './inputHistory';

export interface InputRequest {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  readonly historyKey: string;
  readonly validate: (value: string) => string | undefined;
  /** Where to ask instead of at the top of the window, if possible. */
  readonly place?: InputPlace;
}

export interface InputPlace {
  readonly editor: TextEditor;
  /** Its range moves with the text. */
  readonly target: { readonly range: Range };
  /** The model, and what sending will cost. */
  readonly describe: () => Promise<string>;
}

/** An open box. */
export interface OpenInput {
  readonly text: string;
  /** Undefined if the user closes the box. */
  readonly answer: Promise<string | undefined>;
  setText(text: string): void;
  focus(): void;
  close(): void;
}

/** Undefined if a box can't be shown there. */
export type OpenInputInEditor = (
  request: InputRequest,
  place: InputPlace,
  lastInput: string | undefined,
) => Promise<OpenInput | undefined>;

/** Asks one question at a time, in the editor or in an input box. Earlier inputs can be recalled with the arrow keys. */
export class InputBoxes {
  private readonly history = new InputHistory();
  private open: { readonly input: OpenInput; readonly cursor: HistoryCursor } | undefined;
  private latestRequest: InputRequest | undefined;

  constructor(private readonly openInEditor: OpenInputInEditor) {}

  async ask(request: InputRequest): Promise<string | undefined> {
    const { historyKey, place, value = '' } = request;
    const entries = this.history.get(historyKey);
    const [lastInput] = entries;
    this.latestRequest = request;
    this.open?.input.close();
    const inEditor = place === undefined ? undefined : await this.openInEditor(request, place, lastInput);
    // Another question was asked while the box opened.
    if (this.latestRequest !== request) {
      inEditor?.close();
      return undefined;
    }
    const input = inEditor ?? openInputBox(request, lastInput);
    const open = { input, cursor: new HistoryCursor(entries) };
    this.open = open;
    setContext('quillet.asking', true);
    try {
      const answer = await input.answer;
      // What was typed before Escape can be recalled, too.
      if (answer !== undefined || input.text !== value) this.history.add(historyKey, answer ?? input.text);
      return answer;
    } finally {
      input.close();
      if (this.open === open) {
        this.open = undefined;
        setContext('quillet.asking', false);
      }
    }
  }

  step(change: 1 | -1): void {
    if (this.open === undefined) return;
    const { input, cursor } = this.open;
    const text = cursor.step(change, input.text);
    if (text !== undefined) input.setText(text);
  }

  focus(): void {
    this.open?.input.focus();
  }

  /** Cancels an open question, and lets its prompt release the text that it was going to replace. */
  async dismiss(): Promise<void> {
    if (this.open === undefined) return;
    this.open.input.close();
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function openInputBox({ title, prompt, value = '', validate }: InputRequest, lastInput: string | undefined): OpenInput {
  const box = window.createInputBox();
  const placeholder = lastInput === undefined ? '' : l10n.t('Press ↑ to use "{0}" again', lastInput);
  Object.assign(box, { title, prompt, value, placeholder, ignoreFocusOut: true });
  const { promise: answer, resolve } = Promise.withResolvers<string | undefined>();
  const updateValidation = () => {
    box.validationMessage = validate(box.value);
  };
  box.onDidChangeValue(updateValidation);
  box.onDidAccept(() => {
    updateValidation();
    if (validate(box.value) === undefined) resolve(box.value);
  });
  box.onDidHide(() => resolve(undefined));
  box.show();
  return {
    get text() {
      return box.value;
    },
    answer,
    setText: (text) => {
      box.value = text;
    },
    focus: () => box.show(),
    close: () => {
      resolve(undefined);
      box.dispose();
    },
  };
}
