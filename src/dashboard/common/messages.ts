import * as v from 'valibot';

/**
 * All that the page of the dashboard may ask for. It names nothing that could reach a file or an address: what is exported
 * and where to is between the host and the user (R33).
 */
const requestSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('show'),
    period: v.pipe(v.string(), v.regex(/^(?:all|\d{4}-(?:0[1-9]|1[0-2]))$/)),
    page: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(1_000_000)),
  }),
  v.strictObject({ kind: v.literal('export'), format: v.picklist(['csv', 'json']) }),
  v.strictObject({ kind: v.literal('deleteAll') }),
]);

export type DashboardRequest = v.InferOutput<typeof requestSchema>;

/** Reads a message of the page; undefined where it is none of those that the page sends. */
export function parseDashboardRequest(message: unknown): DashboardRequest | undefined {
  const { success, output } = v.safeParse(requestSchema, message);
  return success ? output : undefined;
}
