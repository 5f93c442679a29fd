import * as v from 'valibot';
import { formatLedgerLine, LEDGER_VERSION, type LedgerRow, parseLedgerLine } from '../../ledger/common/ledgerRow';
import { hashOf } from '../../ledger/common/stringTable';
import { calendarKey, dayOf } from './aggregate';
import { emptyReportSum, MonthTotals, type ReportSum, type UsageGroup, UsageTotals } from './usageReport';

/** To be counted up whenever the same rows give other sums than before. */
const DIGEST_VERSION = 1;

/** A whole file of the ledger, and what has to be known of it to list its runs without reading all files. */
export interface CountedFile {
  readonly name: string;
  /** When it was written, in milliseconds since 1970. */
  readonly modified: number;
  /** Its runs, without those that are in {@link UsageDigest.lost}. */
  readonly rows: number;
  /** The times of its first and last run, in milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/**
 * What the files of one month come to, those that will not change any more. It is kept beside them, so that they need not be
 * read each time somebody looks. It says nothing that the files do not say, and is thrown away as soon as one of them is
 * not what it was.
 */
export interface UsageDigest {
  /** In UTC, as in the names of the files. */
  readonly month: string;
  readonly files: readonly CountedFile[];
  readonly totals: UsageTotals;
  /** Lines of the files that could not be read. */
  readonly skipped: number;
  /** The windows whose runs these are. */
  readonly owners: ReadonlySet<string>;
  /** Runs that are said to be lost and did not end in one of these files. They are not in the totals. */
  readonly lost: readonly LedgerRow[];
}

const text = v.string();
const number = v.pipe(v.number(), v.finite());
const sums = v.array(v.tuple([text, v.array(number)]));
const pairs = v.array(v.tuple([number, number]));

const digestSchema = v.object({
  v: v.literal(`${DIGEST_VERSION}.${LEDGER_VERSION}`),
  month: text,
  files: v.array(v.tuple([text, number, number, number, number])),
  skipped: number,
  owners: v.array(text),
  lost: v.array(text),
  /** With the times between which they are, which tell when the time zone is another one. */
  days: v.array(v.tuple([text, number, number, v.array(number)])),
  months: v.array(
    v.tuple([text, v.object({ models: sums, prompts: sums, outcomes: sums, first: pairs, whole: pairs })]),
  ),
});

/** One line that tells whether the other one is whole, and the digest. */
export function formatDigest({ month, files, totals, skipped, owners, lost }: UsageDigest): Uint8Array {
  const body: v.InferOutput<typeof digestSchema> = {
    v: `${DIGEST_VERSION}.${LEDGER_VERSION}`,
    month,
    files: files.map(({ name, modified, rows, from, to }) => [name, modified, rows, from, to]),
    skipped,
    owners: [...owners],
    lost: lost.map(formatLedgerLine),
    days: [...totals.days].map(([day, sum]) => {
      const { from, to } = dayOf(startOf(day));
      return [day, from, to, valuesOf(sum)];
    }),
    months: [...totals.months].map(([name, { models, prompts, outcomes, firstText, wholeAnswer }]) => [
      name,
      {
        models: listOf(models),
        prompts: listOf(prompts),
        outcomes: listOf(outcomes),
        first: firstText.pairs(),
        whole: wholeAnswer.pairs(),
      },
    ]),
  };
  const json = JSON.stringify(body);
  const bytes = new TextEncoder().encode(json);
  return new TextEncoder().encode(`${hashOf(bytes, 0, bytes.length)}\n${json}`);
}

/** Undefined where it is damaged, of another version, or counted in days of another time zone. Never throws. */
export function parseDigest(bytes: Uint8Array): UsageDigest | undefined {
  const start = bytes.indexOf(0x0a) + 1;
  const decoder = new TextDecoder();
  if (String(hashOf(bytes, start, bytes.length)) !== decoder.decode(bytes.subarray(0, start)).trim()) return undefined;
  const { success, output } = v.safeParse(digestSchema, parsed(decoder.decode(bytes.subarray(start))));
  if (!success) return undefined;
  const lost = output.lost.flatMap((line) => parseLedgerLine(line) ?? []);
  if (lost.length !== output.lost.length || !output.days.every(isDayOfHere)) return undefined;
  const totals = new UsageTotals();
  for (const [day, , , values] of output.days) totals.days.set(day, sumOf(values));
  for (const [name, month] of output.months) {
    const ofMonth = new MonthTotals();
    for (const group of ['models', 'prompts', 'outcomes'] as const) {
      for (const [key, values] of month[group]) ofMonth[group].set(key, sumOf(values));
    }
    ofMonth.firstText.addPairs(month.first);
    ofMonth.wholeAnswer.addPairs(month.whole);
    totals.months.set(name, ofMonth);
  }
  return {
    month: output.month,
    files: output.files.map(([name, modified, rows, from, to]) => ({ name, modified, rows, from, to })),
    totals,
    skipped: output.skipped,
    owners: new Set(output.owners),
    lost,
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const fields = Object.keys(emptyReportSum()) as (keyof ReportSum)[];

function valuesOf(sum: ReportSum): number[] {
  return fields.map((field) => sum[field]);
}

function sumOf(values: readonly number[]): ReportSum {
  const sum = emptyReportSum();
  for (const [index, field] of fields.entries()) sum[field] = values[index] ?? 0;
  return sum;
}

function listOf(group: UsageGroup): [string, number[]][] {
  return [...group].map(([name, sum]) => [name, valuesOf(sum)]);
}

/** @param day as `2026-11-28`, of the user's time zone. */
function startOf(day: string): number {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  return new Date(year, month - 1, date).getTime();
}

function isDayOfHere([day, from, to]: readonly [string, number, number, ...unknown[]]): boolean {
  const here = dayOf(from);
  return here.from === from && here.to === to && calendarKey(from) === day;
}
