import {
  commands,
  type Diagnostic,
  type DocumentSymbol,
  Range,
  type SymbolInformation,
  type TextDocument,
} from 'vscode';
import { enclosingLines, type Lines, type NamedPart } from '../core/enclosingLines';
import { QuilletError } from '../core/errors';
import { type Problem, problemText } from '../core/problemText';
import { TrackedTarget } from './trackedTarget';

/** How long a language may take to say what the document is made of; one that is still starting can take minutes. */
const SYMBOLS_MS = 2000;

/** Problems for a model to read. Who wrote their words is not known, so they are used for nothing else. */
export function describeProblems(document: TextDocument, problems: readonly Diagnostic[]): string {
  return problemText(problems.map((problem) => readProblem(document, problem)));
}

/**
 * The code to be corrected: whole lines, those of the smallest named part that holds the problems.
 * @throws QuilletError where the document was changed at that place meanwhile.
 */
export async function problemRegion(document: TextDocument, problems: readonly Diagnostic[]): Promise<Range> {
  const first = Math.min(...problems.map(({ range }) => range.start.line));
  const last = Math.max(...problems.map(({ range }) => lastLine(range)));
  const target = new TrackedTarget(
    document,
    document.validateRange(new Range(first, 0, last, Number.MAX_SAFE_INTEGER)),
  );
  try {
    const { version } = document;
    const parts = await namedParts(document);
    if (target.lost !== undefined) throw new QuilletError(target.lost);
    // What the language said is true of the text that it saw, and of no other.
    const usable = document.version === version ? parts : [];
    const { start, end } = target.range;
    return wholeLines(document, enclosingLines({ first: start.line, last: end.line }, usable, document.lineCount));
  } finally {
    target.dispose();
  }
}

async function namedParts(document: TextDocument): Promise<NamedPart[]> {
  const asked = commands.executeCommand<(DocumentSymbol | SymbolInformation)[] | undefined>(
    'vscode.executeDocumentSymbolProvider',
    document.uri,
  );
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, SYMBOLS_MS));
  try {
    const symbols = await Promise.race([asked, late]);
    return (symbols ?? []).map(asPart);
  } catch {
    // A language that fails here is no reason not to correct the problem.
    return [];
  }
}

function asPart(symbol: DocumentSymbol | SymbolInformation): NamedPart {
  const range = 'location' in symbol ? symbol.location.range : symbol.range;
  const children = 'children' in symbol ? symbol.children.map(asPart) : [];
  return { first: range.start.line, last: lastLine(range), children };
}

/** A range that ends at the start of a line ends, for a reader, with the line before. */
function lastLine({ start, end }: Range): number {
  return end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
}

function wholeLines(document: TextDocument, { first, last }: Lines): Range {
  return new Range(first, 0, last, document.lineAt(last).text.length);
}

function readProblem(document: TextDocument, { range, message, source, code }: Diagnostic): Problem {
  const { line } = document.validatePosition(range.start);
  const value = typeof code === 'object' ? code.value : code;
  return {
    line,
    lineText: document.lineAt(line).text,
    message,
    ...(source === undefined ? {} : { source }),
    ...(value === undefined ? {} : { code: String(value) }),
  };
}
