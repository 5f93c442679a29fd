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
  elementAt,
  type PromptCompletion,
  type PromptElement,
  type PromptElementKind,
} from '../common/completions';
import { PARAMETER_KEYS, PROMPT_KEYS } from '../common/frontMatterKeys';
import { PROMPT_VARIABLE_NAMES } from '../common/variables';
import { describeDestination, describeKey, describeVariable } from '../promptDocs';

export interface PromptLanguageOptions {
  readonly selector: DocumentSelector;
  readonly isPromptFile: (document: TextDocument) => boolean;
  readonly getModels: () => readonly string[];
}

const TRIGGER_CHARACTERS = ['$', '{', ':', ' ', '-'];

export function registerPromptLanguageFeatures({
  selector,
  isPromptFile,
  getModels,
}: PromptLanguageOptions): Disposable {
  const provideCompletionItems = async (document: TextDocument, position: Position) => {
    if (!isPromptFile(document)) return undefined;
    const knownNames = { models: getModels(), languages: await languages.getLanguages() };
    const completions = completionsAt(document.getText(), document.offsetAt(position), knownNames);
    return completions.map((completion, index) => toCompletionItem(document, completion, index));
  };
  const provideHover = (document: TextDocument, position: Position) => {
    const element = isPromptFile(document) ? elementAt(document.getText(), document.offsetAt(position)) : undefined;
    const documentation = element === undefined ? undefined : describeElement(element);
    if (element === undefined || documentation === undefined) return undefined;
    return new Hover(
      new MarkdownString(`\`${element.name}\`: ${escapeMarkdown(documentation)}`),
      toRange(document, element),
    );
  };
  return Disposable.from(
    languages.registerCompletionItemProvider(selector, { provideCompletionItems }, ...TRIGGER_CHARACTERS),
    languages.registerHoverProvider(selector, { provideHover }),
  );
}

function toCompletionItem(document: TextDocument, completion: PromptCompletion, index: number): CompletionItem {
  const { kind, name, snippet, triggersSuggest } = completion;
  const label = kind === 'variable' ? `\${${name}}` : name;
  const item = new CompletionItem(label, ITEM_KINDS[kind]);
  item.insertText = new SnippetString(snippet);
  item.range = toRange(document, completion);
  // Keep the order of the lists, which is the recommended order of keys.
  item.sortText = String(index).padStart(4, '0');
  const documentation = describeElement(completion);
  if (documentation !== undefined) item.documentation = documentation;
  if (triggersSuggest) item.command = { command: 'editor.action.triggerSuggest', title: l10n.t('Suggest') };
  return item;
}

const ITEM_KINDS: Readonly<Record<PromptElementKind, CompletionItemKind>> = {
  frontMatter: CompletionItemKind.Snippet,
  key: CompletionItemKind.Property,
  parameter: CompletionItemKind.Property,
  destination: CompletionItemKind.EnumMember,
  model: CompletionItemKind.Value,
  language: CompletionItemKind.Value,
  variable: CompletionItemKind.Variable,
  word: CompletionItemKind.Value,
};

const PARAMETER_DOCS: Readonly<Record<(typeof PARAMETER_KEYS)[number], () => string>> = {
  temperature: () => l10n.t('Sampling temperature, from 0 to 2. Higher values give more varied answers.'),
  topP: () => l10n.t('Nucleus sampling, from 0 to 1. Lower values limit the choice to the most likely tokens.'),
  maxOutputTokens: () => l10n.t('Maximum number of tokens in the answer.'),
  stop: () => l10n.t('Text at which the answer ends, or a list of up to four.'),
  seed: () => l10n.t('An integer. With the same seed, some servers repeat an answer.'),
  reasoningEffort: () => l10n.t('Reasoning effort, for example low, medium or high.'),
};

function describeElement({ kind, name }: PromptElement): string | undefined {
  const key = PROMPT_KEYS.find((promptKey) => promptKey === name);
  switch (kind) {
    case 'frontMatter':
      return l10n.t("Front matter: the prompt's name and where the answer goes.");
    case 'key':
      return key === undefined
        ? l10n.t('Used by VS Code in its own prompt files. Quillet ignores it.')
        : describeKey(key);
    case 'parameter':
      return PARAMETER_KEYS.flatMap((parameter) => (parameter === name ? PARAMETER_DOCS[parameter]() : []))[0];
    case 'destination':
      return DESTINATION_KINDS.flatMap((destination) =>
        destination === name ? describeDestination(destination) : [],
      )[0];
    case 'variable':
      return PROMPT_VARIABLE_NAMES.flatMap((variable) => (variable === name ? describeVariable(variable) : []))[0];
    default:
      return undefined;
  }
}

/** Escapes Markdown. `MarkdownString.appendText` is no alternative: it makes every space non-breaking. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-!|<>&]/g, '\\$&');
}

function toRange(document: TextDocument, { start, end }: PromptElement): Range {
  return new Range(document.positionAt(start), document.positionAt(end));
}
