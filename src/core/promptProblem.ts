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
  | 'emptyBody'
  | 'unknownVariable'
  /** A variable that needs an argument, or takes none. */
  | 'argument'
  /** A character that is not seen, or that changes the order of reading. */
  | 'hidden';

/** What is wrong with a prompt file, and where. Lines and columns are 1-based; the end is not part of it. */
export interface PromptProblem {
  line: number;
  column: number;
  /** In the same line. */
  endColumn: number;
  message: string;
  code: PromptProblemCode;
  /** An error makes the prompt unusable. */
  severity: 'error' | 'warning';
}
