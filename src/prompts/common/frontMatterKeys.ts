/** Keys of the front matter, in the recommended order. */
export const PROMPT_KEYS = [
  'name',
  'description',
  'destination',
  'documentLanguage',
  'model',
  'fallback',
  'parameters',
  'body',
  'system',
  'languages',
  'languageNotes',
  'menu',
  'lightbulb',
] as const;

export type PromptKey = (typeof PROMPT_KEYS)[number];

/** Stands for the language of the document that the prompt runs on. */
export const SAME_LANGUAGE = 'same';

/** Keys of VS Code's own prompt files, accepted without effect. */
export const IGNORED_PROMPT_KEYS: readonly string[] = ['agent', 'mode', 'tools', 'argument-hint', 'applyTo'];

export const PARAMETER_KEYS = ['temperature', 'topP', 'maxOutputTokens', 'stop', 'seed', 'reasoningEffort'] as const;
