const BITS = 6;
const MASK = 63;

/**
 * Returns a function that tells whether a text contains a keyword in lower case. Hundreds of keywords are looked up in
 * each text, and most of them have three characters that do not follow each other anywhere in it.
 */
export function createFilter(text: string): (keyword: string) => boolean {
  const lowerCase = text.toLowerCase();
  const trigrams = readTrigrams(lowerCase);
  return (keyword) => {
    for (let end = 3; end <= keyword.length; end += 1) {
      if (trigrams[trigramAt(keyword, end)] === 0) return false;
    }
    return lowerCase.includes(keyword);
  };
}

function readTrigrams(text: string): Uint8Array {
  const trigrams = new Uint8Array(1 << (3 * BITS));
  for (let end = 3; end <= text.length; end += 1) trigrams[trigramAt(text, end)] = 1;
  return trigrams;
}

// Different characters may share a code. A keyword that passes is looked up in the text.
function trigramAt(text: string, end: number): number {
  const first = (text.charCodeAt(end - 3) & MASK) << (2 * BITS);
  const second = (text.charCodeAt(end - 2) & MASK) << BITS;
  return first | second | (text.charCodeAt(end - 1) & MASK);
}
