import type { PromptDefinition } from './promptFile';
import type { PromptProblem } from './promptProblem';

export type PromptSource = 'builtIn' | 'user' | 'workspace';

/** What was found of one prompt in one place, usable or not. */
export interface PromptEntry {
  readonly id: string;
  readonly source: PromptSource;
  /** Absent where the file has an error. */
  readonly prompt?: PromptDefinition;
  readonly problems: readonly PromptProblem[];
  /** The file, as an address; a built-in prompt has none. */
  readonly file?: string;
  /** The text of the file, where it was read. */
  readonly text?: string;
}

export interface LibraryPrompt extends PromptEntry {
  readonly prompt: PromptDefinition;
  /** Whose prompts of the same id it took the place of, the nearest first. */
  readonly overriddenSources: readonly PromptSource[];
}

export interface PromptLibrary {
  readonly prompts: readonly LibraryPrompt[];
  /** Files that cannot be used. Where there is another prompt of the same id, that one still stands. */
  readonly broken: readonly PromptEntry[];
}

/**
 * Merges the entries by id. A later one takes the place of an earlier one; new ids follow in the order they are met. What
 * is broken takes nobody's place: a mistake in one file costs that file only.
 */
export function mergePrompts(entries: readonly PromptEntry[]): PromptLibrary {
  const byId = new Map<string, LibraryPrompt>();
  const broken: PromptEntry[] = [];
  for (const entry of entries) {
    const { prompt } = entry;
    const earlier = byId.get(entry.id);
    if (prompt === undefined) broken.push(entry);
    else {
      const overriddenSources = earlier === undefined ? [] : [earlier.source, ...earlier.overriddenSources];
      byId.set(entry.id, { ...entry, prompt, overriddenSources: [...new Set(overriddenSources)] });
    }
  }
  return { prompts: [...byId.values()], broken };
}

/** Whether the prompt is offered in a document of that language. It can be run by its id in any. */
export function isOfferedIn({ languages }: Pick<PromptDefinition, 'languages'>, languageId: string): boolean {
  return languages === undefined || languages.includes(languageId);
}

/** What a prompt file is called. */
export const PROMPT_SUFFIX = '.prompt.md';

/** The id of the prompt in a file of that name; undefined where the name is none of a prompt file. */
export function promptIdFromFileName(fileName: string): string | undefined {
  const id = fileName.endsWith(PROMPT_SUFFIX) ? fileName.slice(0, -PROMPT_SUFFIX.length) : '';
  return isPromptId(id) ? id : undefined;
}

/** An id is part of a file's name, and never a way to another folder (R28). */
export function isPromptId(id: string): boolean {
  return id !== '' && id.length <= 255 && !/[/\\\0]/.test(id);
}
