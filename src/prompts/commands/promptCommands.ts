import { l10n, type TextEditor, Uri } from 'vscode';
import { INSERT_ID } from '../../core/destinationKind';
import { requireFocusedEditor, requireSelections } from '../../editor/editorContext';
import { isCell } from '../../editor/notebookCells';
import type { CommandTable } from '../../platform/commands';
import { withoutUndefined } from '../../util/withoutUndefined';
import type { PromptDefinition } from '../common/promptFile';
import { isOfferedIn, type LibraryPrompt } from '../common/promptLibrary';
import { needsSelection } from '../common/renderTemplates';
import { type RunArguments, readRunArguments } from '../common/runArguments';
import { findVariableProblems } from '../common/variables';
import type { PromptRequest, RunPrompt } from '../execution/promptRequest';
import { missingVariablesError } from '../execution/variableResolver';
import type { PromptRepository } from '../promptRepository';
import type { PromptPicker } from './promptPicker';

export interface PromptCommandsServices {
  readonly prompts: PromptRepository;
  readonly picker: PromptPicker;
  readonly runPrompt: RunPrompt;
  readonly getLastRequest: () => PromptRequest | undefined;
}

const AD_HOC_ID = 'adhoc';

export class PromptCommands {
  constructor(private readonly services: PromptCommandsServices) {}

  commands() {
    const { runPrompt } = this.services;
    return {
      'quillet.explain': () => runPrompt({ promptId: 'explain' }),
      'quillet.ask': () => runPrompt({ promptId: 'ask' }),
      'quillet.rewrite': () => runPrompt({ promptId: 'rewrite' }),
      'quillet.rewriteInPlace': () => runPrompt({ promptId: 'rewrite', destination: 'replace' }),
      'quillet.insert': () => runPrompt({ promptId: INSERT_ID }),
      'quillet.run': (argument) => this.pickAndRun(argument),
      'quillet.runMenuPrompt': () => this.pickAndRunMenuPrompt(),
      'quillet.repeat': () => this.repeatLast(),
      'quillet.previewRequest': () => this.pickAndPreview(),
    } satisfies Partial<CommandTable>;
  }

  private async pickAndRun(argument: unknown): Promise<void> {
    // A context menu passes the document, which is the one of the focused editor.
    const { prompt, text, ...overrides } = readRunArguments(argument instanceof Uri ? undefined : argument);
    if (text !== undefined)
      return this.services.runPrompt({ ...toRequest(overrides), promptId: AD_HOC_ID, prompt: adHocPrompt(text) });
    const promptId = prompt ?? (await this.pickPrompt());
    if (promptId !== undefined) await this.services.runPrompt({ ...toRequest(overrides), promptId });
  }

  private async pickAndRunMenuPrompt(): Promise<void> {
    const promptId = await this.pickPrompt(({ prompt }) => prompt.menu === true);
    if (promptId !== undefined) await this.services.runPrompt({ promptId });
  }

  private async pickAndPreview(): Promise<void> {
    const editor = await requireFocusedEditor();
    const isSelecting = editor.selections.some(({ isEmpty }) => !isEmpty) || isCell(editor.document);
    const promptId = isSelecting ? await this.pickPrompt() : INSERT_ID;
    if (promptId !== undefined) await this.services.runPrompt({ promptId, isPreviewed: true });
  }

  private async pickPrompt(
    isCandidate: (libraryPrompt: LibraryPrompt) => boolean = () => true,
  ): Promise<string | undefined> {
    const editor = await requireFocusedEditor();
    const { languageId, uri } = editor.document;
    const { prompts, broken } = await this.services.prompts.loadLibrary(uri);
    const offered = prompts.filter(
      (libraryPrompt) => isCandidate(libraryPrompt) && isOfferedIn(libraryPrompt.prompt, languageId),
    );
    const lacksSelection = findUnusable(editor, offered);
    const placeHolder = l10n.t('Choose a prompt');
    const picked = await this.services.picker.pick(
      { prompts: offered, broken },
      { placeHolder, languageId, lacksSelection },
    );
    return picked?.id;
  }

  private async repeatLast(): Promise<void> {
    const lastRequest = this.services.getLastRequest();
    if (lastRequest === undefined) return this.pickAndRun(undefined);
    return this.services.runPrompt(lastRequest);
  }
}

/** @throws QuilletError if no prompt can be run: such a list would be useless. */
function findUnusable(
  editor: TextEditor,
  prompts: readonly LibraryPrompt[],
): (libraryPrompt: LibraryPrompt) => boolean {
  try {
    requireSelections(editor);
    return () => false;
  } catch (thrown) {
    const lacksSelection = ({ id, prompt }: LibraryPrompt) => id !== INSERT_ID && needsSelection(prompt);
    if (prompts.every(lacksSelection)) throw thrown;
    return lacksSelection;
  }
}

function toRequest({ destination, model, parameters, input }: RunArguments): Omit<PromptRequest, 'promptId'> {
  return {
    ...withoutUndefined({
      destination,
      model,
      parameters,
      inputs: input === undefined ? undefined : new Map(Object.entries(input)),
    }),
  };
}

function adHocPrompt(text: string): PromptDefinition {
  const invalidVariables = findVariableProblems(text).map(({ variable }) => variable);
  if (invalidVariables.length > 0) throw missingVariablesError(invalidVariables, new Map());
  const name = l10n.t('Custom Prompt');
  return { id: AD_HOC_ID, name, description: '', destination: 'thread', parameters: {}, user: text };
}
