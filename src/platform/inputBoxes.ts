import { type InputBox, window } from 'vscode';
import { setContext } from './commands';

export interface InputRequest {
  readonly title: string;
  readonly prompt: string;
  /** What stands in the box at first. */
  readonly value?: string;
  /** Answers to the same question are its history. */
  readonly historyKey: string;
  /** What to say about an answer that cannot be used; undefined where it can. */
  readonly validate: (value: string) => string | undefined;
}

/** An input box that is open, with the answers that up and down step through. */
interface OpenInputBox {
  readonly box: InputBox;
  readonly history: readonly string[];
  /** How far back, from 0 for what is being typed. */
  historyOffset: number;
  draft: string;
}

const MAX_HISTORY = 50;

/** Asks for a line of text, and remembers the answers while the window is open, for the arrow keys. */
export class InputBoxes {
  private readonly histories = new Map<string, readonly string[]>();
  private open: OpenInputBox | undefined;

  /** Undefined when the user went away. */
  async ask({ title, prompt, value = '', historyKey, validate }: InputRequest): Promise<string | undefined> {
    const box = window.createInputBox();
    Object.assign(box, { title, prompt, value, ignoreFocusOut: true });
    const history = this.histories.get(historyKey) ?? [];
    const open: OpenInputBox = { box, history, historyOffset: 0, draft: value };
    this.open = open;
    setContext('quillet.asking', true);
    try {
      const answer = await showInputBox(box, validate);
      if (answer !== undefined && answer.trim() !== '') {
        const rest = history.filter((previous) => previous !== answer);
        this.histories.set(historyKey, [answer, ...rest].slice(0, MAX_HISTORY));
      }
      return answer;
    } finally {
      box.dispose();
      if (this.open === open) {
        this.open = undefined;
        setContext('quillet.asking', false);
      }
    }
  }

  /** Shows an earlier answer (1) or a later one (-1) in the open box; behind the latest stands what was being typed. */
  step(offset: 1 | -1): void {
    const { open } = this;
    if (open === undefined) return;
    const historyOffset = Math.min(Math.max(open.historyOffset + offset, 0), open.history.length);
    if (open.historyOffset === 0) open.draft = open.box.value;
    open.historyOffset = historyOffset;
    open.box.value = historyOffset === 0 ? open.draft : (open.history[historyOffset - 1] ?? '');
  }
}

function showInputBox(box: InputBox, validate: InputRequest['validate']): Promise<string | undefined> {
  return new Promise((resolve) => {
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
  });
}
