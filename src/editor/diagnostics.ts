import { type Diagnostic, DiagnosticSeverity, languages, type Range, type TextDocument } from 'vscode';

/** What the editor reports in a document, in document order. Hints are offers of a language, not problems. */
export function getDiagnostics(document: TextDocument): Diagnostic[] {
  return languages
    .getDiagnostics(document.uri)
    .filter(({ severity }) => severity !== DiagnosticSeverity.Hint)
    .sort((left, right) => left.range.start.compareTo(right.range.start));
}

/** The problems that touch a line of the range. */
export function getDiagnosticsOnLines(document: TextDocument, lines: Range): Diagnostic[] {
  return getDiagnostics(document).filter(
    ({ range }) => range.start.line <= lines.end.line && range.end.line >= lines.start.line,
  );
}
