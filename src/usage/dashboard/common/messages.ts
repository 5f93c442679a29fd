import * as v from 'valibot';
import { USAGE_PERIODS } from '../../common/period';

/** Nothing in a message names a file or an address: the extension host asks the user where to export. */
const requestSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('show'),
    period: v.picklist(USAGE_PERIODS),
    page: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(1_000_000)),
  }),
  v.strictObject({ kind: v.literal('export'), format: v.picklist(['csv', 'json']) }),
  v.strictObject({ kind: v.literal('deleteAll') }),
]);

export type DashboardRequest = v.InferOutput<typeof requestSchema>;

export function parseDashboardRequest(message: unknown): DashboardRequest | undefined {
  const { success, output } = v.safeParse(requestSchema, message);
  return success ? output : undefined;
}
