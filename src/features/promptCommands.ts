import { l10n, type QuickPickItem, Uri, window } from 'vscode';
import type { DestinationKind } from '../core/destinationKind';
import { readRunArguments } from '../core/runArguments';
import type { CommandTable } from '../host/commands';
import { focusedEditor, requireSelections } from '../host/editorContext';
import { isCell } from '../host/notebookCells';
import type { PromptFiles } from '../host/promptFiles';
import type { PromptRequest, RunPrompt } from '../host/promptRequest';

export interface PromptCommandsParts {
  readonly prompts: PromptFiles;
  readonly run: RunPrompt;
  /** Runs the selection, or the text before the caret, as the prompt itself. */
  readonly insert: (isPreviewed?: boolean) => Promise<void>;
  /** What was asked last, so that it can be asked again of another selection. */
  readonly last: () => PromptRequest | undefined;
}

/** The id of a run whose prompt is the text itself. */
const INSERT = 'insert';

interface PromptItem extends QuickPickItem {
  readonly id: string;
}

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
      'quillet.repeat': () => this.repeat(),
      'quillet.previewRequest': () => this.pickAndPreview(),
    };
  }

  private async pickAndRun(argument: unknown): Promise<void> {
    // From a menu the argument is the document, which the focused editor has anyway.
    const { prompt, destination } = readRunArguments(argument instanceof Uri ? undefined : argument);
    const promptId = prompt ?? (await this.pick());
    if (promptId === undefined) return;
    await this.parts.run({ promptId, ...(destination === undefined ? {} : { destination }) });
  }

  /** Where nothing is selected, only the text before the caret can be sent. */
  private async pickAndPreview(): Promise<void> {
    const editor = await focusedEditor();
    const isSelecting = editor.selections.some(({ isEmpty }) => !isEmpty) || isCell(editor.document);
    const insert = { label: l10n.t('Insert Completion'), description: destinationName('insert'), id: INSERT };
    const id = isSelecting ? await this.pick([insert]) : INSERT;
    if (id === undefined) return;
    await (id === INSERT ? this.parts.insert(true) : this.parts.run({ promptId: id, isPreviewed: true }));
  }

  private async pick(more: readonly PromptItem[] = []): Promise<string | undefined> {
    // Looked at first: a list to pick from is no use where nothing can be run.
    requireSelections(await focusedEditor());
    const prompts = await this.parts.prompts.all();
    const items: PromptItem[] = prompts.map((prompt) => ({
      label: prompt.name,
      description: destinationName(prompt.destination),
      detail: prompt.description,
      id: prompt.id,
    }));
    const picked = await window.showQuickPick([...items, ...more], {
      placeHolder: l10n.t('Which prompt?'),
      matchOnDescription: true,
      matchOnDetail: true,
    });
    return picked?.id;
  }

  private async repeat(): Promise<void> {
    const last = this.parts.last();
    if (last === undefined) return this.pickAndRun(undefined);
    return last.promptId === INSERT ? this.parts.insert() : this.parts.run(last);
  }
}

function destinationName(kind: DestinationKind): string {
  switch (kind) {
    case 'thread':
      return l10n.t('answers in a thread');
    case 'review':
      return l10n.t('proposes a change');
    case 'replace':
      return l10n.t('replaces the selection');
    case 'insert':
    case 'before':
    case 'after':
      return l10n.t('writes into the text');
    case 'document':
      return l10n.t('opens a document');
    case 'clipboard':
      return l10n.t('fills the clipboard');
  }
}
