import type { PromptDefinition } from './promptFile';
import type { PromptProblem } from './promptProblem';

export type PromptSource = 'builtIn' | 'user' | 'workspace';

export interface PromptEntry {
  readonly id: string;
  readonly source: PromptSource;
  /** Absent if the file has an error. */
  readonly prompt?: PromptDefinition;
  readonly problems: readonly PromptProblem[];
  /** URI as a string. Built-in prompts have none. */
  readonly file?: string;
  readonly text?: string;
}

export interface LibraryPrompt extends PromptEntry {
  readonly prompt: PromptDefinition;
  /** Sources of prompts with the same ID that this one overrides, nearest first. */
  readonly overriddenSources: readonly PromptSource[];
}

export interface PromptLibrary {
  readonly prompts: readonly LibraryPrompt[];
  /** Files with errors. They do not override other prompts with the same ID. */
  readonly broken: readonly PromptEntry[];
}

/** Merges entries by ID. Later entries override earlier ones, except entries with errors. */
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

export function isOfferedIn({ languages }: Pick<PromptDefinition, 'languages'>, languageId: string): boolean {
  return languages === undefined || languages.includes(languageId);
}

export const PROMPT_SUFFIX = '.prompt.md';

export function promptIdFromFileName(fileName: string): string | undefined {
  const id = fileName.endsWith(PROMPT_SUFFIX) ? fileName.slice(0, -PROMPT_SUFFIX.length) : '';
  return isPromptId(id) ? id : undefined;
}

/** IDs are part of a file name. They must not lead to another folder. */
export function isPromptId(id: string): boolean {
  return id !== '' && id.length <= 255 && !/[/\\\0]/.test(id);
}

/** Derives a file name from a prompt name: letters and digits of any script, joined by hyphens. */
export function promptFileName(name: string): string {
  const words =
    name
      .toLowerCase()
      .normalize('NFC')
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const id = words.join('-').slice(0, 60).replace(/-+$/, '');
  return id === '' ? 'prompt' : id;
}
