import { l10n, type TextEditor, Uri } from 'vscode';
import { requireFocusedEditor, requireSelections } from '../../editor/editorContext';
import { isCell } from '../../editor/notebookCells';
import type { CommandTable } from '../../platform/commands';
import { withoutUndefined } from '../../util/withoutUndefined';
import type { PromptDefinition } from '../common/promptFile';
import { isOfferedIn, type LibraryPrompt, type PromptLibrary } from '../common/promptLibrary';
import { needsSelection } from '../common/renderTemplates';
import { type RunArguments, readRunArguments } from '../common/runArguments';
import { findVariableProblems } from '../common/variables';
import type { PromptRequest, RunPrompt } from '../execution/promptRequest';
import { missingVariables } from '../execution/variableResolver';
import { describeDestination } from '../promptDocs';
import { openBroken } from '../promptFileActions';
import type { PromptFiles } from '../promptRepository';
import type { PickOptions, PromptPicker } from './promptPicker';

export interface PromptCommandsParts {
  readonly prompts: PromptFiles;
  readonly picker: PromptPicker;
  readonly run: RunPrompt;
  /** Runs the selection, or the text before the caret, as the prompt itself. */
  readonly insert: (isPreviewed?: boolean) => Promise<void>;
  /** What was asked last, so that it can be asked again of another selection. */
  readonly last: () => PromptRequest | undefined;
}

/** The id of a run whose prompt is the text itself. */
const INSERT = 'insert';

/** The id of a run whose prompt is in no library, but in the arguments of the command. */
const AD_HOC = 'adhoc';

/** The commands that run a prompt. */
export class PromptCommands {
  constructor(private readonly parts: PromptCommandsParts) {}

  commands(): CommandTable<
    | 'quillet.explain'
    | 'quillet.ask'
    | 'quillet.rewrite'
    | 'quillet.rewriteInPlace'
    | 'quillet.insert'
    | 'quillet.run'
    | 'quillet.runMenuPrompt'
    | 'quillet.repeat'
    | 'quillet.previewRequest'
  > {
    const { run, insert } = this.parts;
    return {
      'quillet.explain': () => run({ promptId: 'explain' }),
      'quillet.ask': () => run({ promptId: 'ask' }),
      'quillet.rewrite': () => run({ promptId: 'rewrite' }),
      'quillet.rewriteInPlace': () => run({ promptId: 'rewrite', destination: 'replace' }),
      'quillet.insert': () => insert(),
      'quillet.run': (argument) => this.pickAndRun(argument),
      'quillet.runMenuPrompt': () => this.runOfMenu(),
      'quillet.repeat': () => this.repeat(),
      'quillet.previewRequest': () => this.pickAndPreview(),
    };
  }

  private async pickAndRun(argument: unknown): Promise<void> {
    // From a menu the argument is the document, which the focused editor has anyway.
    const { prompt, text, ...given } = readRunArguments(argument instanceof Uri ? undefined : argument);
    if (text !== undefined) return this.parts.run({ ...asRequest(given), promptId: AD_HOC, prompt: adHoc(text) });
    const promptId = prompt ?? (await this.pick());
    if (promptId !== undefined) await this.parts.run({ ...asRequest(given), promptId });
  }

  private async runOfMenu(): Promise<void> {
    const promptId = await this.pick(({ prompt }) => prompt.menu === true);
    if (promptId !== undefined) await this.parts.run({ promptId });
  }

  /** Where nothing is selected, only the text before the caret can be sent. */
  private async pickAndPreview(): Promise<void> {
    const editor = await requireFocusedEditor();
    const isSelecting = editor.selections.some(({ isEmpty }) => !isEmpty) || isCell(editor.document);
    const insert = { label: l10n.t('Insert Completion'), description: describeDestination('insert'), id: INSERT };
    const id = isSelecting ? await this.pick(() => true, [insert]) : INSERT;
    if (id === undefined) return;
    await (id === INSERT ? this.parts.insert(true) : this.parts.run({ promptId: id, isPreviewed: true }));
  }

  /** @throws QuilletError where there is no editor, or where all there is to pick needs a selection and there is none. */
  private async pick(
    isMeant: (found: LibraryPrompt) => boolean = () => true,
    more: PickOptions['more'] = [],
  ): Promise<string | undefined> {
    const editor = await requireFocusedEditor();
    const { languageId, uri } = editor.document;
    const { prompts, broken } = await this.parts.prompts.library(uri);
    const offered = prompts.filter((found) => isMeant(found) && isOfferedIn(found.prompt, languageId));
    const library: PromptLibrary = { prompts: usableHere(editor, offered), broken };
    const placeHolder = l10n.t('Which prompt?');
    const picked = await this.parts.picker.pick(library, { placeHolder, languageId, more });
    if (picked?.kind === 'broken') await openBroken(picked.entry);
    if (picked?.kind === 'other') return picked.id;
    return picked?.kind === 'prompt' ? picked.found.id : undefined;
  }

  private async repeat(): Promise<void> {
    const lastRequest = this.parts.last();
    if (lastRequest === undefined) return this.pickAndRun(undefined);
    return lastRequest.promptId === INSERT ? this.parts.insert() : this.parts.run(lastRequest);
  }
}

/** Looked at first: a list to pick from is no use where nothing in it can be run. */
function usableHere(editor: TextEditor, prompts: readonly LibraryPrompt[]): readonly LibraryPrompt[] {
  try {
    requireSelections(editor);
    return prompts;
  } catch (thrown) {
    const usable = prompts.filter(({ prompt }) => !needsSelection(prompt));
    if (usable.length === 0) throw thrown;
    return usable;
  }
}

function asRequest({ destination, model, parameters, input }: RunArguments): Omit<PromptRequest, 'promptId'> {
  return {
    ...withoutUndefined({
      destination,
      model,
      parameters,
      inputs: input === undefined ? undefined : new Map(Object.entries(input)),
    }),
  };
}

/** @throws QuilletError `prompt.variables`, which names every variable that can never have a value. */
function adHoc(text: string): PromptDefinition {
  const wrong = findVariableProblems(text).map(({ variable }) => variable);
  if (wrong.length > 0) throw missingVariables(wrong, new Map());
  const name = l10n.t('Own Prompt');
  return { id: AD_HOC, name, description: '', destination: 'thread', parameters: {}, user: text };
}
