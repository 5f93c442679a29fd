import { decodeUtf8 } from '../../util/decodeUtf8';
import { BytePattern } from './bytePattern';
import { isLedgerName } from './ledgerRow';
import type { LedgerTable } from './ledgerTable';

export interface Spelling {
  readonly bytes: BytePattern;
  readonly index: number;
  readonly next: Spelling | undefined;
}

interface ByteRange {
  readonly start: number;
  readonly end: number;
  readonly hash: number;
}

const BUCKETS = 4096;

/** Maps the bytes between quotes to the index of a name without decoding them each time. */
export class NameIndex {
  private readonly buckets: (Spelling | undefined)[] = new Array(BUCKETS).fill(undefined);

  constructor(private readonly table: LedgerTable) {}

  find(view: DataView, { start, end, hash }: ByteRange): Spelling | undefined {
    const bucket = hash & (BUCKETS - 1);
    for (let candidate = this.buckets[bucket]; candidate !== undefined; candidate = candidate.next) {
      if (candidate.bytes.length === end - start && candidate.bytes.matchesAt(view, start)) return candidate;
    }
    const bytes = new Uint8Array(view.buffer, view.byteOffset + start, end - start).slice();
    const name = this.read(bytes);
    if (name === undefined) return undefined;
    const spelling: Spelling = {
      bytes: new BytePattern(bytes),
      index: this.table.intern(name),
      next: this.buckets[bucket],
    };
    this.buckets[bucket] = spelling;
    return spelling;
  }

  private read(bytes: Uint8Array): string | undefined {
    const text = decodeUtf8(bytes);
    if (text === undefined) return undefined;
    try {
      const name: unknown = JSON.parse(`"${text}"`);
      return isLedgerName(name) ? name : undefined;
    } catch {
      return undefined;
    }
  }
}

export function nextHash(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}

export function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end; at += 1) hash = nextHash(hash, bytes[at] ?? 0);
  return hash;
}
