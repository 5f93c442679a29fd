import { estimateTokenCount } from 'tokenx';

// Longer texts are sampled: counting millions of characters would block the extension host.
const MAX_COUNTED_LENGTH = 200_000;
const SAMPLE_COUNT = 40;
const SAMPLE_LENGTH = MAX_COUNTED_LENGTH / SAMPLE_COUNT;

/** Estimates the tokens of all texts. Off by a few percent for prose and code, so always shown with "≈". */
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
