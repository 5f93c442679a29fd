import { commands, type DocumentSymbol, type SymbolInformation, type TextDocument } from 'vscode';
import { withDeadline } from '../util/withDeadline';
import type { NamedSymbol } from './common/symbolPath';
import { lastLine } from './lastLine';

// A language server that is still starting can take minutes.
const SYMBOLS_TIMEOUT_MS = 2000;

/** The symbols of a document. Empty if its language has no provider or the provider fails or is too slow. */
export async function getDocumentSymbols(document: TextDocument): Promise<NamedSymbol[]> {
  const request = commands.executeCommand<(DocumentSymbol | SymbolInformation)[] | undefined>(
    'vscode.executeDocumentSymbolProvider',
    document.uri,
  );
  try {
    const symbols = await withDeadline(request, SYMBOLS_TIMEOUT_MS);
    return (symbols ?? []).map(toNamedSymbol);
  } catch {
    return [];
  }
}

function toNamedSymbol(symbol: DocumentSymbol | SymbolInformation): NamedSymbol {
  const range = 'location' in symbol ? symbol.location.range : symbol.range;
  const children = 'children' in symbol ? symbol.children.map(toNamedSymbol) : [];
  return { name: symbol.name, first: range.start.line, last: lastLine(range), children };
}
