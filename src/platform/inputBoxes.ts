import { type InputBox, window } from 'vscode';
import { setContext } from './commands';

export interface InputQuestion {
  readonly title: string;
  readonly prompt: string;
  /** What stands in the box at first. */
  readonly value?: string;
  /** Answers to the same question are its history. */
  readonly historyKey: string;
  /** What to say about an answer that cannot be used; undefined where it can. */
  readonly problem: (value: string) => string | undefined;
}

/** An input box that is open, with the answers that up and down step through. */
interface OpenBox {
  readonly box: InputBox;
  readonly history: readonly string[];
  /** How far back, from 0 for what is being typed. */
  back: number;
  typed: string;
}

const LONGEST_HISTORY = 50;

/** Asks for a line of text, and remembers the answers while the window is open, for the arrow keys. */
export class InputBoxes {
  private readonly histories = new Map<string, readonly string[]>();
  private open: OpenBox | undefined;

  /** Undefined when the user went away. */
  async ask({ title, prompt, value = '', historyKey, problem }: InputQuestion): Promise<string | undefined> {
    const box = window.createInputBox();
    Object.assign(box, { title, prompt, value, ignoreFocusOut: true });
    const history = this.histories.get(historyKey) ?? [];
    const open: OpenBox = { box, history, back: 0, typed: value };
    this.open = open;
    setContext('quillet.asking', true);
    try {
      const answer = await answerOf(box, problem);
      if (answer !== undefined && answer.trim() !== '') {
        const others = history.filter((one) => one !== answer);
        this.histories.set(historyKey, [answer, ...others].slice(0, LONGEST_HISTORY));
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
  step(by: 1 | -1): void {
    const { open } = this;
    if (open === undefined) return;
    const back = Math.min(Math.max(open.back + by, 0), open.history.length);
    if (open.back === 0) open.typed = open.box.value;
    open.back = back;
    open.box.value = back === 0 ? open.typed : (open.history[back - 1] ?? '');
  }
}

function answerOf(box: InputBox, problem: InputQuestion['problem']): Promise<string | undefined> {
  return new Promise((resolve) => {
    const check = () => {
      box.validationMessage = problem(box.value);
    };
    box.onDidChangeValue(check);
    box.onDidAccept(() => {
      check();
      if (problem(box.value) === undefined) resolve(box.value);
    });
    box.onDidHide(() => resolve(undefined));
    box.show();
  });
}
