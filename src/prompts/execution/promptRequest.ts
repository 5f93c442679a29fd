import { l10n, type Range, type TextEditor } from 'vscode';

import type { ParameterSet } from '../../core/chat';
import type { DestinationKind } from '../../core/destinationKind';
import type { PromptDefinition } from '../common/promptFile';
import type { PromptInputs } from './promptInputs';

/** A request to run a prompt. Absent fields are taken from the prompt and the editor. */
export interface PromptRequest {
  readonly promptId: string;
  /** The prompt, if it is not the one in the library, for example because a keybinding contains its text. */
  readonly prompt?: PromptDefinition;
  readonly destination?: DestinationKind;
  readonly model?: string;
  readonly parameters?: ParameterSet;
  readonly inputs?: PromptInputs;
  /** Values that override those from the editor. They are not kept for repeating the prompt. */
  readonly values?: ReadonlyMap<string, string>;
  readonly isPreviewed?: boolean;
  /** Where to run instead of the focused editor and its selections. Ranges are in document order. */
  readonly target?: { readonly editor: TextEditor; readonly ranges?: readonly Range[] };
}

export type RunPrompt = (request: PromptRequest) => Promise<void>;

/** Tells a prompt whose change is reviewed from the same prompt without the review. */
export function questionTitle({ name, destination }: PromptDefinition, request: PromptRequest): string {
  const isReviewSkipped = destination === 'review' && request.destination === 'replace';
  return isReviewSkipped ? l10n.t('{0} Without Review', name) : name;
}
