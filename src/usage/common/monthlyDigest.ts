import * as v from 'valibot';
import { formatLedgerLine, LEDGER_VERSION, type LedgerRow, parseLedgerLine } from '../../ledger/common/ledgerRow';
import { hashOf } from '../../ledger/common/stringTable';
import { parseJson } from '../../util/json';
import { dayRange, toDayKey } from './aggregate';
import { emptyReportTotals, MonthAggregate, type ReportTotals, UsageAggregator, type UsageGroup } from './usageReport';

/** Increase this when the same rows produce different totals. */
const DIGEST_VERSION = 1;

export interface DigestedFile {
  readonly name: string;
  readonly modified: number;
  readonly rows: number;
  readonly from: number;
  readonly to: number;
}

/** Cached totals of a month's closed files, stored beside them. Invalid as soon as one of the files has changed. */
export interface UsageDigest {
  readonly month: string;
  readonly files: readonly DigestedFile[];
  readonly totals: UsageAggregator;
  readonly skipped: number;
  readonly owners: ReadonlySet<string>;
  /** Runs recorded as lost that did not complete in these files. Excluded from the totals. */
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
  /** Each day with its start and end time, which reveal a change of the time zone. */
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

/** The first line is a checksum of the second. */
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

/** Undefined if damaged, of another version, or made in another time zone. Never throws. */
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

function dayStart(day: string): number {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  return new Date(year, month - 1, date).getTime();
}

function isLocalDay([day, from, to]: readonly [string, number, number, ...unknown[]]): boolean {
  const range = dayRange(from);
  return range.from === from && range.to === to && toDayKey(from) === day;
}
