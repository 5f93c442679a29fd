import ignore from 'ignore';

export interface RuleMatch {
  readonly rule: string;
  /** Starts at 1. */
  readonly line: number;
}

// Compiling more rules takes seconds and hundreds of megabytes; matching more `**` in one rule takes minutes.
const MAX_RULES = 20_000;
const MAX_RULE_LENGTH = 1000;
const TOO_MANY_GLOBSTARS = /(?:\*\*.*){5}/;
const MAX_SHOWN_LENGTH = 100;

/** Rules in gitignore syntax. Case is ignored everywhere, because some file systems ignore it. */
export class IgnoreRules {
  private readonly matcher: ReturnType<typeof ignore>;

  private constructor(lines: readonly string[]) {
    this.matcher = ignore({ ignorecase: true }).add(
      lines.map((pattern, index) => ({ pattern, mark: String(index + 1) })),
    );
  }

  /** Undefined if the rules are too complex. */
  static compile(lines: readonly string[]): IgnoreRules | undefined {
    const isTooComplex = (line: string) => line.length > MAX_RULE_LENGTH || TOO_MANY_GLOBSTARS.test(line);
    return lines.length > MAX_RULES || lines.some(isTooComplex) ? undefined : new IgnoreRules(lines);
  }

  /** @param path relative to the folder of the rules; a folder ends with a slash. */
  find(path: string): RuleMatch | undefined {
    if (!ignore.isPathValid(path)) return undefined;
    const { rule } = this.matcher.test(path);
    if (rule === undefined) return undefined;
    const { pattern, mark } = rule;
    const shown = pattern.length > MAX_SHOWN_LENGTH ? `${pattern.slice(0, MAX_SHOWN_LENGTH)}…` : pattern;
    return { rule: shown.trim(), line: Number(mark) };
  }
}

export function readLines(bytes: Uint8Array): string[] {
  // The decoder removes a byte order mark.
  return new TextDecoder().decode(bytes).split(/\r?\n/);
}
