import {
  type CancellationToken,
  CompletionItem,
  CompletionItemKind,
  CompletionList,
  type Disposable,
  l10n,
  languages,
  type Position,
  Range,
  TabInputText,
  type TextDocument,
  type TextEditor,
  type Uri,
  window,
  workspace,
} from 'vscode';
import type { FileExclusions } from '../ignore/fileExclusions';
import { statFile } from '../platform/fileSystem';
import { readSearchExcludes } from '../settings/configuration';
import { estimateTokens } from '../text/tokenEstimate';
import {
  CONTEXT_NAMES,
  type ContextName,
  findReferences,
  formatFileReference,
  formatSymbolReference,
} from './common/findReferences';
import { findSymbols } from './referencedSymbols';
import type { QuestionTarget, ReferenceResolver } from './referenceResolver';

const MAX_FILES = 50;
const MAX_SYMBOLS = 20;
/** Shorter queries fit nearly every symbol. */
const MIN_SYMBOL_QUERY = 2;
/** Only for the estimate: source code has about four characters per token. */
const BYTES_PER_TOKEN = 4;

/** Completes `@` references in question boxes, each with its estimated tokens. */
export function registerReferenceCompletions(
  resolver: ReferenceResolver,
  exclusions: Pick<FileExclusions, 'filterAllowed'>,
  isQuestionBox: (document: TextDocument) => boolean,
): Disposable {
  // Asking Git and the terminal for each character that is typed would be slow.
  let context: { readonly at: string; readonly items: Promise<CompletionItem[]> } | undefined;
  const provideCompletionItems = async (box: TextDocument, position: Position, token: CancellationToken) => {
    if (!isQuestionBox(box)) return undefined;
    const before = box.lineAt(position).text.slice(0, position.character);
    const typed = /(?<![\p{L}\p{N}_.@/`])@("?[^\s"@]*)$/u.exec(before);
    if (typed === null) return undefined;
    const query = (typed[1] ?? '').replace(/^"|^symbol:/, '');
    // VS Code closes quotes by itself.
    const end = box.lineAt(position).text[position.character] === '"' ? position.translate(0, 1) : position;
    const range = new Range(position.with({ character: typed.index }), end);
    const at = `${box.uri} ${position.line}:${typed.index}`;
    if (query === '' || context?.at !== at) context = { at, items: contextItems(resolver) };
    const files = findFiles(query, token).then((found) => fileItems(found, exclusions));
    const items = await Promise.all([context.items, files, symbolItems(query)]);
    // The lists depend on what was typed, so VS Code has to ask again after each character.
    return new CompletionList(
      items.flat().map((item) => Object.assign(item, { range })),
      true,
    );
  };
  const resolveCompletionItem = (item: CompletionItem) => estimateItem(resolver, item);
  const provider = { provideCompletionItems, resolveCompletionItem };
  return languages.registerCompletionItemProvider({ scheme: 'comment' }, provider, '@', '/', '.', ':');
}

async function contextItems(resolver: ReferenceResolver): Promise<CompletionItem[]> {
  const editor = findEditor();
  if (editor === undefined) return [];
  const items = CONTEXT_NAMES.map(async (name) => {
    const facts = { order: 1, about: describe(name) };
    // Looking definitions up for each character that is typed would take seconds.
    if (name === 'definitions') return [createItem(`@${name}`, CompletionItemKind.Reference, facts)];
    const text = (await resolver.findContext(name, toTarget(editor))) ?? '';
    const tokens = estimateTokens([text]);
    return text === '' ? [] : [createItem(`@${name}`, CompletionItemKind.Reference, { ...facts, tokens })];
  });
  return (await Promise.all(items)).flat();
}

/** The active editor may be the box itself. */
function findEditor(): TextEditor | undefined {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = input instanceof TabInputText ? input.uri.toString() : undefined;
  return window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri);
}

function toTarget({ document, selections }: TextEditor): QuestionTarget {
  return { document, ranges: selections };
}

function describe(name: ContextName): string {
  const descriptions = {
    definitions: l10n.t('what the selection refers to'),
    problems: l10n.t('problems in this file'),
    gitDiff: l10n.t('staged changes'),
    terminal: l10n.t('output of the last terminal command'),
  };
  return descriptions[name];
}

interface FoundFile {
  readonly uri: Uri;
  readonly isOpen: boolean;
}

/** Open editors first, then the workspace's files whose names contain the typed characters in order. */
async function findFiles(query: string, token: CancellationToken): Promise<readonly FoundFile[]> {
  const open = window.tabGroups.all
    .flatMap(({ tabs }) => tabs.flatMap(({ input }) => (input instanceof TabInputText ? [input.uri] : [])))
    .filter((uri) => workspace.getWorkspaceFolder(uri) !== undefined);
  const found = await workspace.findFiles(toGlob(query), readSearchExcludes(), MAX_FILES, token);
  const uris = new Map([...open, ...found].map((uri) => [uri.toString(), uri]));
  // A file may be open in several groups.
  const openUris = new Set(open.map((uri) => uri.toString()));
  return [...uris].map(([text, uri]) => ({ uri, isOpen: openUris.has(text) }));
}

async function fileItems(
  files: readonly FoundFile[],
  exclusions: Pick<FileExclusions, 'filterAllowed'>,
): Promise<CompletionItem[]> {
  const allowed = new Set(await exclusions.filterAllowed(files.map(({ uri }) => uri)));
  const items = files
    .filter(({ uri }) => allowed.has(uri))
    .map(async ({ uri, isOpen }) => {
      const path = workspace.asRelativePath(uri);
      const { size } = (await statFile(uri).catch(() => undefined)) ?? {};
      if (size === 0) return [];
      return createItem(formatFileReference(path), CompletionItemKind.File, {
        order: isOpen ? 0 : 2,
        about: isOpen ? l10n.t('open file') : '',
        ...(size !== undefined && { tokens: Math.ceil(size / BYTES_PER_TOKEN) }),
      });
    });
  return (await Promise.all(items)).flat();
}

/** `ct` becomes `**​/*[cC]*[tT]*`, also for a folder, whose files are then found. */
function toGlob(query: string): string {
  const name = query.split('/').at(-1) ?? '';
  // Anything else may be syntax in a glob.
  const letters = [...name].map((letter) =>
    /[\p{L}\p{N}_.]/u.test(letter) ? `[${letter.toLowerCase()}${letter.toUpperCase()}]` : '?',
  );
  const pattern = `**/${['', ...letters, ''].join('*')}`;
  return letters.length === 0 ? pattern : `{${pattern},${pattern}/*}`;
}

async function symbolItems(query: string): Promise<CompletionItem[]> {
  if (query.length < MIN_SYMBOL_QUERY) return [];
  const symbols = (await findSymbols(query)).slice(0, MAX_SYMBOLS);
  const names = symbols.map(({ name }) => name.replace(/\(.*$/, ''));
  return symbols.flatMap(({ location: { uri } }, index) => {
    const name = names[index] ?? '';
    const path = workspace.asRelativePath(uri);
    const isAmbiguous = names.indexOf(name) !== names.lastIndexOf(name);
    const reference = isAmbiguous ? formatSymbolReference(name, path) : formatSymbolReference(name);
    return reference === undefined ? [] : createItem(reference, CompletionItemKind.Function, { order: 3, about: path });
  });
}

/** Only for the entry in focus, because language servers and files have to be asked for it. */
async function estimateItem(resolver: ReferenceResolver, item: CompletionItem): Promise<CompletionItem> {
  const editor = findEditor();
  const [reference] = findReferences(item.filterText ?? '');
  if (typeof item.label !== 'string' || reference === undefined || editor === undefined) return item;
  const block = await resolver.toBlock(reference, toTarget(editor)).catch(() => undefined);
  if (block === undefined) return item;
  return Object.assign(item, { detail: `${item.detail ?? ''} · ${formatTokens(estimateTokens([block]))}` });
}

function formatTokens(count: number): string {
  return l10n.t('≈ {0} tokens', count.toLocaleString());
}

interface ItemFacts {
  /** Of the group in the list: open files, context, files, symbols. */
  readonly order: number;
  readonly about: string;
  readonly tokens?: number;
}

function createItem(reference: string, kind: CompletionItemKind, { order, about, tokens }: ItemFacts): CompletionItem {
  // VS Code shows a label's detail after it, and its description on the right of every row. The item's own detail, which
  // can be resolved later, is shown only for the row in focus, and only if the label is a string.
  const item =
    tokens === undefined
      ? Object.assign(new CompletionItem(reference, kind), { detail: about })
      : new CompletionItem(
          { label: reference, ...(about !== '' && { detail: ` ${about}` }), description: formatTokens(tokens) },
          kind,
        );
  item.insertText = reference;
  item.filterText = reference;
  item.sortText = `${order} ${reference}`;
  return item;
}
