import {
  CompletionItem,
  CompletionItemKind,
  Disposable,
  type DocumentSelector,
  Hover,
  l10n,
  languages,
  MarkdownString,
  type Position,
  Range,
  SnippetString,
  type TextDocument,
} from 'vscode';
import { DESTINATION_KINDS } from '../../core/destinationKind';
import {
  completionsAt,
  type PromptCompletion,
  type PromptPart,
  type PromptPartKind,
  partAt,
} from '../common/completions';
import { parameterKeys, promptKeys } from '../common/frontMatterKeys';
import { promptVariableNames } from '../common/variables';
import { describeDestination, describeKey, describeVariable } from '../promptDocs';

export interface PromptLanguageParts {
  readonly selector: DocumentSelector;
  /** Whether a document is a prompt file that Quillet reads. */
  readonly isOwn: (document: TextDocument) => boolean;
  /** Model refs of the settings. */
  readonly models: () => readonly string[];
}

/** What opens the list by itself: the beginnings of variables, of values, and of front matter. */
const triggers = ['$', '{', ':', ' ', '-'];

/** Completes and explains what stands in prompt files. */
export function registerPromptLanguage({ selector, isOwn, models }: PromptLanguageParts): Disposable {
  const provideCompletionItems = async (document: TextDocument, position: Position) => {
    if (!isOwn(document)) return undefined;
    const known = { models: models(), languages: await languages.getLanguages() };
    const found = completionsAt(document.getText(), document.offsetAt(position), known);
    return found.map((completion, index) => itemOf(document, completion, index));
  };
  const provideHover = (document: TextDocument, position: Position) => {
    const part = isOwn(document) ? partAt(document.getText(), document.offsetAt(position)) : undefined;
    const about = part === undefined ? undefined : describePart(part);
    if (part === undefined || about === undefined) return undefined;
    return new Hover(new MarkdownString(`\`${part.name}\`: ${asMarkdown(about)}`), rangeOf(document, part));
  };
  return Disposable.from(
    languages.registerCompletionItemProvider(selector, { provideCompletionItems }, ...triggers),
    languages.registerHoverProvider(selector, { provideHover }),
  );
}

function itemOf(document: TextDocument, completion: PromptCompletion, index: number): CompletionItem {
  const { kind, name, snippet, isContinued } = completion;
  const label = kind === 'variable' ? `\${${name}}` : name;
  const item = new CompletionItem(label, kinds[kind]);
  item.insertText = new SnippetString(snippet);
  item.range = rangeOf(document, completion);
  // In the order of the lists, which is that in which they are best written.
  item.sortText = String(index).padStart(4, '0');
  const about = describePart(completion);
  if (about !== undefined) item.documentation = about;
  if (isContinued) item.command = { command: 'editor.action.triggerSuggest', title: l10n.t('Suggest') };
  return item;
}

const kinds: Readonly<Record<PromptPartKind, CompletionItemKind>> = {
  frontMatter: CompletionItemKind.Snippet,
  key: CompletionItemKind.Property,
  parameter: CompletionItemKind.Property,
  destination: CompletionItemKind.EnumMember,
  model: CompletionItemKind.Value,
  language: CompletionItemKind.Value,
  variable: CompletionItemKind.Variable,
  word: CompletionItemKind.Value,
};

const parameters: Readonly<Record<(typeof parameterKeys)[number], () => string>> = {
  temperature: () => l10n.t('From 0 to 2: how freely the model chooses its words.'),
  topP: () => l10n.t('From 0 to 1: the share of likely words that the model chooses from.'),
  maxOutputTokens: () => l10n.t('The most tokens that the answer may have.'),
  stop: () => l10n.t('A text at which the answer ends, or a list of up to four.'),
  seed: () => l10n.t('A whole number. With the same one, some servers give the same answer again.'),
  reasoningEffort: () => l10n.t('How long a reasoning model thinks, such as low, medium or high.'),
};

/** What a part says or does, as a plain text; undefined where its name says it all. */
function describePart({ kind, name }: PromptPart): string | undefined {
  const key = promptKeys.find((one) => one === name);
  switch (kind) {
    case 'frontMatter':
      return l10n.t('The head of a prompt file: what it is called, and where the answer goes.');
    case 'key':
      return key === undefined
        ? l10n.t('VS Code uses this key in its own prompt files. Quillet does not.')
        : describeKey(key);
    case 'parameter':
      return parameterKeys.flatMap((one) => (one === name ? parameters[one]() : []))[0];
    case 'destination':
      return DESTINATION_KINDS.flatMap((one) => (one === name ? describeDestination(one) : []))[0];
    case 'variable':
      return promptVariableNames.flatMap((one) => (one === name ? describeVariable(one) : []))[0];
    default:
      return undefined;
  }
}

/** A plain text as Markdown. `appendText` would make each of its spaces one that lines do not break at. */
function asMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-!|<>&]/g, '\\$&');
}

function rangeOf(document: TextDocument, { start, end }: PromptPart): Range {
  return new Range(document.positionAt(start), document.positionAt(end));
}
