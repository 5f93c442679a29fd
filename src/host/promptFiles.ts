import { builtInPrompts } from 'quillet:built-in-prompts';
import { QuilletError } from '../core/errors';
import type { PromptDefinition } from '../core/promptFile';
import { mergePrompts } from '../core/promptLibrary';

/** The prompts there are. */
export class PromptFiles {
  /** Every prompt, in the order of their names. */
  async all(): Promise<readonly PromptDefinition[]> {
    // Sorted only where they are listed: the collation of a language takes some milliseconds to load.
    return [...this.merged()].sort((left, right) => left.name.localeCompare(right.name));
  }

  /** @throws QuilletError `prompt.unknown`. */
  async get(id: string): Promise<PromptDefinition> {
    const found = this.merged().find((prompt) => prompt.id === id);
    if (found === undefined) throw new QuilletError('prompt.unknown', { subject: id });
    return found;
  }

  private merged(): readonly PromptDefinition[] {
    return mergePrompts([{ source: 'builtIn', prompts: builtInPrompts }]).map(({ prompt }) => prompt);
  }
}
