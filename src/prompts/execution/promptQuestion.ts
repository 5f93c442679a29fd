import type { TextDocument } from 'vscode';
import type { Endpoint } from '../../core/chat';
import { isQuilletError } from '../../core/errors';
import type { DocumentRange } from '../../editor/documentRange';
import type { Notifier } from '../../notifications/notifier';
import type { InputBoxes } from '../../platform/inputBoxes';
import type { Attachments } from '../../references/common/attachments';
import type { ReferenceResolver } from '../../references/referenceResolver';
import { type AskInputsOptions, askInputs, joinTypedInputs, type PromptInputs } from './promptInputs';
import { chooseRequests } from './selectionChoice';

export interface QuestionServices {
  readonly inputBoxes: InputBoxes;
  readonly references: ReferenceResolver;
  readonly notifier: Notifier;
}

export interface PromptQuestion<T> extends Omit<AskInputsOptions, 'drafts' | 'findProblem'> {
  readonly document: TextDocument;
  readonly endpoint: Endpoint;
  /** One for each selection. */
  readonly requests: readonly T[];
  readonly primaryIndex: number;
}

export interface AnsweredQuestion<T> {
  readonly inputs: PromptInputs;
  readonly requests: readonly T[];
  readonly attachments: Attachments;
}

/**
 * Asks for the inputs of a prompt, and again if what was typed can't be sent. Undefined if the user cancels.
 * @throws QuilletError if nothing was typed that could be corrected
 */
export async function askQuestion<T extends { readonly target: DocumentRange }>(
  { inputBoxes, references, notifier }: QuestionServices,
  { document, endpoint, primaryIndex, ...question }: PromptQuestion<T>,
): Promise<AnsweredQuestion<T> | undefined> {
  const findProblem = (text: string): string | undefined => {
    const problem = references.findPictureProblem(text, endpoint);
    return problem && notifier.formatError(problem);
  };
  let drafts: PromptInputs | undefined;
  for (;;) {
    const inputs = await askInputs(inputBoxes, { ...question, findProblem, ...(drafts !== undefined && { drafts }) });
    if (inputs === undefined) return undefined;
    const requests = await chooseRequests(question.title, question.requests, primaryIndex);
    if (requests === undefined) return undefined;
    const ranges = requests.map(({ target }) => target.range);
    const hasTyped = inputs.size > question.knownInputs.size;
    try {
      const attachments = await references.resolve(joinTypedInputs(question.variables, inputs), { document, ranges });
      if (attachments !== undefined) return { inputs, requests, attachments };
      if (!hasTyped) return undefined;
    } catch (thrown) {
      if (!isQuilletError(thrown) || !hasTyped) throw thrown;
      notifier.showError(thrown);
    }
    drafts = inputs;
  }
}
