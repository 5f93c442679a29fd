import { l10n, window } from 'vscode';
import { type DestinationKind, destinationKinds } from '../core/destinationKind';
import type { CommandTable } from '../host/commands';
import { requireEditor, requireSelections } from '../host/editorContext';
import type { PromptFiles } from '../host/promptFiles';
import type { PromptRequest, RunPrompt } from '../host/promptRequest';

export interface PromptCommandsParts {
  readonly prompts: PromptFiles;
  readonly run: RunPrompt;
  /** Runs the selection, or the text before the caret, as the prompt itself. */
  readonly insert: () => Promise<void>;
  /** What was asked last, so that it can be asked again of another selection. */
  readonly last: () => PromptRequest | undefined;
}

/** The id of a run whose prompt is the text itself. */
const INSERT = 'insert';

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
    };
  }

  private async pickAndRun(argument: unknown): Promise<void> {
    const { promptId, destination } = runArguments(argument);
    const chosen = promptId ?? (await this.pick());
    if (chosen === undefined) return;
    await this.parts.run({ promptId: chosen, ...(destination === undefined ? {} : { destination }) });
  }

  private async pick(): Promise<string | undefined> {
    // Looked at first: a list to pick from is no use where nothing can be run.
    requireSelections(requireEditor());
    const prompts = await this.parts.prompts.all();
    const items = prompts.map((prompt) => ({
      label: prompt.name,
      description: destinationName(prompt.destination),
      detail: prompt.description,
      id: prompt.id,
    }));
    const picked = await window.showQuickPick(items, {
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

/** What a keybinding may say; whatever else an argument holds comes from outside and is ignored. */
function runArguments(argument: unknown): { promptId: string | undefined; destination: DestinationKind | undefined } {
  const { prompt, destination } = (argument ?? {}) as { prompt?: unknown; destination?: unknown };
  return {
    promptId: typeof prompt === 'string' ? prompt : undefined,
    destination: destinationKinds.find((kind) => kind === destination),
  };
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
