import { type Diagnostic, DiagnosticSeverity, languages, type Range, type TextDocument } from 'vscode';

/** The diagnostics of a document in document order, without hints: those suggest refactorings. */
export function getDiagnostics(document: TextDocument): Diagnostic[] {
  return languages
    .getDiagnostics(document.uri)
    .filter(({ severity }) => severity !== DiagnosticSeverity.Hint)
    .sort((left, right) => left.range.start.compareTo(right.range.start));
}

export function getDiagnosticsOnLines(document: TextDocument, lines: Range): Diagnostic[] {
  return getDiagnostics(document).filter(
    ({ range }) => range.start.line <= lines.end.line && range.end.line >= lines.start.line,
  );
}
