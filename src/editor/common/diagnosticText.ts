/** A problem as the editor reports it. */
export interface DiagnosticSummary {
  /** Counted from 0. */
  readonly line: number;
  readonly lineText: string;
  readonly message: string;
  /** Who reports it, `ts` for example. */
  readonly source?: string;
  readonly code?: string;
}

/** The longest part of a line that is repeated: a minified file has all of its text in one. */
const MAX_LINE_LENGTH = 300;

/** Problems for a model to read: where, what, and the line itself, since models count lines badly. */
export function diagnosticText(diagnostics: readonly DiagnosticSummary[]): string {
  return diagnostics.map(formatDiagnostic).join('\n');
}

function formatDiagnostic({ line, lineText, message, source, code }: DiagnosticSummary): string {
  const messageLines = message
    .split('\n')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const origin = [source, code].filter((part) => part !== undefined && part !== '').join(' ');
  const heading = `Line ${line + 1}: ${messageLines.join('\n  ')}${origin === '' ? '' : ` (${origin})`}`;
  const trimmedLine = lineText.trim();
  return trimmedLine === '' || trimmedLine.length > MAX_LINE_LENGTH ? heading : `${heading}\n  in: ${trimmedLine}`;
}
