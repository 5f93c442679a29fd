import { estimateTokenCount } from 'tokenx';

/** Of longer texts samples are counted: an estimate of millions of characters would keep everything else waiting. */
const MAX_COUNTED_LENGTH = 200_000;
const SAMPLE_COUNT = 40;
const SAMPLE_LENGTH = MAX_COUNTED_LENGTH / SAMPLE_COUNT;

/**
 * About how many tokens some texts are. Every model counts in its own way, so this is always shown with "≈"; it is off by a
 * few per cent in prose and code, and by more where a text is neither.
 */
export function estimateTokens(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + estimateText(text), 0);
}

function estimateText(text: string): number {
  if (text.length <= MAX_COUNTED_LENGTH) return estimateTokenCount(text);
  const step = (text.length - SAMPLE_LENGTH) / (SAMPLE_COUNT - 1);
  let counted = 0;
  for (let index = 0; index < SAMPLE_COUNT; index += 1) {
    const start = Math.round(index * step);
    counted += estimateTokenCount(text.slice(start, start + SAMPLE_LENGTH));
  }
  return Math.round((counted * text.length) / MAX_COUNTED_LENGTH);
}
