/** What the front matter of a prompt file may say, in the order in which it is best written. */
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

/** What stands behind a key. `block` is text that may have several lines, `notes` has a text for each language. */
export type PromptValueKind =
  | 'text'
  | 'block'
  | 'destination'
  | 'model'
  | 'parameters'
  | 'languages'
  /** A language, or {@link SAME_LANGUAGE}. */
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

/** The language of the document that is asked about. */
export const SAME_LANGUAGE = 'same';

/** Keys of VS Code's own prompt files, which mean nothing here. */
export const IGNORED_PROMPT_KEYS: readonly string[] = ['agent', 'mode', 'tools', 'argument-hint'];

/** The parameters that a prompt may set. */
export const PARAMETER_KEYS = ['temperature', 'topP', 'maxOutputTokens', 'stop', 'seed', 'reasoningEffort'] as const;
