import { type Diagnostic, Range, type TextDocument } from 'vscode';
import { QuilletError } from '../core/errors';
import { withoutUndefined } from '../util/withoutUndefined';
import { type DiagnosticSummary, diagnosticText } from './common/diagnosticText';
import { enclosingLines, type LineRange } from './common/enclosingLines';
import { DocumentRange } from './documentRange';
import { getDocumentSymbols } from './documentSymbols';
import { lastLine } from './lastLine';

/** Formats diagnostics for a prompt. Their text comes from arbitrary extensions: use it for nothing else. */
export function describeDiagnostics(document: TextDocument, diagnostics: readonly Diagnostic[]): string {
  return diagnosticText(diagnostics.map((diagnostic) => summarizeDiagnostic(document, diagnostic)));
}

/** Returns the full lines of the smallest symbol that contains the diagnostics. */
export async function diagnosticRegion(document: TextDocument, diagnostics: readonly Diagnostic[]): Promise<Range> {
  const first = Math.min(...diagnostics.map(({ range }) => range.start.line));
  const last = Math.max(...diagnostics.map(({ range }) => lastLine(range)));
  const tracked = new DocumentRange(
    document,
    document.validateRange(new Range(first, 0, last, Number.MAX_SAFE_INTEGER)),
  );
  try {
    const { version } = document;
    const symbols = await getDocumentSymbols(document);
    if (tracked.detachReason !== undefined) throw new QuilletError(tracked.detachReason);
    // Symbols of an older document version no longer match the text.
    const validSymbols = document.version === version ? symbols : [];
    const { start, end } = tracked.range;
    return toRange(document, enclosingLines({ first: start.line, last: end.line }, validSymbols, document.lineCount));
  } finally {
    tracked.dispose();
  }
}

function toRange(document: TextDocument, { first, last }: LineRange): Range {
  return new Range(first, 0, last, document.lineAt(last).text.length);
}

function summarizeDiagnostic(document: TextDocument, { range, message, source, code }: Diagnostic): DiagnosticSummary {
  const { line } = document.validatePosition(range.start);
  const value = typeof code === 'object' ? code.value : code;
  return {
    line,
    lineText: document.lineAt(line).text,
    message,
    ...withoutUndefined({ source, code: value === undefined ? undefined : String(value) }),
  };
}
