import { type Diagnostic, Range, type TextDocument } from 'vscode';
import { QuilletError } from '../core/errors';
import { type Problem, problemText } from './common/diagnosticText';
import { enclosingLines, type Lines } from './common/enclosingLines';
import { TrackedTarget } from './documentRange';
import { documentSymbols, lastLine } from './documentSymbols';

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
    const parts = await documentSymbols(document);
    if (target.lost !== undefined) throw new QuilletError(target.lost);
    // What the language said is true of the text that it saw, and of no other.
    const usable = document.version === version ? parts : [];
    const { start, end } = target.range;
    return wholeLines(document, enclosingLines({ first: start.line, last: end.line }, usable, document.lineCount));
  } finally {
    target.dispose();
  }
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
