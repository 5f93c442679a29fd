import * as v from 'valibot';
import { parseJson } from '../../util/json';
import { formatLedgerLine, type LedgerRow, parseLedgerLine } from './ledgerRow';

/** The unfinished runs of a window, kept in a file so that another window can record them as lost after a crash. */
export interface UnfinishedRuns {
  readonly session: string | undefined;
  /** Last heartbeat in epoch milliseconds; undefined if the file is damaged. */
  readonly beat: number | undefined;
  readonly rows: readonly LedgerRow[];
}

const headSchema = v.object({ session: v.optional(v.string()), beat: v.number() });

export function unfinishedRunsName(window: string): string {
  return `open.${window}.jsonl`;
}

export function parseUnfinishedRunsName(name: string): string | undefined {
  return /^open\.([0-9a-z]+)\.jsonl$/.exec(name)?.[1];
}

export function formatUnfinishedRuns({ session, beat, rows }: UnfinishedRuns): Uint8Array {
  const lines = [JSON.stringify({ session, beat }), ...rows.map(formatLedgerLine)];
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
}

/** Reads the valid lines of a file that may be truncated or still being written. */
export function parseUnfinishedRuns(bytes: Uint8Array): UnfinishedRuns {
  const [first = '', ...lines] = new TextDecoder().decode(bytes).split('\n');
  const head = v.safeParse(headSchema, parseJson(first));
  const { session, beat } = head.success ? head.output : { session: undefined, beat: undefined };
  return { session, beat, rows: lines.flatMap((line) => parseLedgerLine(line) ?? []) };
}
