import { l10n, window } from 'vscode';
import type { InputBoxes, InputPlace } from '../../platform/inputBoxes';
import type { TemplateVariable } from '../../text/template';
import { withoutUndefined } from '../../util/withoutUndefined';
import { parsePickOptions } from '../common/variables';

/** Answers to `input` and `pick` variables by name, kept to repeat a prompt without asking again. */
export type PromptInputs = ReadonlyMap<string, string>;

export interface AskInputsOptions {
  readonly variables: readonly TemplateVariable[];
  readonly promptId: string;
  readonly title: string;
  readonly knownInputs: PromptInputs;
  /** Shown in the boxes instead of the defaults. */
  readonly drafts?: PromptInputs;
  /** Why a text cannot be sent, in a sentence. */
  readonly findProblem?: (text: string) => string | undefined;
  /** Where to ask the first question. */
  readonly place?: InputPlace;
}

export async function askInputs(
  inputBoxes: InputBoxes,
  { variables, promptId, title, knownInputs, drafts, findProblem = () => undefined, place }: AskInputsOptions,
): Promise<PromptInputs | undefined> {
  const inputs = new Map(knownInputs);
  for (const variable of variables) {
    const { argument } = variable;
    if (!isInputVariable(variable.name) || argument === undefined || inputs.has(argument)) continue;
    const ask = variable.name === 'pick' ? askPick : askInput;
    const isFirst = inputs.size === knownInputs.size;
    const answer = await ask(variable, {
      inputBoxes,
      title,
      historyKey: `${promptId} ${argument}`,
      findProblem,
      ...withoutUndefined({ draft: drafts?.get(argument) }),
      ...(isFirst && withoutUndefined({ place })),
    });
    if (answer === undefined) return undefined;
    inputs.set(argument, answer);
  }
  return inputs;
}

/** Whether a text has to be typed before the prompt can run. */
export function needsInput(variables: readonly TemplateVariable[], knownInputs: PromptInputs = new Map()): boolean {
  return variables.some(({ name, argument = '' }) => name === 'input' && !knownInputs.has(argument));
}

/** What the user typed, without what was picked from a list that a prompt defines. */
export function joinTypedInputs(variables: readonly TemplateVariable[], inputs: PromptInputs): string {
  const typed = new Set(variables.filter(({ name }) => name === 'input').map(({ argument }) => argument));
  return [...inputs].flatMap(([argument, text]) => (typed.has(argument) ? [text] : [])).join('\n');
}

/**
 * Adds blocks of text after what the user typed last, so that they come before the code that a prompt is about. Undefined
 * if the prompt uses that input never or more than once.
 */
export function addBlocks(
  variables: readonly TemplateVariable[],
  inputs: PromptInputs,
  blocks: readonly string[],
): PromptInputs | undefined {
  const places = variables.filter(({ name }) => name === 'input').map(({ argument = '' }) => argument);
  const typed = [...inputs.keys()].findLast((argument) => places.includes(argument));
  if (typed === undefined || places.filter((argument) => argument === typed).length > 1) return undefined;
  return new Map(inputs).set(typed, [inputs.get(typed) ?? '', ...blocks].join('\n\n'));
}

export function isInputVariable(name: string): boolean {
  return name === 'input' || name === 'pick';
}

interface AskContext {
  readonly inputBoxes: InputBoxes;
  readonly title: string;
  readonly historyKey: string;
  readonly findProblem: (text: string) => string | undefined;
  readonly draft?: string;
  readonly place?: InputPlace;
}

async function askInput(
  { argument = '', placeholder, fallback = '' }: TemplateVariable,
  { inputBoxes, findProblem, draft, ...context }: AskContext,
): Promise<string | undefined> {
  const hasDefault = fallback !== '';
  const prompt = placeholder === undefined || placeholder === '' ? argument : placeholder;
  return inputBoxes.ask({
    ...context,
    prompt,
    value: draft ?? fallback,
    // Empty input falls back to the default.
    validate: (value) =>
      value.trim() !== '' || (value === '' && hasDefault) ? findProblem(value) : emptyMessage(argument),
  });
}

function emptyMessage(argument: string): string {
  switch (argument) {
    case 'instruction':
      return l10n.t('Enter an instruction.');
    case 'question':
      return l10n.t('Enter a question.');
    case 'language':
      return l10n.t('Enter a language.');
    default:
      return l10n.t('Enter a value.');
  }
}

async function askPick(variable: TemplateVariable, { title }: AskContext): Promise<string | undefined> {
  const { argument = '', fallback } = variable;
  const options = parsePickOptions(variable);
  // The first option has the focus, so that Enter selects the default.
  const orderedOptions = [
    ...options.filter((option) => option === fallback),
    ...options.filter((option) => option !== fallback),
  ];
  const picked = await window.showQuickPick(
    orderedOptions.map((label) => ({ label })),
    { title, placeHolder: argument, ignoreFocusOut: true },
  );
  return picked?.label;
}
