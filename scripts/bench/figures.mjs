// The figures, and what they are held against.

/** @param {readonly number[]} [values] */
export function median(values = []) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {readonly number[]} [values] */
export function figure(values = []) {
  if (values.length === 0) {
    return '-';
  }
  const range = `(${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)})`;
  return values.length === 1 ? median(values).toFixed(1) : `${median(values).toFixed(1)} ${range}`;
}

/**
 * @typedef {object} Row
 * @property {string} what
 * @property {string} quillet the name of Quillet's samples
 * @property {string} [beside] the name of the samples it is compared with
 * @property {string} besideName what those are called
 * @property {number} most the budget
 * @property {(quillet: number, beside: number) => number} [held] what is held against the budget, when not the median itself
 * @property {string} budget the budget in words
 */

/** @type {readonly Row[]} */
export const rows = [
  {
    what: 'activate(), ms',
    quillet: 'activation quillet.quillet',
    beside: 'activation bench.empty',
    besideName: 'empty',
    held: (own, empty) => own - empty,
    most: 5,
    budget: 'empty + 5',
  },
  {
    what: 'memory of activation, MB',
    quillet: 'activation memory quillet.quillet',
    beside: 'activation memory bench.empty',
    besideName: 'empty',
    held: (own, empty) => own - empty,
    most: 0.5,
    budget: 'empty + 0.5',
  },
  { what: 'package, KB', quillet: 'package', besideName: '', most: 350, budget: '350' },
  {
    what: 'command to first request, ms',
    quillet: 'first quillet.quillet',
    beside: 'first bench.bare',
    besideName: 'bare',
    held: (own, bare) => own / bare,
    most: 1.25,
    budget: '1.25 x bare',
  },
  {
    what: 'command to later requests, ms',
    quillet: 'later quillet.quillet',
    beside: 'later bench.bare',
    besideName: 'bare',
    held: (own, bare) => own / bare,
    most: 1.5,
    budget: '1.5 x bare',
  },
  {
    what: 'last token to text, ms',
    quillet: 'insert quillet.quillet',
    beside: 'insert bench.bare',
    besideName: 'bare',
    held: (own, bare) => own / bare,
    most: 1,
    budget: 'bare',
  },
  {
    what: 'last token to thread (painted), ms',
    quillet: 'thread quillet',
    beside: 'thread bare',
    besideName: 'bare',
    held: (own, bare) => own / bare,
    most: 1,
    budget: 'bare',
  },
  {
    what: 'edits a second, 200 tokens/s',
    quillet: 'stream edits quillet.quillet',
    beside: 'stream edits bench.bare',
    besideName: 'bare',
    most: 20,
    budget: '20',
  },
  {
    what: 'redraws of a thread a second',
    quillet: 'redraws quillet',
    beside: 'redraws bare',
    besideName: 'bare',
    most: 1000 / 150,
    budget: '6.7',
  },
  {
    what: '100,000 tokens: edits a second',
    quillet: 'flood edits quillet.quillet',
    beside: 'flood edits bench.bare',
    besideName: 'bare',
    most: 20,
    budget: '20',
  },
  {
    what: '100,000 tokens: longest block, ms',
    quillet: 'flood blocked quillet.quillet',
    beside: 'flood blocked bench.bare',
    besideName: 'bare',
    most: 50,
    budget: '50',
  },
  {
    what: '100,000 tokens: seconds in all',
    quillet: 'flood seconds quillet.quillet',
    beside: 'flood seconds bench.bare',
    besideName: 'bare',
    most: Number.POSITIVE_INFINITY,
    budget: '',
  },
  {
    what: '20 MB file: last token to text, ms',
    quillet: 'large file quillet.quillet',
    beside: 'large file bench.bare',
    besideName: 'bare',
    most: 100,
    budget: '100',
  },
  {
    what: '20 MB file: longest block, ms',
    quillet: 'large file blocked quillet.quillet',
    beside: 'large file blocked bench.bare',
    besideName: 'bare',
    most: 50,
    budget: '50',
  },
  {
    what: 'key to paint while it streams, ms',
    quillet: 'typing while it streams',
    beside: 'typing alone',
    besideName: 'no stream',
    held: (own, alone) => own - alone,
    most: 16,
    budget: 'no stream + 16',
  },
  { what: 'a million runs: dashboard, ms', quillet: 'usage', besideName: '', most: 2000, budget: '2000' },
  { what: 'the same, nothing summed up, ms', quillet: 'usage read', besideName: '', most: 2000, budget: '2000' },
  { what: 'heap that stays after 1,000 runs, MB', quillet: 'memory', besideName: '', most: 5, budget: '5' },
];

/**
 * One line for each row that was measured.
 * @param {ReadonlyMap<string, readonly number[]>} samples
 */
export function table(samples) {
  const lines = rows
    .filter((row) => samples.has(row.quillet))
    .map((row) => {
      const own = samples.get(row.quillet);
      const beside = row.beside === undefined ? undefined : samples.get(row.beside);
      const held = row.held === undefined ? median(own) : row.held(median(own), median(beside));
      const verdict = row.budget === '' ? '' : `${held <= row.most ? 'met' : 'MISSED'} (${held.toFixed(2)})`;
      const other = beside === undefined ? '' : `${figure(beside)} ${row.besideName}`;
      return [row.what, figure(own), other, row.budget, verdict];
    });
  const all = [['', 'quillet', 'beside', 'budget', ''], ...lines];
  const widths = all[0].map((_, column) => Math.max(...all.map((line) => line[column].length)));
  return all
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] + 2))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}
