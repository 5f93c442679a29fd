import { workspace } from 'vscode';
import { setContext } from '../platform/commands';
import type { MementoLike } from '../platform/mementoLike';
import { withoutUndefined } from '../util/withoutUndefined';
import type { PromptLibrary, PromptSource } from './common/promptLibrary';

const OFFERED_PROMPTS_KEY = 'quillet.offeredPrompts';
const MAX_OFFERED = 20;

export interface OfferedPrompt {
  readonly id: string;
  readonly name: string;
  readonly source: PromptSource;
  readonly languages?: readonly string[];
}

interface StoredOffers {
  readonly hasMenu: boolean;
  readonly lightbulb: readonly OfferedPrompt[];
}

/**
 * The code actions known from the last session in this workspace, so that no file is read before the first command.
 * Workspace prompts are offered only in trusted workspaces.
 */
export function getOfferedPrompts(memento: MementoLike, languageId: string): readonly OfferedPrompt[] {
  const { lightbulb } = memento.get<StoredOffers>(OFFERED_PROMPTS_KEY, { hasMenu: false, lightbulb: [] });
  return lightbulb.filter(
    ({ source, languages }) =>
      (source !== 'workspace' || workspace.isTrusted) && (languages === undefined || languages.includes(languageId)),
  );
}

export function restoreMenuContext(memento: MementoLike): void {
  if (memento.get<StoredOffers>(OFFERED_PROMPTS_KEY)?.hasMenu === true) setContext('quillet.hasMenuPrompts', true);
}

export async function saveOfferedPrompts(memento: MementoLike, { prompts }: PromptLibrary): Promise<void> {
  const lightbulb = prompts
    .filter(({ prompt }) => prompt.lightbulb === true)
    .slice(0, MAX_OFFERED)
    .map(({ id, source, prompt: { name, languages } }) => ({
      id,
      name,
      source,
      ...withoutUndefined({ languages }),
    }));
  const offers: StoredOffers = { hasMenu: prompts.some(({ prompt }) => prompt.menu === true), lightbulb };
  setContext('quillet.hasMenuPrompts', offers.hasMenu);
  if (JSON.stringify(memento.get(OFFERED_PROMPTS_KEY)) !== JSON.stringify(offers))
    await memento.update(OFFERED_PROMPTS_KEY, offers);
}
