import { l10n } from 'vscode';
import type { DestinationKind } from '../core/destinationKind';
import type { TemplateVariable } from '../text/template';
import type { PARAMETER_KEYS, PromptKey } from './common/frontMatterKeys';
import type { PromptVariableName } from './common/variables';

export const KEY_DOCS: Readonly<Record<PromptKey, string>> = {
  name: l10n.t('Prompt name. Defaults to the file name.'),
  description: l10n.t('What the prompt does, in one line.'),
  destination: l10n.t('Where the answer goes. Defaults to a thread.'),
  documentLanguage: l10n.t(
    'Language ID for the destination "document", or "same" for the file\'s language. Defaults to Markdown.',
  ),
  model: l10n.t('Model to use, as provider/model. Defaults to the selected model.'),
  fallback: l10n.t('Up to two models to ask if the model is unavailable, as provider/model.'),
  parameters: l10n.t("Model parameters, such as temperature. Omitted parameters aren't sent."),
  body: l10n.t('Extra fields of the request body, such as top_k. Only in your own prompt files.'),
  system: l10n.t('System prompt. May contain variables.'),
  languages: l10n.t('Language IDs in which the prompt is offered. Defaults to all languages.'),
  languageNotes: l10n.t('Text by language ID, added to the system prompt for documents in that language.'),
  menu: l10n.t('Whether to offer the prompt in the editor context menu, under Run Menu Prompt…'),
  lightbulb: l10n.t('Whether to offer the prompt as a code action (lightbulb) when text is selected.'),
};

export const PARAMETER_DOCS: Readonly<Record<(typeof PARAMETER_KEYS)[number], string>> = {
  temperature: l10n.t('Sampling temperature, from 0 to 2. Higher values give more varied answers.'),
  topP: l10n.t('Nucleus sampling, from 0 to 1. Lower values limit the choice to the most likely tokens.'),
  maxOutputTokens: l10n.t('Maximum number of tokens in the answer.'),
  stop: l10n.t('Text at which the answer ends, or a list of up to four.'),
  seed: l10n.t('An integer. With the same seed, some servers repeat an answer.'),
  reasoningEffort: l10n.t('Reasoning effort, for example low, medium or high.'),
};

/** What a variable is, and what it sends, the most revealing first. */
const VARIABLE_TEXTS: Readonly<Record<PromptVariableName, readonly [description: string, sent?: string]>> = {
  selection: [l10n.t('the selected text'), l10n.t('the selection')],
  selectedText: [l10n.t('the selected text'), l10n.t('the selection')],
  input: [l10n.t('text you enter when asked: ${input:name:question}'), l10n.t('your input')],
  pick: [l10n.t('an option you choose when asked: ${pick:name:one|other}'), l10n.t('your choice')],
  before: [l10n.t('up to 4,000 characters before the selection'), l10n.t('surrounding text')],
  after: [l10n.t('up to 4,000 characters after the selection'), l10n.t('surrounding text')],
  diagnostics: [l10n.t('the problems reported in the selection'), l10n.t('reported problems')],
  clipboard: [l10n.t('the clipboard contents'), l10n.t('the clipboard')],
  terminal: [l10n.t("the last terminal command's output"), l10n.t('terminal output')],
  gitDiff: [l10n.t('the staged Git changes'), l10n.t('staged changes')],
  definitions: [
    l10n.t('declarations in the workspace that the selection refers to'),
    l10n.t('declarations used in the selection'),
  ],
  openFiles: [l10n.t('the text files in other tabs'), l10n.t('other open files')],
  instructions: [
    l10n.t("the workspace's AGENTS.md, .github/copilot-instructions.md or CLAUDE.md"),
    l10n.t("the workspace's instructions"),
  ],
  symbol: [l10n.t('the name of the enclosing function or class'), l10n.t('symbol name')],
  workspaceFolder: [l10n.t("the workspace folder's full path on this machine"), l10n.t('workspace folder path')],
  fileWorkspaceFolder: [l10n.t("the workspace folder's full path on this machine"), l10n.t('workspace folder path')],
  workspaceFolderBasename: [l10n.t("the workspace folder's name"), l10n.t('workspace folder name')],
  file: [l10n.t("the file's path in its workspace folder; ${file:path} is a file's content"), l10n.t('file path')],
  relativeFile: [l10n.t("the file's path in its workspace folder"), l10n.t('file path')],
  fileDirname: [l10n.t("the file's folder, relative to its workspace folder"), l10n.t('folder path')],
  relativeFileDirname: [l10n.t("the file's folder, relative to its workspace folder"), l10n.t('folder path')],
  fileDirnameBasename: [l10n.t("the name of the file's folder"), l10n.t('folder name')],
  fileBasename: [l10n.t('the file name'), l10n.t('file name')],
  fileBasenameNoExtension: [l10n.t('the file name without the extension'), l10n.t('file name')],
  fileExtname: [l10n.t('the file extension, for example .ts'), l10n.t('file extension')],
  languageId: [l10n.t("the document's language ID"), l10n.t('language')],
  lineNumber: [l10n.t('the line where the selection starts'), l10n.t('line number')],
  columnNumber: [l10n.t('the column where the selection starts'), l10n.t('column number')],
  pathSeparator: [l10n.t("this machine's path separator, / or \\"), l10n.t('path separator')],
  answerLanguage: [l10n.t('the answer language from your settings')],
};

export const DESTINATION_DOCS: Readonly<Record<DestinationKind, string>> = {
  thread: l10n.t('Opens a thread'),
  review: l10n.t('Proposes a change for review'),
  replace: l10n.t('Replaces the selection'),
  insert: l10n.t('Inserts after the selection'),
  before: l10n.t('Inserts lines before the selection'),
  after: l10n.t('Inserts lines after the selection'),
  document: l10n.t('Opens a document'),
  clipboard: l10n.t('Copies to clipboard'),
};

export const VARIABLE_DOCS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(VARIABLE_TEXTS).map(([name, [description]]) => [name, description]),
);

export function describeSentValues(variables: readonly TemplateVariable[]): string {
  const files = variables.flatMap(({ name, argument }) =>
    name === 'file' && argument !== undefined ? [argument] : [],
  );
  const names = new Set(variables.filter(({ argument = '' }) => !files.includes(argument)).map(({ name }) => name));
  const texts = Object.entries(VARIABLE_TEXTS).flatMap(([name, [, sent]]) =>
    sent !== undefined && names.has(name) ? [sent] : [],
  );
  const values = [...texts, ...files];
  if (values.length === 0) return l10n.t("Sends only the prompt's own text");
  return l10n.t('Sends {0}', [...new Set(values)].join(', '));
}
