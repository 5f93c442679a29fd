import { diffChars } from 'diff';

const MIN_SIMILARITY = 0.6;
const MAX_LENGTH = 50;
/** Normalized fields of other APIs, which are no typos. */
const OTHER_FIELDS = new Set(['topk']);

/** The known name that an unknown one most likely means. Case and separators don't matter. */
export function findNearestName(name: string, known: readonly string[]): string | undefined {
  if (OTHER_FIELDS.has(normalize(name))) return undefined;
  const ranked = known
    .map((candidate) => ({ candidate, similarity: measureSimilarity(normalize(name), normalize(candidate)) }))
    .sort((left, right) => right.similarity - left.similarity);
  return ranked.find(({ similarity }) => similarity >= MIN_SIMILARITY)?.candidate;
}

function normalize(name: string): string {
  return name
    .slice(0, MAX_LENGTH)
    .toLowerCase()
    .replaceAll(/[-_.\s]/g, '');
}

/** The share of characters that both names have in the same order. */
function measureSimilarity(left: string, right: string): number {
  const common = diffChars(left, right).filter(({ added, removed }) => !added && !removed);
  const length = common.reduce((sum, { value }) => sum + value.length, 0);
  return (2 * length) / Math.max(left.length + right.length, 1);
}
