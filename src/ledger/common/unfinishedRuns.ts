import * as v from 'valibot';
import { formatLedgerLine, type LedgerRow, parseLedgerLine } from './ledgerRow';

/**
 * The runs of a window that have not ended, as a file beside the ledger: when the window is gone without a word, another one
 * finds it and enters them as lost.
 */
export interface UnfinishedRuns {
  /** Of VS Code: the same for a window whose extension host was restarted. */
  readonly session: string | undefined;
  /** When the window last said that it lives, in milliseconds since 1970; undefined where the file does not tell. */
  readonly beat: number | undefined;
  readonly rows: readonly LedgerRow[];
}

const headSchema = v.object({ session: v.optional(v.string()), beat: v.number() });

export function unfinishedRunsName(window: string): string {
  return `open.${window}.jsonl`;
}

/** The window that a file of open runs is from; undefined for other files. */
export function parseUnfinishedRunsName(name: string): string | undefined {
  return /^open\.([0-9a-z]+)\.jsonl$/.exec(name)?.[1];
}

export function formatUnfinishedRuns({ session, beat, rows }: UnfinishedRuns): Uint8Array {
  const lines = [JSON.stringify({ session, beat }), ...rows.map(formatLedgerLine)];
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
}

/** Reads what is whole of a file that may be torn, or is just being written: then it has no head, and mostly nothing. */
export function parseUnfinishedRuns(bytes: Uint8Array): UnfinishedRuns {
  const [first = '', ...lines] = new TextDecoder().decode(bytes).split('\n');
  const head = v.safeParse(headSchema, parseJson(first));
  const { session, beat } = head.success ? head.output : { session: undefined, beat: undefined };
  return { session, beat, rows: lines.flatMap((line) => parseLedgerLine(line) ?? []) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
