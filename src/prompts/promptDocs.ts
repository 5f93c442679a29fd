import { l10n } from 'vscode';
import type { DestinationKind } from '../core/destinationKind';
import type { PromptKey } from './common/frontMatterKeys';
import type { PromptVariableName } from './common/variables';

const KEY_DOCS: Readonly<Record<PromptKey, () => string>> = {
  name: () => l10n.t('Prompt name. Defaults to the file name.'),
  description: () => l10n.t('What the prompt does, in one line.'),
  destination: () => l10n.t('Where the answer goes. Defaults to a thread.'),
  documentLanguage: () =>
    l10n.t('Language ID for the destination "document", or "same" for the file\'s language. Defaults to Markdown.'),
  model: () => l10n.t('Model to use, as provider/model. Defaults to the selected model.'),
  parameters: () => l10n.t("Model parameters, such as temperature. Omitted parameters aren't sent."),
  system: () => l10n.t('System prompt. May contain variables.'),
  languages: () => l10n.t('Language IDs in which the prompt is offered. Defaults to all languages.'),
  languageNotes: () => l10n.t('Text by language ID, added to the system prompt for documents in that language.'),
  menu: () => l10n.t('Whether to offer the prompt in the editor context menu, under Run Menu Prompt…'),
  lightbulb: () => l10n.t('Whether to offer the prompt as a code action (lightbulb) when text is selected.'),
};

const VARIABLE_DOCS: Readonly<Record<PromptVariableName, () => string>> = {
  selection: () => l10n.t('the selected text'),
  file: () => l10n.t("the file's path in its workspace folder"),
  fileBasename: () => l10n.t('the file name'),
  languageId: () => l10n.t("the document's language ID"),
  before: () => l10n.t('up to 4,000 characters before the selection'),
  after: () => l10n.t('up to 4,000 characters after the selection'),
  diagnostics: () => l10n.t('the problems reported in the selection'),
  symbol: () => l10n.t('the name of the enclosing function or class'),
  clipboard: () => l10n.t('the clipboard contents'),
  terminal: () => l10n.t("the last terminal command's output"),
  gitDiff: () => l10n.t('the staged Git changes'),
  answerLanguage: () => l10n.t('the answer language from your settings'),
  selectedText: () => l10n.t('the selected text'),
  workspaceFolder: () => l10n.t("the workspace folder's full path on this machine"),
  workspaceFolderBasename: () => l10n.t("the workspace folder's name"),
  fileWorkspaceFolder: () => l10n.t("the workspace folder's full path on this machine"),
  relativeFile: () => l10n.t("the file's path in its workspace folder"),
  fileBasenameNoExtension: () => l10n.t('the file name without the extension'),
  fileExtname: () => l10n.t('the file extension, for example .ts'),
  fileDirname: () => l10n.t("the file's folder, relative to its workspace folder"),
  relativeFileDirname: () => l10n.t("the file's folder, relative to its workspace folder"),
  fileDirnameBasename: () => l10n.t("the name of the file's folder"),
  lineNumber: () => l10n.t('the line where the selection starts'),
  columnNumber: () => l10n.t('the column where the selection starts'),
  pathSeparator: () => l10n.t("this machine's path separator, / or \\"),
  input: () => l10n.t('text you enter when asked: ${input:name:question}'),
  pick: () => l10n.t('an option you choose when asked: ${pick:name:one|other}'),
};

/** What a variable sends, the most revealing first. The answer language is an instruction. */
const SENT_VALUES: Readonly<Record<Exclude<PromptVariableName, 'answerLanguage'>, () => string>> = {
  selection: () => l10n.t('the selection'),
  selectedText: () => l10n.t('the selection'),
  input: () => l10n.t('your input'),
  pick: () => l10n.t('your choice'),
  before: () => l10n.t('surrounding text'),
  after: () => l10n.t('surrounding text'),
  diagnostics: () => l10n.t('reported problems'),
  clipboard: () => l10n.t('the clipboard'),
  terminal: () => l10n.t('terminal output'),
  gitDiff: () => l10n.t('staged changes'),
  symbol: () => l10n.t('symbol name'),
  workspaceFolder: () => l10n.t('workspace folder path'),
  fileWorkspaceFolder: () => l10n.t('workspace folder path'),
  workspaceFolderBasename: () => l10n.t('workspace folder name'),
  file: () => l10n.t('file path'),
  relativeFile: () => l10n.t('file path'),
  fileDirname: () => l10n.t('folder path'),
  relativeFileDirname: () => l10n.t('folder path'),
  fileDirnameBasename: () => l10n.t('folder name'),
  fileBasename: () => l10n.t('file name'),
  fileBasenameNoExtension: () => l10n.t('file name'),
  fileExtname: () => l10n.t('file extension'),
  languageId: () => l10n.t('language'),
  lineNumber: () => l10n.t('line number'),
  columnNumber: () => l10n.t('column number'),
  pathSeparator: () => l10n.t('path separator'),
};

export function describeKey(key: PromptKey): string {
  return KEY_DOCS[key]();
}

/** Lowercase, to follow a colon. */
export function describeVariable(name: PromptVariableName): string {
  return VARIABLE_DOCS[name]();
}

export function describeSentValues(variables: ReadonlySet<string>): string {
  const values = Object.entries(SENT_VALUES).flatMap(([name, label]) => (variables.has(name) ? [label()] : []));
  if (values.length === 0) return l10n.t("Sends only the prompt's own text");
  return l10n.t('Sends {0}', [...new Set(values)].join(', '));
}

export function describeDestination(kind: DestinationKind): string {
  switch (kind) {
    case 'thread':
      return l10n.t('Opens a thread');
    case 'review':
      return l10n.t('Proposes a change for review');
    case 'replace':
      return l10n.t('Replaces the selection');
    case 'insert':
      return l10n.t('Inserts after the selection');
    case 'before':
      return l10n.t('Inserts lines before the selection');
    case 'after':
      return l10n.t('Inserts lines after the selection');
    case 'document':
      return l10n.t('Opens a document');
    case 'clipboard':
      return l10n.t('Copies to clipboard');
  }
}
