// The table of faults: which test stands for which id. The ids are in the names of the tests.

/** @typedef {{ title: string, passed: boolean, tier: string }} TestResult */

/** The groups of the fault matrix with their last number; every id of a group that is `whole` has a row of its own. */
const groups = [
  { letter: 'N', last: 22, whole: 22 },
  { letter: 'H', last: 24, whole: 24 },
  { letter: 'B', last: 13, whole: 13 },
  { letter: 'S', last: 38, whole: 38 },
  { letter: 'T', last: 9, whole: 9 },
  { letter: 'X', last: 15, whole: 15 },
  { letter: 'D', last: 26, whole: 0 },
  { letter: 'K', last: 16, whole: 16 },
  { letter: 'C', last: 19, whole: 19 },
  { letter: 'U', last: 24, whole: 24 },
  { letter: 'Q', last: 14, whole: 0 },
  { letter: 'E', last: 23, whole: 23 },
  { letter: 'R', last: 50, whole: 50, from: 43 },
];

const idOf = (letter, number) => `${letter}${String(number).padStart(2, '0')}`;

const known = groups.flatMap(({ letter, last }) => Array.from({ length: last }, (_, index) => idOf(letter, index + 1)));
const needed = new Set(
  groups.flatMap(({ letter, whole, from = 1 }) =>
    Array.from({ length: Math.max(0, whole - from + 1) }, (_, index) => idOf(letter, from + index)),
  ),
);

/**
 * The ids in the name of a test; `C01 to C08` are eight of them.
 * @param {string} title
 */
export function idsIn(title) {
  const found = new Set();
  for (const [, letter, first, last] of title.matchAll(/\b([NHBSTXDKCUQER])(\d{1,2})\b(?: to \1(\d{1,2})\b)?/g)) {
    for (let number = Number(first); number <= Number(last ?? first); number += 1) {
      const id = idOf(letter, number);
      if (known.includes(id)) {
        found.add(id);
      }
    }
  }
  return [...found];
}

/**
 * How many tests of each kind carry an id.
 * @param {readonly TestResult[]} tests
 */
export function countIds(tests) {
  const counts = new Map();
  for (const { title } of tests) {
    for (const id of idsIn(title)) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return counts;
}

/**
 * The table as Markdown, one row for each id, in the order of the matrix.
 * @param {readonly TestResult[]} tests
 */
export function faultTable(tests) {
  const rows = known.flatMap((id) => {
    const own = tests.filter(({ title }) => idsIn(title).includes(id));
    return own.length > 0 || needed.has(id) ? [`| ${id} | ${nameOf(own)} | ${outcomeOf(own)} |`] : [];
  });
  return ['| id | test | outcome |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The first test by name, and how many others there are. */
function nameOf(tests) {
  const names = [...new Set(tests.map(({ title }) => shortened(title)))];
  const rest = names.length > 1 ? ` (and ${names.length - 1} more)` : '';
  return names.length === 0 ? '' : `${names[0]?.replaceAll('|', '\\|').replaceAll('<', '&lt;')}${rest}`;
}

/** What stands behind the ids in the name of a test. */
function shortened(title) {
  return title.replace(/^.*?\b[NHBSTXDKCUQER]\d{1,2}\b[^:]{0,60}: /, '');
}

function outcomeOf(tests) {
  if (tests.length === 0) {
    return 'no test';
  }
  const tiers = [...new Set(tests.map(({ tier }) => tier))];
  const counts = tiers.map((tier) => `${tier} ${tests.filter((test) => test.tier === tier).length}`);
  return `${tests.every(({ passed }) => passed) ? 'passed' : 'FAILED'} (${counts.join(', ')})`;
}

/**
 * How many tests of a kind the table gives to each id.
 * @param {string} markdown
 * @param {string} tier
 */
export function countsInTable(markdown, tier) {
  const counts = new Map();
  for (const [, id, count] of markdown.matchAll(new RegExp(`^\\| (\\w\\d\\d) \\|.*[( ]${tier} (\\d+)[,)]`, 'gm'))) {
    counts.set(id, Number(count));
  }
  return counts;
}
