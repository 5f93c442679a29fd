export type PromptProblemCode =
  | 'tooLarge'
  /** The bytes are not UTF-8; found by whoever reads the file. */
  | 'encoding'
  /** A link, which could lead anywhere; found by whoever reads the file. */
  | 'link'
  | 'frontMatterLanguage'
  | 'unclosed'
  | 'yaml'
  | 'invalid'
  | 'unknownKey'
  /** A key that would decide where data goes, or what credential goes along. */
  | 'forbidden'
  /** A model of VS Code's own, in a file that is VS Code's as well: it is not asked. */
  | 'foreignModel'
  | 'emptyBody'
  /** A language that this VS Code does not have; found by whoever knows them. */
  | 'unknownLanguage'
  | 'unknownVariable'
  /** A variable that needs a name. */
  | 'nameMissing'
  /** A `pick` with nothing to pick from. */
  | 'optionsMissing'
  /** A variable that takes no argument. */
  | 'argument'
  /** A character that is not seen, or that changes the order of reading. */
  | 'hidden';

/** What a value must be. `parameter` stands behind a name that is none of a parameter. */
export const EXPECTED_VALUES = [
  'text',
  'destination',
  'model',
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
] as const;

export type ExpectedValue = (typeof EXPECTED_VALUES)[number];

/** What is wrong with the YAML, as far as there are words of ours for it. */
export type YamlErrorKind = 'colon' | 'quotes' | 'twice' | 'tab' | 'indent' | 'tag' | 'alias' | 'complex' | 'noMap';

/** What is wrong with a prompt file, and where. Lines and columns are 1-based; the end is not part of it. */
export interface PromptProblem {
  line: number;
  column: number;
  /** In the same line. */
  endColumn: number;
  code: PromptProblemCode;
  /** An error makes the prompt unusable; an `info` only tells what Quillet leaves to others. */
  severity: 'error' | 'warning' | 'info';
  /** The key or variable that it is about, as it was written. */
  subject?: string;
  /** With `invalid`. */
  expected?: ExpectedValue;
  /** With `yaml`. */
  fault?: YamlErrorKind;
  /** With `yaml`, where there are no words of ours: those of the library, in English. */
  detail?: string;
}
