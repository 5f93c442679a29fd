import * as fc from 'fast-check';
import { COST_SOURCES, LEDGER_OUTCOMES, type LedgerRow } from '../../src/ledger/common/ledgerRow';

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const count = fc.oneof(fc.nat(), fc.nat(Number.MAX_SAFE_INTEGER));
const optional = <Value>(key: string, value: fc.Arbitrary<Value>) =>
  fc.option(value, { nil: undefined }).map((defined) => (defined === undefined ? {} : { [key]: defined }));
const together = (...parts: readonly fc.Arbitrary<object>[]) =>
  fc.tuple(...parts).map((objects) => Object.assign({}, ...objects));
const record = <Fields>(fields: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> }) =>
  fc.record(fields, { noNullPrototype: true });
const usd = fc.oneof(
  fc.nat(1_000_000_000).map((nano) => nano / 1e9),
  fc.double({ min: 0, max: 1e6, noNaN: true }),
);

/** Any valid row, with names in any script. */
export const arbitraryRow: fc.Arbitrary<LedgerRow> = together(
  record({
    v: fc.constant(1),
    id: fc.oneof(
      fc
        .tuple(fc.stringMatching(/^[0-9a-z]{1,14}$/), fc.nat())
        .map(([window, number]) => `${window}-${number.toString(36)}`),
      name,
    ),
    time: fc
      .date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2099-12-31T23:59:59Z'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    provider: name,
    model: name,
    prompt: name,
    destination: name,
    outcome: fc.constantFrom(...LEDGER_OUTCOMES),
    attempts: fc.nat(5),
    tokens: together(
      optional('input', count),
      optional('cached', count),
      optional('output', count),
      optional('reasoning', count),
    ),
    totalMs: fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e9, noNaN: true })),
  }),
  optional('reportedModel', name),
  optional('workspace', name),
  optional('error', name),
  optional('cost', record({ usd, source: fc.constantFrom(...COST_SOURCES), isEstimate: fc.boolean() })),
  optional('assumed', fc.oneof(record({ tokens: count }), record({ usd }), record({ tokens: count, usd }))),
  optional('firstTextMs', fc.nat()),
) as fc.Arbitrary<LedgerRow>;
