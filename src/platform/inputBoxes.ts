import { type InputBox, l10n, window } from 'vscode';
import { setContext } from './commands';

export interface InputRequest {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  readonly historyKey: string;
  readonly validate: (value: string) => string | undefined;
}

interface OpenInputBox {
  readonly box: InputBox;
  readonly history: readonly string[];
  /** 0 for the text being typed, 1 for the latest entry. */
  historyOffset: number;
  draft: string;
}

const MAX_HISTORY = 50;

/** Shows input boxes whose earlier inputs, kept while the window is open, can be recalled with the arrow keys. */
export class InputBoxes {
  private readonly histories = new Map<string, readonly string[]>();
  private open: OpenInputBox | undefined;

  async ask({ title, prompt, value = '', historyKey, validate }: InputRequest): Promise<string | undefined> {
    const box = window.createInputBox();
    const history = this.histories.get(historyKey) ?? [];
    const [last] = history;
    const placeholder = last === undefined ? '' : l10n.t('Press ↑ to use "{0}" again', last);
    Object.assign(box, { title, prompt, value, placeholder, ignoreFocusOut: true });
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
