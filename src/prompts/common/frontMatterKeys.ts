/** Keys of the front matter, in the recommended order. */
export const PROMPT_KEYS = [
  'name',
  'description',
  'destination',
  'documentLanguage',
  'model',
  'parameters',
  'system',
  'languages',
  'languageNotes',
  'menu',
  'lightbulb',
] as const;

export type PromptKey = (typeof PROMPT_KEYS)[number];

/** `block` is text that may span several lines; `notes` is a text for each language. */
export type PromptValueKind =
  | 'text'
  | 'block'
  | 'destination'
  | 'model'
  | 'parameters'
  | 'languages'
  /** A language ID, or {@link SAME_LANGUAGE}. */
  | 'documentLanguage'
  | 'notes'
  | 'boolean';

export const PROMPT_VALUE_KINDS: Readonly<Record<PromptKey, PromptValueKind>> = {
  name: 'text',
  description: 'text',
  destination: 'destination',
  documentLanguage: 'documentLanguage',
  model: 'model',
  parameters: 'parameters',
  system: 'block',
  languages: 'languages',
  languageNotes: 'notes',
  menu: 'boolean',
  lightbulb: 'boolean',
};

/** Stands for the language of the document that the prompt runs on. */
export const SAME_LANGUAGE = 'same';

/** Keys of VS Code's own prompt files, accepted without effect. */
export const IGNORED_PROMPT_KEYS: readonly string[] = ['agent', 'mode', 'tools', 'argument-hint', 'applyTo'];

export const PARAMETER_KEYS = ['temperature', 'topP', 'maxOutputTokens', 'stop', 'seed', 'reasoningEffort'] as const;
