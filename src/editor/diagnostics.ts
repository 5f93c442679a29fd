import { type Diagnostic, DiagnosticSeverity, languages, type Range, type TextDocument } from 'vscode';
import { lastLine } from './lastLine';

/** The diagnostics of a document in document order, without hints: those suggest refactorings. */
export function getDiagnostics(document: TextDocument): Diagnostic[] {
  return languages
    .getDiagnostics(document.uri)
    .filter(({ severity }) => severity !== DiagnosticSeverity.Hint)
    .sort((left, right) => left.range.start.compareTo(right.range.start));
}

export function getDiagnosticsOnLines(document: TextDocument, lines: Range): Diagnostic[] {
  return getDiagnostics(document).filter(
    ({ range }) => range.start.line <= lastLine(lines) && lastLine(range) >= lines.start.line,
  );
}
