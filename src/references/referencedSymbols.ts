import { commands, type Location, type SymbolInformation, type Uri, workspace } from 'vscode';
import { QuilletError } from '../core/errors';
import type { NamedSymbol } from '../editor/common/symbolPath';
import { getDocumentSymbols } from '../editor/documentSymbols';
import { withDeadline } from '../util/withDeadline';
import type { LineRange } from './common/findReferences';

const MAX_LISTED_FILES = 5;
/** For one request to a language server, which may hang. */
export const LANGUAGE_SERVER_TIMEOUT_MS = 10_000;

export interface FoundSymbol {
  readonly uri: Uri;
  readonly lines: LineRange;
}

/** The workspace's own symbols: language servers also report those of packages. */
export async function findSymbols(query: string): Promise<readonly SymbolInformation[]> {
  const symbols = await withDeadline(
    commands.executeCommand<SymbolInformation[] | undefined>('vscode.executeWorkspaceSymbolProvider', query),
    LANGUAGE_SERVER_TIMEOUT_MS,
  );
  return (symbols ?? []).filter(({ location: { uri } }) => isOwnFile(uri));
}

export function isOwnFile(uri: Uri): boolean {
  return workspace.getWorkspaceFolder(uri) !== undefined && !uri.path.includes('/node_modules/');
}

/** @throws QuilletError `ref.missing`, `ref.ambiguous` */
export async function findReferencedSymbol(label: string, name: string, path?: string): Promise<FoundSymbol> {
  const named = (await findSymbols(name)).filter(
    (symbol) => symbol.name.replace(/\(.*$/, '') === name && (path === undefined || isAt(symbol.location, path)),
  );
  const distinct = [...new Map(named.map((symbol) => [locationKey(symbol.location), symbol])).values()];
  const [symbol, ...rest] = distinct;
  if (symbol === undefined) throw new QuilletError('ref.missing', { subject: label });
  if (rest.length > 0) {
    const paths = distinct.map(({ location }) => workspace.asRelativePath(location.uri)).slice(0, MAX_LISTED_FILES);
    throw new QuilletError('ref.ambiguous', { subject: label, file: [...new Set(paths)].join(', ') });
  }
  return { uri: symbol.location.uri, lines: await findDeclaration(symbol) };
}

function isAt({ uri }: Location, path: string): boolean {
  return `/${workspace.asRelativePath(uri)}`.endsWith(`/${path}`);
}

function locationKey({ uri, range }: Location): string {
  return `${uri.toString()} ${range.start.line}:${range.start.character}`;
}

/** Some language servers report only the line of a symbol's name. The document's symbols have whole declarations. */
async function findDeclaration({ name, location: { uri, range } }: SymbolInformation): Promise<LineRange> {
  const symbols = await getDocumentSymbols(await workspace.openTextDocument(uri));
  const isNamed = (symbol: NamedSymbol) =>
    symbol.name === name && symbol.first <= range.start.line && symbol.last >= range.start.line;
  const found = flatten(symbols).find(isNamed) ?? { first: range.start.line, last: range.end.line };
  return { first: found.first + 1, last: found.last + 1 };
}

function flatten(symbols: readonly NamedSymbol[]): readonly NamedSymbol[] {
  return symbols.flatMap((symbol) => [symbol, ...flatten(symbol.children)]);
}
