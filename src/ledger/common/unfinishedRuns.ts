import * as v from 'valibot';
import { type LedgerRow, ledgerLine, parseLedgerLine } from './ledgerRow';

/**
 * The runs of a window that have not ended, as a file beside the ledger: when the window is gone without a word, another one
 * finds it and enters them as lost.
 */
export interface OpenRuns {
  /** Of VS Code: the same for a window whose extension host was restarted. */
  readonly session: string | undefined;
  /** When the window last said that it lives, in milliseconds since 1970; undefined where the file does not tell. */
  readonly beat: number | undefined;
  readonly rows: readonly LedgerRow[];
}

const headSchema = v.object({ session: v.optional(v.string()), beat: v.number() });

export function openRunsName(window: string): string {
  return `open.${window}.jsonl`;
}

/** The window that a file of open runs is from; undefined for other files. */
export function windowOfOpenRuns(name: string): string | undefined {
  return /^open\.([0-9a-z]+)\.jsonl$/.exec(name)?.[1];
}

export function formatOpenRuns({ session, beat, rows }: OpenRuns): Uint8Array {
  const lines = [JSON.stringify({ session, beat }), ...rows.map(ledgerLine)];
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
}

/** Reads what is whole of a file that may be torn, or is just being written: then it has no head, and mostly nothing. */
export function parseOpenRuns(bytes: Uint8Array): OpenRuns {
  const [first = '', ...lines] = new TextDecoder().decode(bytes).split('\n');
  const head = v.safeParse(headSchema, parsed(first));
  const { session, beat } = head.success ? head.output : { session: undefined, beat: undefined };
  return { session, beat, rows: lines.flatMap((line) => parseLedgerLine(line) ?? []) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
