import { l10n } from 'vscode';
import type { DestinationKind } from '../core/destinationKind';
import type { PromptKey } from './common/frontMatterKeys';
import type { PromptVariableName } from './common/variables';

const KEY_DOCS: Readonly<Record<PromptKey, () => string>> = {
  name: () => l10n.t('What the prompt is called. Without it, the name of the file.'),
  description: () => l10n.t('What it does, in one line.'),
  destination: () => l10n.t('Where the answer goes. Without it, into a thread.'),
  documentLanguage: () =>
    l10n.t('For the destination document: the id of its language, or same for that of the file. Without it, Markdown.'),
  model: () => l10n.t('The model to ask, as provider/model. Without it, the one that is selected.'),
  parameters: () => l10n.t('Parameters such as temperature. What is not set is not sent.'),
  system: () => l10n.t('The system text of the request. Variables can stand in it.'),
  languages: () => l10n.t('Ids of the languages in which the prompt is offered. Without it, in all.'),
  languageNotes: () => l10n.t('A text for each language, added to the system text where the document has it.'),
  menu: () => l10n.t('Whether the context menu offers the prompt, under Menu Prompts….'),
  lightbulb: () => l10n.t('Whether the lightbulb offers the prompt where something is selected.'),
};

const VARIABLE_DOCS: Readonly<Record<PromptVariableName, () => string>> = {
  selection: () => l10n.t('the selected text'),
  file: () => l10n.t('the path of the file in its folder'),
  fileBasename: () => l10n.t('the name of the file'),
  languageId: () => l10n.t('the id of the language'),
  before: () => l10n.t('at most 4,000 characters before the selection'),
  after: () => l10n.t('at most 4,000 characters after the selection'),
  diagnostics: () => l10n.t('the problems that the editor reports in the selection'),
  symbol: () => l10n.t('the name of the function or class around the selection'),
  clipboard: () => l10n.t('the clipboard'),
  terminal: () => l10n.t('the output of the last command in a terminal'),
  gitDiff: () => l10n.t('the staged changes, from Git'),
  workspaceFolderBasename: () => l10n.t('the name of the workspace folder'),
  answerLanguage: () => l10n.t('the language of answers, from the settings'),
  input: () => l10n.t('what you type when you are asked: ${input:name:question}'),
  pick: () => l10n.t('what you pick when you are asked: ${pick:name:one|other}'),
};

export function describeKey(key: PromptKey): string {
  return KEY_DOCS[key]();
}

/** Lowercase, to follow a colon. */
export function describeVariable(name: PromptVariableName): string {
  return VARIABLE_DOCS[name]();
}

export function describeDestination(kind: DestinationKind): string {
  switch (kind) {
    case 'thread':
      return l10n.t('answers in a thread');
    case 'review':
      return l10n.t('proposes a change');
    case 'replace':
      return l10n.t('replaces the selection');
    case 'insert':
      return l10n.t('writes behind the selection');
    case 'before':
      return l10n.t('writes on new lines before the selection');
    case 'after':
      return l10n.t('writes on new lines after the selection');
    case 'document':
      return l10n.t('opens a document');
    case 'clipboard':
      return l10n.t('fills the clipboard');
  }
}
