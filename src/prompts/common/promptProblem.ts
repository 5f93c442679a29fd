/** Of a file, in bytes on disk and in UTF-16 units when parsed, and of a prompt in a keybinding. */
export const MAX_PROMPT_LENGTH = 64 * 1024;

export type PromptProblemCode =
  | 'tooLarge'
  | 'encoding'
  /** A symbolic link, which could lead anywhere. */
  | 'link'
  | 'frontMatterLanguage'
  | 'unclosed'
  | 'yaml'
  | 'invalid'
  | 'unknownKey'
  | 'forbidden'
  /** A key that only the user's own files may have. */
  | 'ownFilesOnly'
  /** A model of VS Code's own, in a file shared with VS Code. */
  | 'foreignModel'
  | 'emptyBody'
  | 'unknownLanguage'
  | 'unknownVariable'
  | 'nameMissing'
  | 'optionsMissing'
  | 'argument'
  /** An invisible character, or one that changes the reading order. */
  | 'hidden';

/** What a value must be. `parameter` reports an unknown parameter name. */
export const EXPECTED_VALUES = [
  'text',
  'destination',
  'model',
  'fallback',
  'languages',
  'notes',
  'boolean',
  'parameters',
  'parameter',
  'from0to1',
  'from0to2',
  'aboveZero',
  'wholeNumber',
  'stop',
  'jsonFields',
  'unprotectedField',
  'shorterFields',
] as const;

export type ExpectedValue = (typeof EXPECTED_VALUES)[number];

export type YamlErrorKind =
  | 'colon'
  | 'quotes'
  | 'duplicateKey'
  | 'tab'
  | 'indent'
  | 'tag'
  | 'alias'
  | 'complex'
  | 'notMap';

/** A problem in a prompt file. Positions are 1-based; `endColumn` is exclusive and in the same line. */
export interface PromptProblem {
  line: number;
  column: number;
  endColumn: number;
  code: PromptProblemCode;
  severity: 'error' | 'warning' | 'info';
  subject?: string;
  expected?: ExpectedValue;
  /** The known name that an unknown one most likely means. */
  suggestion?: string;
  /** For an unknown parameter: whether the file may have extra fields. */
  allowsBody?: boolean;
  yamlError?: YamlErrorKind;
  /** For `yaml`: the message of the YAML library, in English, if there is no translated one. */
  detail?: string;
}
