// The fault table: which tests cover which fault id. Tests name their ids in brackets at the end of their titles.

/** @typedef {{ title: string, passed: boolean, tier: string }} TestResult */

/**
 * The groups of the table. `last` is the highest number of a group; ids from `from` to `required` have a row even without a
 * test.
 */
const GROUPS = [
  { letter: 'N', last: 22, required: 22 },
  { letter: 'H', last: 24, required: 24 },
  { letter: 'B', last: 13, required: 13 },
  { letter: 'S', last: 38, required: 38 },
  { letter: 'T', last: 9, required: 9 },
  { letter: 'X', last: 15, required: 15 },
  { letter: 'D', last: 26, required: 0 },
  { letter: 'K', last: 16, required: 16 },
  { letter: 'C', last: 19, required: 19 },
  { letter: 'U', last: 24, required: 24 },
  { letter: 'Q', last: 14, required: 0 },
  { letter: 'E', last: 23, required: 23 },
  { letter: 'R', last: 50, required: 50, from: 43 },
];

const idOf = (letter, number) => `${letter}${String(number).padStart(2, '0')}`;

const known = GROUPS.flatMap(({ letter, last }) => Array.from({ length: last }, (_, index) => idOf(letter, index + 1)));
const requiredIds = new Set(
  GROUPS.flatMap(({ letter, required, from = 1 }) =>
    Array.from({ length: Math.max(0, required - from + 1) }, (_, index) => idOf(letter, from + index)),
  ),
);

/**
 * The ids in a text; `C01 to C08` stands for eight of them.
 * @param {string} text
 */
export function idsIn(text) {
  const found = new Set();
  for (const [, letter, first, last] of text.matchAll(/\b([NHBSTXDKCUQER])(\d{1,2})\b(?: to \1(\d{1,2})\b)?/g)) {
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
 * The table as Markdown, one row for each id, in the order of the groups.
 * @param {readonly TestResult[]} tests
 */
export function faultTable(tests) {
  const rows = known.flatMap((id) => {
    const matching = tests.filter(({ title }) => idsIn(title).includes(id));
    return matching.length > 0 || requiredIds.has(id)
      ? [`| ${id} | ${describe(matching)} | ${outcomeOf(matching)} |`]
      : [];
  });
  return ['| id | test | outcome |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The title of the first test, and how many other titles there are. */
function describe(tests) {
  const titles = [...new Set(tests.map(({ title }) => withoutIds(title)))];
  const [first] = titles;
  if (first === undefined) {
    return '';
  }
  const rest = titles.length > 1 ? ` (and ${titles.length - 1} more)` : '';
  return first.replaceAll('|', '\\|').replaceAll('<', '&lt;') + rest;
}

/** @param {string} title */
function withoutIds(title) {
  return title.replace(/ ?\[([^[\]]*)\]/g, (brackets, inner) => (idsIn(inner).length > 0 ? '' : brackets));
}

function outcomeOf(tests) {
  if (tests.length === 0) {
    return 'no test';
  }
  const tiers = [...new Set(tests.map(({ tier }) => tier))];
  const counts = tiers.map((tier) => `${tier} ${tests.filter((test) => test.tier === tier).length}`);
  return `${tests.every(({ passed }) => passed) ? 'passed' : 'FAILED'} (${counts.join(', ')})`;
}
