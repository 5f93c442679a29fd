/** A problem as the editor reports it. */
export interface Problem {
  /** Counted from 0. */
  readonly line: number;
  readonly lineText: string;
  readonly message: string;
  /** Who reports it, `ts` for example. */
  readonly source?: string;
  readonly code?: string;
}

/** The longest part of a line that is repeated: a minified file has all of its text in one. */
const MOST_OF_LINE = 300;

/** Problems for a model to read: where, what, and the line itself, since models count lines badly. */
export function problemText(problems: readonly Problem[]): string {
  return problems.map(describe).join('\n');
}

function describe({ line, lineText, message, source, code }: Problem): string {
  const words = message
    .split('\n')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const origin = [source, code].filter((part) => part !== undefined && part !== '').join(' ');
  const heading = `Line ${line + 1}: ${words.join('\n  ')}${origin === '' ? '' : ` (${origin})`}`;
  const shown = lineText.trim();
  return shown === '' || shown.length > MOST_OF_LINE ? heading : `${heading}\n  in: ${shown}`;
}
