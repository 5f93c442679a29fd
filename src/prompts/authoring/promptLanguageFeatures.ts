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
import {
  completionsAt,
  elementAt,
  type PromptCompletion,
  type PromptElement,
  type PromptElementKind,
} from '../common/completions';
import { DESTINATION_DOCS, KEY_DOCS, PARAMETER_DOCS, VARIABLE_DOCS } from '../promptDocs';

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
  if (triggersSuggest === true) item.command = { command: 'editor.action.triggerSuggest', title: l10n.t('Suggest') };
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

const DOCS: Readonly<Partial<Record<PromptElementKind, Readonly<Record<string, string>>>>> = {
  key: KEY_DOCS,
  parameter: PARAMETER_DOCS,
  destination: DESTINATION_DOCS,
  variable: VARIABLE_DOCS,
};

function describeElement({ kind, name }: PromptElement): string | undefined {
  if (kind === 'frontMatter') return l10n.t("Front matter: the prompt's name and where the answer goes.");
  const ignoredText = l10n.t('Used by VS Code in its own prompt files. Quillet ignores it.');
  return DOCS[kind]?.[name] ?? (kind === 'key' ? ignoredText : undefined);
}

/** Escapes Markdown. `MarkdownString.appendText` is no alternative: it makes every space non-breaking. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-!|<>&]/g, '\\$&');
}

function toRange(document: TextDocument, { start, end }: PromptElement): Range {
  return new Range(document.positionAt(start), document.positionAt(end));
}
