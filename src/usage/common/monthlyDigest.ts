import * as v from 'valibot';
import { formatLedgerLine, LEDGER_VERSION, type LedgerRow, parseLedgerLine } from '../../ledger/common/ledgerRow';
import { hashOf } from '../../ledger/common/stringTable';
import { dayRange, toDayKey } from './aggregate';
import { emptyReportTotals, MonthAggregate, type ReportTotals, UsageAggregator, type UsageGroup } from './usageReport';

/** To be counted up whenever the same rows give other sums than before. */
const DIGEST_VERSION = 1;

/** A whole file of the ledger, and what has to be known of it to list its runs without reading all files. */
export interface DigestedFile {
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
  readonly files: readonly DigestedFile[];
  readonly totals: UsageAggregator;
  /** Lines of the files that could not be read. */
  readonly skipped: number;
  /** The windows whose runs these are. */
  readonly owners: ReadonlySet<string>;
  /** Runs that are said to be lost and did not end in one of these files. They are not in the totals. */
  readonly lost: readonly LedgerRow[];
}

const textSchema = v.string();
const numberSchema = v.pipe(v.number(), v.finite());
const groupSchema = v.array(v.tuple([textSchema, v.array(numberSchema)]));
const bucketsSchema = v.array(v.tuple([numberSchema, numberSchema]));

const digestSchema = v.object({
  v: v.literal(`${DIGEST_VERSION}.${LEDGER_VERSION}`),
  month: textSchema,
  files: v.array(v.tuple([textSchema, numberSchema, numberSchema, numberSchema, numberSchema])),
  skipped: numberSchema,
  owners: v.array(textSchema),
  lost: v.array(textSchema),
  /** With the times between which they are, which tell when the time zone is another one. */
  days: v.array(v.tuple([textSchema, numberSchema, numberSchema, v.array(numberSchema)])),
  months: v.array(
    v.tuple([
      textSchema,
      v.object({
        models: groupSchema,
        prompts: groupSchema,
        outcomes: groupSchema,
        first: bucketsSchema,
        whole: bucketsSchema,
      }),
    ]),
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
      const { from, to } = dayRange(dayStart(day));
      return [day, from, to, toValues(sum)];
    }),
    months: [...totals.months].map(([name, { models, prompts, outcomes, timeToFirstToken, totalTime }]) => [
      name,
      {
        models: toEntries(models),
        prompts: toEntries(prompts),
        outcomes: toEntries(outcomes),
        first: timeToFirstToken.toBucketCounts(),
        whole: totalTime.toBucketCounts(),
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
  const { success, output } = v.safeParse(digestSchema, parseJson(decoder.decode(bytes.subarray(start))));
  if (!success) return undefined;
  const lost = output.lost.flatMap((line) => parseLedgerLine(line) ?? []);
  if (lost.length !== output.lost.length || !output.days.every(isLocalDay)) return undefined;
  const totals = new UsageAggregator();
  for (const [day, , , values] of output.days) totals.days.set(day, toTotals(values));
  for (const [name, month] of output.months) {
    const monthAggregate = new MonthAggregate();
    for (const group of ['models', 'prompts', 'outcomes'] as const) {
      for (const [key, values] of month[group]) monthAggregate[group].set(key, toTotals(values));
    }
    monthAggregate.timeToFirstToken.addBucketCounts(month.first);
    monthAggregate.totalTime.addBucketCounts(month.whole);
    totals.months.set(name, monthAggregate);
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

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const TOTALS_FIELDS = Object.keys(emptyReportTotals()) as (keyof ReportTotals)[];

function toValues(totals: ReportTotals): number[] {
  return TOTALS_FIELDS.map((field) => totals[field]);
}

function toTotals(values: readonly number[]): ReportTotals {
  const totals = emptyReportTotals();
  for (const [index, field] of TOTALS_FIELDS.entries()) totals[field] = values[index] ?? 0;
  return totals;
}

function toEntries(group: UsageGroup): [string, number[]][] {
  return [...group].map(([name, sum]) => [name, toValues(sum)]);
}

/** @param day as `2026-11-28`, of the user's time zone. */
function dayStart(day: string): number {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  return new Date(year, month - 1, date).getTime();
}

function isLocalDay([day, from, to]: readonly [string, number, number, ...unknown[]]): boolean {
  const range = dayRange(from);
  return range.from === from && range.to === to && toDayKey(from) === day;
}
