export interface DiagnosticSummary {
  readonly line: number;
  readonly lineText: string;
  readonly message: string;
  readonly source?: string;
  readonly code?: string;
}

// Longer lines, as in minified files, are omitted.
const MAX_LINE_LENGTH = 300;

/** Formats diagnostics with the line text, since models are bad at counting lines. */
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
