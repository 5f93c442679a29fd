import { l10n } from 'vscode';
import { DESTINATION_KINDS } from '../core/destinationKind';
import { toSingleLine } from '../sanitize/redactor';
import { PROMPT_SUFFIX, type PromptEntry } from './common/promptLibrary';
import type { ExpectedValue, PromptProblem, PromptProblemCode, YamlErrorKind } from './common/promptProblem';

const PROBLEM_MESSAGES: Readonly<Record<PromptProblemCode, (problem: PromptProblem) => string>> = {
  tooLarge: () => l10n.t('A prompt file holds at most 64 KiB.'),
  encoding: () => l10n.t('A prompt file is text in UTF-8.'),
  link: () => l10n.t('A prompt file of a workspace is a file of its own, not a link to another one.'),
  frontMatterLanguage: () => l10n.t('Front matter is YAML, after a line of just ---.'),
  unclosed: () => l10n.t('The front matter has no closing --- line.'),
  yaml: ({ yamlError, detail = '' }) =>
    yamlError === undefined
      ? l10n.t('This cannot be read as YAML. {0}.', toSingleLine(detail))
      : YAML_ERROR_MESSAGES[yamlError](),
  invalid: ({ subject = '', expected = 'text' }) => EXPECTED_VALUE_MESSAGES[expected](toSingleLine(subject)),
  unknownKey: ({ subject = '' }) => l10n.t('"{0}" is not a key of a prompt file.', toSingleLine(subject)),
  forbidden: ({ subject = '' }) => l10n.t('"{0}" is not allowed in a prompt file.', toSingleLine(subject)),
  foreignModel: () =>
    l10n.t('Quillet names models as provider/model, so it asks the one that is selected instead of this one.'),
  unknownLanguage: ({ subject = '' }) => l10n.t('VS Code knows no language "{0}" here.', toSingleLine(subject)),
  emptyBody: () => l10n.t('The prompt has no text.'),
  unknownVariable: ({ subject = '' }) =>
    l10n.t('There is no variable "{0}". Write {1} for the text itself.', subject, `\\\${${subject}}`),
  nameMissing: ({ subject = '' }) => l10n.t('"{0}" needs a name, as in {1}.', subject, `\${${subject}:name}`),
  optionsMissing: () => l10n.t('"pick" needs something to pick from, as in {0}.', '${pick:name:one|other}'),
  argument: ({ subject = '' }) => l10n.t('"{0}" takes nothing but a default.', subject),
  hidden: () => l10n.t('Characters that cannot be seen, or that change the order of reading.'),
};

const YAML_ERROR_MESSAGES: Readonly<Record<YamlErrorKind, () => string>> = {
  colon: () => l10n.t('Each line here is a key, a colon, a space and a value, as in "name: Write Tests".'),
  quotes: () => l10n.t('A text with a colon in it, or one that begins with this character, needs quotation marks.'),
  duplicateKey: () => l10n.t('This key is there twice.'),
  tab: () => l10n.t('YAML is indented with spaces, not with tabs.'),
  indent: () => l10n.t('The indentation does not fit the lines above, or a bracket is not closed.'),
  tag: () => l10n.t('Tags, which begin with "!", mean nothing in a prompt file.'),
  alias: () => l10n.t('The front matter has an alias of nothing, or too many aliases.'),
  complex: () => l10n.t('The front matter is too deep or has too many parts.'),
  notMap: () => l10n.t('The front matter must be a list of keys and their values.'),
};

const EXPECTED_VALUE_MESSAGES: Readonly<Record<ExpectedValue, (key: string) => string>> = {
  text: (key) => l10n.t('"{0}" must be a text.', key),
  destination: (key) => l10n.t('"{0}" must be one of {1}.', key, DESTINATION_KINDS.join(', ')),
  model: (key) => l10n.t('"{0}" must be a model as provider/model.', key),
  languages: (key) => l10n.t('"{0}" must be the id of a language, or a list of them.', key),
  notes: (key) => l10n.t('"{0}" must be a text for each language.', key),
  boolean: (key) => l10n.t('"{0}" must be true or false.', key),
  parameters: (key) => l10n.t('"{0}" must be a list of parameters and their values.', key),
  parameter: (key) => l10n.t('"{0}" is no parameter.', key),
  from0to1: (key) => l10n.t('"{0}" must be a number from 0 to 1.', key),
  from0to2: (key) => l10n.t('"{0}" must be a number from 0 to 2.', key),
  aboveZero: (key) => l10n.t('"{0}" must be a whole number above 0.', key),
  wholeNumber: (key) => l10n.t('"{0}" must be a whole number.', key),
  stop: (key) => l10n.t('"{0}" must be a text, or one to four of them.', key),
};

export function problemMessage(problem: PromptProblem): string {
  return PROBLEM_MESSAGES[problem.code](problem);
}

/** The first error with its position: `tests.prompt.md:3:5: …`. */
export function describeFirstError({ id, problems }: PromptEntry): string {
  const name = `${toSingleLine(id).slice(0, 60)}${PROMPT_SUFFIX}`;
  const problem = problems.find(({ severity }) => severity === 'error');
  return problem === undefined ? name : `${name}:${problem.line}:${problem.column}: ${problemMessage(problem)}`;
}
