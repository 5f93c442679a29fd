import assert from 'node:assert/strict';
import { cpuTimeOf } from './cpuTime';

const MAX_TRIES = 5;
/** Quadratic work takes sixteen times as long. The rest is room for noise, such as garbage collection. */
const MAX_GROWTH = 10;
/** Shorter times are mostly noise. */
const MIN_MEASURED_MS = 10;
/** So little that the smaller amount of work need not be measured. */
const MAX_UNCOMPARED_MS = MAX_GROWTH * MIN_MEASURED_MS;

/** Asserts that four times as much work takes about four times as much CPU time, however fast the machine is. */
export async function assertLinear(work: (size: number) => unknown, size: number, message?: string): Promise<void> {
  let small = Number.POSITIVE_INFINITY;
  let large = Number.POSITIVE_INFINITY;
  for (let run = 0; run < MAX_TRIES; run += 1) {
    large = Math.min(large, await cpuTimeOf(() => work(4 * size), Number.POSITIVE_INFINITY));
    if (large <= MAX_UNCOMPARED_MS) return;
    small = Math.min(small, await cpuTimeOf(() => work(size), Number.POSITIVE_INFINITY));
    if (large <= MAX_GROWTH * small) return;
  }
  assert.fail(`${Math.round(small)} ms for ${size}, ${Math.round(large)} ms for ${4 * size} ${message ?? ''}`);
}

/** The text repeated to about the given length. */
export function repeatTo(text: string, length: number): string {
  return text.repeat(Math.ceil(length / text.length));
}
