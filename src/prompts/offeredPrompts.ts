import { type Memento, workspace } from 'vscode';
import { setContext } from '../platform/commands';
import { withoutUndefined } from '../util/withoutUndefined';
import type { PromptLibrary, PromptSource } from './common/promptLibrary';

const OFFERED = 'quillet.offeredPrompts';
const MOST_OFFERED = 20;

type Memory = Pick<Memento, 'get' | 'update'>;

/** A prompt that the lightbulb offers. */
export interface OfferedPrompt {
  readonly id: string;
  readonly name: string;
  readonly source: PromptSource;
  readonly languages?: readonly string[];
}

interface Offers {
  readonly hasMenu: boolean;
  readonly lightbulb: readonly OfferedPrompt[];
}

/**
 * What the menus offer is known before anything is loaded: it is what the library held last in this workspace. No file is
 * read for it, and what came from the workspace counts only while that is trusted.
 */
export function offeredPrompts(memento: Memory, languageId: string): readonly OfferedPrompt[] {
  const { lightbulb } = memento.get<Offers>(OFFERED, { hasMenu: false, lightbulb: [] });
  return lightbulb.filter(
    ({ source, languages }) =>
      (source !== 'workspace' || workspace.isTrusted) && (languages === undefined || languages.includes(languageId)),
  );
}

/** Says whether the context menu has a prompt to offer. */
export function showMenuOffer(memento: Memory): void {
  if (memento.get<Offers>(OFFERED)?.hasMenu === true) setContext('quillet.hasMenuPrompts', true);
}

/** Keeps what the library offers now. */
export async function keepOffers(memento: Memory, { prompts }: PromptLibrary): Promise<void> {
  const lightbulb = prompts
    .filter(({ prompt }) => prompt.lightbulb === true)
    .slice(0, MOST_OFFERED)
    .map(({ id, source, prompt: { name, languages } }) => ({
      id,
      name,
      source,
      ...withoutUndefined({ languages }),
    }));
  const offers: Offers = { hasMenu: prompts.some(({ prompt }) => prompt.menu === true), lightbulb };
  setContext('quillet.hasMenuPrompts', offers.hasMenu);
  if (JSON.stringify(memento.get(OFFERED)) !== JSON.stringify(offers)) await memento.update(OFFERED, offers);
}
