import { l10n } from 'vscode';
import { DESTINATION_KINDS } from '../core/destinationKind';
import { toSingleLine } from '../sanitize/redactor';
import { PROMPT_SUFFIX, type PromptEntry } from './common/promptLibrary';
import type { ExpectedValue, PromptProblem, PromptProblemCode, YamlErrorKind } from './common/promptProblem';

const PROBLEM_MESSAGES: Readonly<Record<PromptProblemCode, (problem: PromptProblem) => string>> = {
  tooLarge: () => l10n.t('Prompt files are limited to 64 KiB.'),
  encoding: () => l10n.t('Prompt files must be encoded in UTF-8.'),
  link: () => l10n.t('Workspace prompt files must not be symbolic links.'),
  frontMatterLanguage: () => l10n.t('Front matter must be YAML, after a line with only ---.'),
  unclosed: () => l10n.t('The front matter has no closing --- line.'),
  yaml: ({ yamlError, detail = '' }) =>
    yamlError === undefined ? l10n.t('Invalid YAML. {0}.', toSingleLine(detail)) : YAML_ERROR_MESSAGES[yamlError](),
  invalid: ({ subject = '', expected = 'text' }) => EXPECTED_VALUE_MESSAGES[expected](toSingleLine(subject)),
  unknownKey: ({ subject = '' }) => l10n.t('Unknown key "{0}".', toSingleLine(subject)),
  forbidden: ({ subject = '' }) => l10n.t('"{0}" is not allowed in prompt files.', toSingleLine(subject)),
  ownFilesOnly: ({ subject = '' }) => l10n.t('"{0}" is allowed only in your own prompt files.', subject),
  foreignModel: () =>
    l10n.t('Quillet uses the selected model instead. To name a model for Quillet, write provider/model.'),
  unknownLanguage: ({ subject = '' }) => l10n.t('Unknown language ID "{0}".', toSingleLine(subject)),
  emptyBody: () => l10n.t('The prompt is empty.'),
  unknownVariable: ({ subject = '' }) =>
    l10n.t('Unknown variable "{0}". For literal text, write {1}.', subject, `\\\${${subject}}`),
  nameMissing: ({ subject = '' }) => l10n.t('"{0}" requires a name, for example {1}.', subject, `\${${subject}:name}`),
  optionsMissing: () => l10n.t('"pick" requires options, for example {0}.', '${pick:name:one|other}'),
  argument: ({ subject = '' }) => l10n.t('"{0}" accepts only a default value, no arguments.', subject),
  hidden: () => l10n.t('The file contains invisible or bidirectional control characters.'),
};

const YAML_ERROR_MESSAGES: Readonly<Record<YamlErrorKind, () => string>> = {
  colon: () => l10n.t('Expected a key, a colon, a space, and a value, for example "name: Write Tests".'),
  quotes: () => l10n.t('Text that contains a colon or starts with this character must be quoted.'),
  duplicateKey: () => l10n.t('Duplicate key.'),
  tab: () => l10n.t('Indent with spaces instead of tabs.'),
  indent: () => l10n.t('Incorrect indentation or missing closing bracket.'),
  tag: () => l10n.t('YAML tags, which start with "!", are not supported in prompt files.'),
  alias: () => l10n.t('The front matter has an undefined alias or too many aliases.'),
  complex: () => l10n.t('The front matter is too deeply nested or too long.'),
  notMap: () => l10n.t('The front matter must consist of keys and values.'),
};

const EXPECTED_VALUE_MESSAGES: Readonly<Record<ExpectedValue, (key: string) => string>> = {
  text: (key) => l10n.t('"{0}" must be a non-empty string.', key),
  destination: (key) => l10n.t('"{0}" must be one of: {1}.', key, DESTINATION_KINDS.join(', ')),
  fallback: (key) => l10n.t('"{0}" must be one or two models of the form provider/model.', key),
  model: (key) => l10n.t('"{0}" must have the form provider/model.', key),
  languages: (key) => l10n.t('"{0}" must be a language ID or a list of language IDs.', key),
  notes: (key) => l10n.t('"{0}" must map language IDs to text.', key),
  boolean: (key) => l10n.t('"{0}" must be true or false.', key),
  parameters: (key) => l10n.t('"{0}" must map parameter names to values.', key),
  parameter: (key) => l10n.t('Unknown parameter "{0}".', key),
  from0to1: (key) => l10n.t('"{0}" must be a number between 0 and 1.', key),
  from0to2: (key) => l10n.t('"{0}" must be a number between 0 and 2.', key),
  aboveZero: (key) => l10n.t('"{0}" must be a positive integer.', key),
  wholeNumber: (key) => l10n.t('"{0}" must be an integer.', key),
  stop: (key) => l10n.t('"{0}" must be a string or a list of up to four strings.', key),
  jsonFields: (key) => l10n.t('"{0}" must map field names to JSON values.', key),
  unprotectedField: (key) => l10n.t('"{0}" is set by Quillet and can\'t be changed.', key),
  shorterFields: (key) => l10n.t('"{0}" is limited to 64 KB.', key),
};

export function problemMessage(problem: PromptProblem): string {
  const { code, suggestion, allowsBody = false } = problem;
  return [
    PROBLEM_MESSAGES[code](problem),
    ...(suggestion === undefined ? [] : [l10n.t('Did you mean "{0}"?', suggestion)]),
    ...(allowsBody ? [l10n.t('Use "body" for other fields.')] : []),
  ].join(' ');
}

/** The first error with its position: `tests.prompt.md:3:5: …`. */
export function describeFirstError({ id, problems }: PromptEntry): string {
  const name = `${toSingleLine(id).slice(0, 60)}${PROMPT_SUFFIX}`;
  const problem = problems.find(({ severity }) => severity === 'error');
  return problem === undefined ? name : `${name}:${problem.line}:${problem.column}: ${problemMessage(problem)}`;
}
