import type { PromptDefinition } from './promptFile';

export type PromptSource = 'builtIn' | 'user' | 'workspace';

export interface LibraryPrompt {
  readonly prompt: PromptDefinition;
  /** Where the prompt that won came from. */
  readonly source: PromptSource;
}

/** Merges the layers by id. A later layer takes the place of an earlier one; new ids follow in the order they are met. */
export function mergePrompts(
  layers: readonly { source: PromptSource; prompts: readonly PromptDefinition[] }[],
): readonly LibraryPrompt[] {
  const byId = new Map<string, LibraryPrompt>();
  for (const { source, prompts } of layers) {
    for (const prompt of prompts) byId.set(prompt.id, { prompt, source });
  }
  return [...byId.values()];
}
