import { type Memento, workspace } from 'vscode';
import { setContext } from '../platform/commands';
import { withoutUndefined } from '../util/withoutUndefined';
import type { PromptLibrary, PromptSource } from './common/promptLibrary';

const OFFERED_PROMPTS_KEY = 'quillet.offeredPrompts';
const MAX_OFFERED = 20;

type MementoLike = Pick<Memento, 'get' | 'update'>;

/** A prompt that the lightbulb offers. */
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
 * What the menus offer is known before anything is loaded: it is what the library held last in this workspace. No file is
 * read for it, and what came from the workspace counts only while that is trusted.
 */
export function getOfferedPrompts(memento: MementoLike, languageId: string): readonly OfferedPrompt[] {
  const { lightbulb } = memento.get<StoredOffers>(OFFERED_PROMPTS_KEY, { hasMenu: false, lightbulb: [] });
  return lightbulb.filter(
    ({ source, languages }) =>
      (source !== 'workspace' || workspace.isTrusted) && (languages === undefined || languages.includes(languageId)),
  );
}

/** Says whether the context menu has a prompt to offer. */
export function restoreMenuContext(memento: MementoLike): void {
  if (memento.get<StoredOffers>(OFFERED_PROMPTS_KEY)?.hasMenu === true) setContext('quillet.hasMenuPrompts', true);
}

/** Keeps what the library offers now. */
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
