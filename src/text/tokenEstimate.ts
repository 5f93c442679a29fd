import { estimateTokenCount } from 'tokenx';

/** Of longer texts samples are counted: an estimate of millions of characters would keep everything else waiting. */
const LONGEST_COUNTED = 200_000;
const SAMPLES = 40;
const SAMPLE_LENGTH = LONGEST_COUNTED / SAMPLES;

/**
 * About how many tokens some texts are. Every model counts in its own way, so this is always shown with "≈"; it is off by a
 * few per cent in prose and code, and by more where a text is neither.
 */
export function estimateTokens(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + estimateOf(text), 0);
}

function estimateOf(text: string): number {
  if (text.length <= LONGEST_COUNTED) return estimateTokenCount(text);
  const step = (text.length - SAMPLE_LENGTH) / (SAMPLES - 1);
  let counted = 0;
  for (let index = 0; index < SAMPLES; index += 1) {
    const start = Math.round(index * step);
    counted += estimateTokenCount(text.slice(start, start + SAMPLE_LENGTH));
  }
  return Math.round((counted * text.length) / LONGEST_COUNTED);
}
