import { l10n, type Memento, type QuickPickItem, QuickPickItemKind, window } from 'vscode';
import type { LibraryPrompt, PromptEntry, PromptLibrary, PromptSource } from '../common/promptLibrary';
import { variablesOf } from '../common/renderTemplates';
import type { PromptRequest } from '../execution/promptRequest';
import { describeDestination } from '../promptDocs';
import { describeBroken } from '../promptProblemMessages';

const RECENT = 'quillet.recentPrompts';
const MOST_RECENT = 10;

type Memory = Pick<Memento, 'get' | 'update'>;

/** What was picked: a prompt, a file that cannot be used, or an entry of the caller's. */
export type PickedPrompt =
  | { readonly kind: 'prompt'; readonly found: LibraryPrompt }
  | { readonly kind: 'broken'; readonly entry: PromptEntry }
  | { readonly kind: 'other'; readonly id: string };

export interface PickOptions {
  readonly placeHolder: string;
  readonly languageId: string;
  /** Entries that are no prompts of the library, at the end. */
  readonly more?: readonly { readonly label: string; readonly description: string; readonly id: string }[];
}

interface PromptItem extends QuickPickItem {
  readonly result?: PickedPrompt;
}

/** The list of prompts: searchable, what was used last first, each with what it sends and where the answer lands. */
export class PromptPicker {
  constructor(private readonly memento: Memory) {}

  async pick({ prompts, broken }: PromptLibrary, options: PickOptions): Promise<PickedPrompt | undefined> {
    const { recent } = this;
    const used = recent.flatMap((id) => prompts.find((found) => found.id === id) ?? []);
    const others = prompts.filter((found) => !used.includes(found));
    const asItem = (found: LibraryPrompt) => promptItem(found, options.languageId);
    const items: PromptItem[] = [
      ...section(l10n.t('recently used'), used.map(asItem)),
      ...section(used.length === 0 ? undefined : l10n.t('all prompts'), [
        ...others.map(asItem),
        ...(options.more ?? []).map((item): PromptItem => ({ ...item, result: { kind: 'other', id: item.id } })),
      ]),
      ...section(l10n.t('cannot be used'), broken.map(brokenItem)),
    ];
    const chosen = await window.showQuickPick(items, {
      placeHolder: options.placeHolder,
      matchOnDescription: true,
      matchOnDetail: true,
    });
    return chosen?.result;
  }

  /** Puts a prompt of the library in front of the list. */
  async remember({ promptId: id, prompt }: PromptRequest): Promise<void> {
    if (prompt !== undefined || this.recent[0] === id) return;
    const others = this.recent.filter((other) => other !== id);
    await this.memento.update(RECENT, [id, ...others].slice(0, MOST_RECENT));
  }

  private get recent(): readonly string[] {
    return this.memento.get<readonly string[]>(RECENT, []);
  }
}

function section(label: string | undefined, items: readonly PromptItem[]): PromptItem[] {
  if (items.length === 0) return [];
  return [...(label === undefined ? [] : [{ label, kind: QuickPickItemKind.Separator }]), ...items];
}

function promptItem(found: LibraryPrompt, languageId: string): PromptItem {
  const { prompt } = found;
  const names = [...new Set(variablesOf(prompt, languageId).map(({ name }) => name))];
  const sends = names.length === 0 ? undefined : l10n.t('sends {0}', names.join(', '));
  const model = prompt.model === undefined ? undefined : l10n.t('asks {0}', prompt.model);
  const hidden = found.problems.some(({ code }) => code === 'hidden')
    ? l10n.t('contains hidden characters')
    : undefined;
  return {
    label: withoutIcons(prompt.name),
    description: joined([describeDestination(prompt.destination), originOf(found)]),
    detail: withoutIcons(joined([hidden, prompt.description, sends, model])),
    result: { kind: 'prompt', found },
  };
}

function brokenItem(entry: PromptEntry): PromptItem {
  return {
    label: `$(warning) ${withoutIcons(describeBroken(entry))}`,
    description: sourceName(entry.source),
    result: { kind: 'broken', entry },
  };
}

/** VS Code draws an icon for `$(name)` in a list; the words are somebody’s own. */
function withoutIcons(text: string): string {
  return text.replaceAll('$(', '\\$(');
}

/** Whose prompt it is, and whose it took the place of. */
function originOf({ source, instead }: LibraryPrompt): string | undefined {
  if (source === 'builtIn') return undefined;
  const own = sourceName(source);
  const other = instead.find((one) => one !== source);
  return other === undefined ? own : l10n.t('{0}, instead of {1}', own, sourceName(other));
}

function sourceName(source: PromptSource): string {
  switch (source) {
    case 'builtIn':
      return l10n.t('built in');
    case 'user':
      return l10n.t('your own');
    case 'workspace':
      return l10n.t('from the workspace');
  }
}

function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}
