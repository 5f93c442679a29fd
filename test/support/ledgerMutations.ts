import * as fc from 'fast-check';
import { digestName, ledgerFileName } from '../../src/ledger/common/ledgerFiles';
import { formatLedgerLine, LEDGER_OUTCOMES, type LedgerRow } from '../../src/ledger/common/ledgerRow';
import { bytesOf, type MemoryFolder, sampleRow } from './ledgerSamples';

/** Two past months and the current one of the test. */
export const MONTHS = ['2026-09', '2026-10', '2026-11'] as const;
const WINDOWS = ['a', 'b', 'c'] as const;

interface AnyFile {
  readonly month: (typeof MONTHS)[number];
  readonly window: (typeof WINDOWS)[number];
  readonly rows: readonly Pick<LedgerRow, 'outcome' | 'attempts' | 'totalMs' | 'tokens' | 'model'>[];
  /** Start of its first run, in seconds within its month. */
  readonly second: number;
  /** Indices of earlier runs that this file records as lost. */
  readonly lost: readonly number[];
  readonly isNew: boolean;
  readonly rest: string;
}

export const arbitraryFile: fc.Arbitrary<AnyFile> = fc.record({
  // Mostly in one month, so that it is worth a digest.
  month: fc.constantFrom(MONTHS[0], MONTHS[0], MONTHS[0], MONTHS[1], MONTHS[2]),
  window: fc.constantFrom(...WINDOWS),
  rows: fc.array(
    fc.record({
      outcome: fc.constantFrom(...LEDGER_OUTCOMES.filter((outcome) => outcome !== 'lost')),
      attempts: fc.nat({ max: 2 }),
      totalMs: fc.nat({ max: 100_000 }),
      tokens: fc.record({ input: fc.nat({ max: 9999 }), output: fc.nat({ max: 9999 }) }, { requiredKeys: [] }),
      model: fc.constantFrom('m', 'n'),
    }),
    { maxLength: 4 },
  ),
  second: fc.nat({ max: 29 * 86_400 }),
  lost: fc.array(fc.nat({ max: 200 }), { maxLength: 1 }),
  isNew: fc.nat({ max: 5 }).map((value) => value === 0),
  rest: fc.constantFrom('', '', '{"v":99}\n', 'not a row\n'),
});

/** Changes to the files between two reads. */
export type Mutation = 'nothing' | 'delete' | 'touch' | 'grow' | 'cutDigest' | 'changeDigest' | 'swapDigests';
export const arbitraryMutation = fc.constantFrom<Mutation[]>(
  'nothing',
  'delete',
  'touch',
  'grow',
  'cutDigest',
  'changeDigest',
  'swapDigests',
);

/** Fills a folder with files; every run has its own ID. */
export class LedgerScene {
  private serial = 0;
  private readonly runs: LedgerRow[] = [];

  constructor(
    readonly folder: MemoryFolder,
    private readonly now: number,
  ) {}

  add({ month, window, rows, second, lost, isNew, rest }: AnyFile): void {
    const start = Date.parse(`${month}-01T00:00:00.000Z`) + 1000 * second;
    const added = rows.map((fields, index) => {
      const time = new Date(start + 1000 * index).toISOString();
      return sampleRow({ ...fields, id: `${window}-${(100 * this.serial + index).toString(36)}`, time });
    });
    this.runs.push(...added);
    const lostRows = lost.flatMap((index) => this.runs[index] ?? []).filter(({ time }) => time.startsWith(month));
    const text = [...added, ...lostRows.map((row) => ({ ...row, outcome: 'lost' as const }))]
      .map((row) => `${formatLedgerLine(row)}\n`)
      .join('');
    this.write({ month, window, serial: this.serial }, text + rest);
    this.serial += 1;
    if (isNew) this.folder.modified.set([...this.folder.files.keys()].at(-1) ?? '', this.now);
  }

  happen(mutation: Mutation): void {
    const { folder } = this;
    const names = [...folder.files.keys()].filter((name) => name.endsWith('.jsonl'));
    const name = names[Math.floor(names.length / 2)] ?? '';
    const digest = digestName(MONTHS[0]);
    const bytes = folder.files.get(digest);
    if (mutation === 'delete') folder.files.delete(name);
    if (mutation === 'touch') folder.modified.set(name, 77);
    if (mutation === 'grow') this.grow(name);
    if (bytes === undefined) return;
    if (mutation === 'cutDigest') folder.files.set(digest, bytes.slice(0, -9));
    if (mutation === 'changeDigest') {
      folder.files.set(
        digest,
        bytes.map((byte, at) => (at === bytes.length - 30 ? byte ^ 1 : byte)),
      );
    }
    if (mutation === 'swapDigests') folder.files.set(digestName(MONTHS[1]), bytes);
  }

  /** Like a window: writes the longer version, then deletes the shorter one. */
  private grow(name: string): void {
    const [, month = '', window = '', serial = ''] = /^([\d-]+)\.(\w+)\.(\d+)\./.exec(name) ?? [];
    const before = new TextDecoder().decode(this.folder.files.get(name));
    const row = sampleRow({ id: `${window}-z${this.runs.length}`, time: `${month}-28T12:00:00.000Z` });
    this.write({ month, window, serial: Number(serial) }, `${before}${formatLedgerLine(row)}\n`);
    this.folder.files.delete(name);
  }

  private write(name: { month: string; window: string; serial: number }, text: string): void {
    const bytes = bytesOf(text);
    this.folder.files.set(ledgerFileName({ ...name, length: bytes.length }), bytes);
  }
}
