import { l10n, window } from 'vscode';
import type { InputBoxes } from '../../platform/inputBoxes';
import type { TemplateVariable } from '../../text/template';
import { optionsOf } from '../common/variables';

/** The answers a user gives to `input` and `pick` variables, by name; kept to repeat a prompt without asking again. */
export type PromptInputs = ReadonlyMap<string, string>;

export interface InputRequest {
  readonly variables: readonly TemplateVariable[];
  readonly promptId: string;
  readonly title: string;
  readonly given: PromptInputs;
}

/** Asks for every input that a prompt names and that is not answered yet. Undefined when the user went away. */
export async function askInputs(
  boxes: InputBoxes,
  { variables, promptId, title, given }: InputRequest,
): Promise<PromptInputs | undefined> {
  const inputs = new Map(given);
  for (const variable of variables) {
    const { argument } = variable;
    if (!isAsked(variable.name) || argument === undefined || inputs.has(argument)) continue;
    const ask = variable.name === 'pick' ? askPick : askInput;
    const answer = await ask(variable, { boxes, title, historyKey: `${promptId} ${argument}` });
    if (answer === undefined) return undefined;
    inputs.set(argument, answer);
  }
  return inputs;
}

/** Whether the user is asked for the values of that variable. */
export function isAsked(name: string): boolean {
  return name === 'input' || name === 'pick';
}

interface Asking {
  readonly boxes: InputBoxes;
  readonly title: string;
  readonly historyKey: string;
}

async function askInput(
  { argument = '', placeholder, fallback = '' }: TemplateVariable,
  { boxes, title, historyKey }: Asking,
): Promise<string | undefined> {
  const isEmptyMeant = fallback !== '';
  const prompt = placeholder === undefined || placeholder === '' ? argument : placeholder;
  const answer = await boxes.ask({
    title,
    prompt,
    value: fallback,
    historyKey,
    validate: (value) => (value !== '' && value.trim() === '' ? l10n.t('Type something, or press Escape.') : undefined),
  });
  // An empty answer is nobody's question; where there is a default, it is that.
  return answer?.trim() === '' && !isEmptyMeant ? undefined : answer;
}

async function askPick(variable: TemplateVariable, { title }: Asking): Promise<string | undefined> {
  const { argument = '', fallback } = variable;
  const options = optionsOf(variable);
  // The first one has the focus, so that Enter alone takes the default.
  const ordered = [...options.filter((one) => one === fallback), ...options.filter((one) => one !== fallback)];
  const picked = await window.showQuickPick(
    ordered.map((label) => ({ label })),
    { title, placeHolder: argument, ignoreFocusOut: true },
  );
  return picked?.label;
}
