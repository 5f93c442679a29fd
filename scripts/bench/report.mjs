// Formats the results and compares them with the budgets.

/** @param {readonly number[]} [values] */
function median(values = []) {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {readonly number[]} [values] */
function formatSamples(values = []) {
  if (values.length === 0) {
    return '-';
  }
  const range = `(${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)})`;
  return values.length === 1 ? median(values).toFixed(1) : `${median(values).toFixed(1)} ${range}`;
}

/**
 * @typedef {object} Row
 * @property {string} label
 * @property {string} quillet name of Quillet's samples
 * @property {string} [baseline] name of the baseline's samples
 * @property {string} baselineName label of the baseline
 * @property {number} max
 * @property {(quillet: number, baseline: number) => number} [compare] value to check against `max` (default: the median)
 * @property {string} budget the budget as text
 */

/** @type {readonly Row[]} */
const ROWS = [
  {
    label: 'activate(), ms',
    quillet: 'activation quillet.quillet',
    baseline: 'activation bench.empty',
    baselineName: 'empty',
    compare: (quillet, empty) => quillet - empty,
    max: 5,
    budget: 'empty + 5',
  },
  {
    label: 'activation memory, MB',
    quillet: 'activation memory quillet.quillet',
    baseline: 'activation memory bench.empty',
    baselineName: 'empty',
    compare: (quillet, empty) => quillet - empty,
    max: 0.5,
    budget: 'empty + 0.5',
  },
  { label: 'package, KB', quillet: 'package', baselineName: '', max: 900, budget: '900' },
  {
    label: 'command to first request, ms',
    quillet: 'first quillet.quillet',
    baseline: 'first bench.bare',
    baselineName: 'bare',
    compare: (quillet, bare) => quillet / bare,
    max: 1.5,
    budget: '1.5 x bare',
  },
  {
    label: 'command to later requests, ms',
    quillet: 'later quillet.quillet',
    baseline: 'later bench.bare',
    baselineName: 'bare',
    compare: (quillet, bare) => quillet / bare,
    max: 2,
    budget: '2 x bare',
  },
  {
    label: 'first token to text, ms',
    quillet: 'first token quillet.quillet',
    baseline: 'first token bench.bare',
    baselineName: 'bare',
    compare: (quillet, bare) => quillet / bare,
    max: 2,
    budget: '2 x bare',
  },
  {
    label: 'selection of 1 MB: command to request, ms',
    quillet: 'large selection quillet.quillet',
    baseline: 'large selection bench.bare',
    baselineName: 'bare',
    max: Number.POSITIVE_INFINITY,
    budget: '',
  },
  {
    label: 'selection of 1 MB: longest block, ms',
    quillet: 'large selection blocked quillet.quillet',
    baseline: 'large selection blocked bench.bare',
    baselineName: 'bare',
    max: 50,
    budget: '50',
  },
  {
    label: 'last token to text, ms',
    quillet: 'insert quillet.quillet',
    baseline: 'insert bench.bare',
    baselineName: 'bare',
    compare: (quillet, bare) => quillet / bare,
    max: 1,
    budget: 'bare',
  },
  {
    label: 'last token to thread (painted), ms',
    quillet: 'thread quillet',
    baseline: 'thread bare',
    baselineName: 'bare',
    compare: (quillet, bare) => quillet / bare,
    max: 1,
    budget: 'bare',
  },
  {
    label: 'key press to visible thread, ms',
    quillet: 'thread opens quillet',
    baseline: 'thread opens bare',
    baselineName: 'bare',
    compare: (quillet, bare) => quillet - bare,
    max: 50,
    budget: 'bare + 50',
  },
  {
    label: 'edits per second, 200 tokens/s',
    quillet: 'stream edits quillet.quillet',
    baseline: 'stream edits bench.bare',
    baselineName: 'bare',
    max: 20,
    budget: '20',
  },
  {
    label: 'thread redraws per second',
    quillet: 'redraws quillet',
    baseline: 'redraws bare',
    baselineName: 'bare',
    max: 1000 / 150,
    budget: '6.7',
  },
  {
    label: '100,000 tokens: edits per second',
    quillet: 'flood edits quillet.quillet',
    baseline: 'flood edits bench.bare',
    baselineName: 'bare',
    max: 20,
    budget: '20',
  },
  {
    label: '100,000 tokens: longest block, ms',
    quillet: 'flood blocked quillet.quillet',
    baseline: 'flood blocked bench.bare',
    baselineName: 'bare',
    max: 50,
    budget: '50',
  },
  {
    label: '100,000 tokens: total, s',
    quillet: 'flood seconds quillet.quillet',
    baseline: 'flood seconds bench.bare',
    baselineName: 'bare',
    max: Number.POSITIVE_INFINITY,
    budget: '',
  },
  {
    label: '20 MB file: last token to text, ms',
    quillet: 'large file quillet.quillet',
    baseline: 'large file bench.bare',
    baselineName: 'bare',
    max: 100,
    budget: '100',
  },
  {
    label: '20 MB file: longest block, ms',
    quillet: 'large file blocked quillet.quillet',
    baseline: 'large file blocked bench.bare',
    baselineName: 'bare',
    max: 50,
    budget: '50',
  },
  {
    label: 'key press to paint while streaming, ms',
    quillet: 'typing while it streams',
    baseline: 'typing alone',
    baselineName: 'no stream',
    compare: (quillet, alone) => quillet - alone,
    max: 16,
    budget: 'no stream + 16',
  },
  { label: 'dashboard with 10,000 runs, ms', quillet: 'usage', baselineName: '', max: 300, budget: '300' },
  { label: 'dashboard with 100,000 runs, ms', quillet: 'usage all', baselineName: '', max: 1500, budget: '1500' },
  { label: 'retained heap after 1,000 runs, MB', quillet: 'memory', baselineName: '', max: 5, budget: '5' },
];

/**
 * Formats a table with a line for each row that was measured.
 * @param {ReadonlyMap<string, readonly number[]>} samples
 */
export function formatTable(samples) {
  const lines = ROWS.filter((row) => samples.has(row.quillet)).map((row) => {
    const samplesOfQuillet = samples.get(row.quillet);
    const baseline = row.baseline === undefined ? undefined : samples.get(row.baseline);
    const value =
      row.compare === undefined ? median(samplesOfQuillet) : row.compare(median(samplesOfQuillet), median(baseline));
    const result = row.budget === '' ? '' : `${value <= row.max ? 'met' : 'EXCEEDED'} (${value.toFixed(2)})`;
    const baselineText = baseline === undefined ? '' : `${formatSamples(baseline)} ${row.baselineName}`;
    return [row.label, formatSamples(samplesOfQuillet), baselineText, row.budget, result];
  });
  const table = [['', 'quillet', 'baseline', 'budget', ''], ...lines];
  const widths = table[0].map((_, column) => Math.max(...table.map((line) => line[column].length)));
  return table
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] + 2))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}
