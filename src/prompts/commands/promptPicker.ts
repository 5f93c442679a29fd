import { l10n, type QuickPickItem, QuickPickItemKind, window } from 'vscode';
import type { MementoLike } from '../../platform/mementoLike';
import type { LibraryPrompt, PromptEntry, PromptLibrary, PromptSource } from '../common/promptLibrary';
import { findPromptVariables } from '../common/renderTemplates';
import type { PromptRequest } from '../execution/promptRequest';
import { DESTINATION_DOCS, describeSentValues } from '../promptDocs';
import { openAtFirstError } from '../promptFileActions';
import { describeFirstError } from '../promptProblemMessages';

const RECENT_PROMPTS_KEY = 'quillet.recentPrompts';
// More would empty the groups below them.
const MAX_RECENT = 3;

export interface PickOptions {
  readonly placeHolder: string;
  readonly languageId: string;
  /** Whether the prompt needs a selection and there is none. Such prompts are listed in a group of their own. */
  readonly lacksSelection?: (libraryPrompt: LibraryPrompt) => boolean;
}

interface PromptItem extends QuickPickItem {
  readonly choice?: LibraryPrompt | PromptEntry;
}

export class PromptPicker {
  constructor(private readonly memento: MementoLike) {}

  /** A file with errors is opened instead. */
  async pick({ prompts, broken }: PromptLibrary, options: PickOptions): Promise<LibraryPrompt | undefined> {
    const { recentIds } = this;
    const { languageId, lacksSelection = () => false } = options;
    const usable = prompts.filter((libraryPrompt) => !lacksSelection(libraryPrompt));
    const recentPrompts = recentIds.flatMap((id) => usable.find((libraryPrompt) => libraryPrompt.id === id) ?? []);
    const others = usable.filter((libraryPrompt) => !recentPrompts.includes(libraryPrompt));
    const toItem = (libraryPrompt: LibraryPrompt) => promptItem(libraryPrompt, languageId);
    const toUnusableItem = (libraryPrompt: LibraryPrompt) => {
      const item = toItem(libraryPrompt);
      return { ...item, description: joinParts([item.description, l10n.t('Select some text first')]) };
    };
    const itemsFrom = (origin: PromptSource) => others.filter(({ source }) => source === origin).map(toItem);
    const items: PromptItem[] = [
      ...section(l10n.t('recently used'), recentPrompts.map(toItem)),
      ...section(l10n.t('your prompts'), itemsFrom('user')),
      ...section(l10n.t('workspace prompts'), itemsFrom('workspace')),
      ...section(l10n.t('built-in prompts'), itemsFrom('builtIn')),
      ...section(l10n.t('require a selection'), prompts.filter(lacksSelection).map(toUnusableItem)),
      ...section(l10n.t('files with errors'), broken.map(brokenItem)),
    ];
    const selected = await window.showQuickPick(items, {
      placeHolder: options.placeHolder,
      matchOnDescription: true,
      matchOnDetail: true,
    });
    const choice = selected?.choice;
    if (choice === undefined || 'overriddenSources' in choice) return choice;
    await openAtFirstError(choice);
    return undefined;
  }

  async remember({ promptId: id, prompt }: PromptRequest): Promise<void> {
    if (prompt !== undefined || this.recentIds[0] === id) return;
    const others = this.recentIds.filter((other) => other !== id);
    await this.memento.update(RECENT_PROMPTS_KEY, [id, ...others].slice(0, MAX_RECENT));
  }

  isRecent(id: string): boolean {
    return this.recentIds.includes(id);
  }

  private get recentIds(): readonly string[] {
    return this.memento.get<readonly string[]>(RECENT_PROMPTS_KEY, []).slice(0, MAX_RECENT);
  }
}

function section(label: string, items: readonly PromptItem[]): PromptItem[] {
  return items.length === 0 ? [] : [{ label, kind: QuickPickItemKind.Separator }, ...items];
}

function promptItem(libraryPrompt: LibraryPrompt, languageId: string): PromptItem {
  const { prompt } = libraryPrompt;
  const sentText = describeSentValues(findPromptVariables(prompt, languageId));
  const modelText = prompt.model === undefined ? undefined : l10n.t('Model: {0}', prompt.model);
  const warning = libraryPrompt.problems.some(({ code }) => code === 'hidden')
    ? l10n.t('Contains invisible characters')
    : undefined;
  return {
    label: escapeIcons(prompt.name),
    description: joinParts([DESTINATION_DOCS[prompt.destination], describeOrigin(libraryPrompt)]),
    detail: escapeIcons(joinParts([warning, sentText, prompt.description, modelText])),
    choice: libraryPrompt,
  };
}

function brokenItem(entry: PromptEntry): PromptItem {
  return {
    label: `$(warning) ${escapeIcons(describeFirstError(entry))}`,
    description: SOURCE_NAMES[entry.source],
    choice: entry,
  };
}

/** VS Code renders `$(name)` in quick pick labels as an icon, but these texts come from prompt files. */
function escapeIcons(text: string): string {
  return text.replaceAll('$(', '\\$(');
}

function describeOrigin({ source, overriddenSources }: LibraryPrompt): string | undefined {
  if (source === 'builtIn') return undefined;
  const sourceText = SOURCE_NAMES[source];
  const overridden = overriddenSources.find((candidate) => candidate !== source);
  return overridden === undefined ? sourceText : l10n.t('{0} (overrides {1})', sourceText, SOURCE_NAMES[overridden]);
}

const SOURCE_NAMES: Readonly<Record<PromptSource, string>> = {
  builtIn: l10n.t('Built-in'),
  user: l10n.t('User'),
  workspace: l10n.t('Workspace'),
};

function joinParts(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}
