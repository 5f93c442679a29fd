import type { Range, TextEditor } from 'vscode';
import type { ParameterSet } from '../../core/chat';
import type { DestinationKind } from '../../core/destinationKind';
import type { PromptDefinition } from '../common/promptFile';
import type { PromptInputs } from './promptInputs';

/** A prompt to be run, as a command asks for it. What it leaves out comes from the prompt and the editor. */
export interface PromptRequest {
  readonly promptId: string;
  /** The prompt itself, where it is not the one of that id in the library: written into a keybinding, for example. */
  readonly prompt?: PromptDefinition;
  readonly destination?: DestinationKind;
  /** A model ref, instead of the prompt's own. */
  readonly model?: string;
  /** Over those of the prompt. */
  readonly parameters?: ParameterSet;
  /** Answers that need not be asked for again. */
  readonly inputs?: PromptInputs;
  /** Values of variables that the caller knows better than the editor. They are not kept to repeat the prompt. */
  readonly values?: ReadonlyMap<string, string>;
  /** Whether the request is shown before it is sent, whatever the settings say. */
  readonly isPreviewed?: boolean;
  /** What to run it on, where that is not what is selected in the focused editor. In document order. */
  readonly target?: { readonly editor: TextEditor; readonly ranges: readonly Range[] };
}

/** Runs a prompt to its end. @throws QuilletError where it cannot be run at all. */
export type RunPrompt = (request: PromptRequest) => Promise<void>;
