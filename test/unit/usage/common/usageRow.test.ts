import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { formatUsageLine, parseUsageLine, USAGE_OUTCOMES } from '../../../../src/usage/common/usageRow';
import { checkProperty } from '../../../support/properties';
import { sampleRow } from '../../../support/usageSamples';

const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
const count = fc.nat();
const amount = fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => value + 0);

const anyRow = fc.record(
  {
    v: fc.constant(1 as const),
    outcome: fc.constantFrom(...USAGE_OUTCOMES),
    id: name,
    time: fc.integer({ min: 0, max: Date.UTC(2099, 11, 31) }).map((ms) => new Date(ms).toISOString()),
    provider: name,
    model: name,
    reportedModel: name,
    prompt: name,
    destination: name,
    workspace: name,
    serviceTier: name,
    error: name,
    attempts: count,
    tokens: fc.record(
      { input: count, cached: count, cacheWrite: count, cacheWriteHour: count, output: count, reasoning: count },
      { requiredKeys: [], noNullPrototype: true },
    ),
    cost: fc.record(
      { usd: amount, source: fc.constantFrom('server', 'settings', 'prices'), isEstimate: fc.boolean() },
      { noNullPrototype: true },
    ),
    estimated: fc.record({ tokens: count, usd: amount }, { requiredKeys: [], noNullPrototype: true }),
    firstTextMs: amount,
    totalMs: amount,
  },
  {
    requiredKeys: ['v', 'outcome', 'id', 'time', 'provider', 'model', 'prompt', 'destination', 'attempts', 'tokens'],
    noNullPrototype: true,
  },
);

describe('a row of the usage log', () => {
  it('survives writing and reading (property)', () => {
    checkProperty(
      fc.property(anyRow, (row) => assert.deepEqual(parseUsageLine(formatUsageLine(row)), row)),
      { seed: 7, numRuns: 500 },
    );
  });

  it('is skipped if truncated anywhere, even within an escape [Q05, Q07]', () => {
    const text = 'a"b\\c\u{202e}';
    const line = formatUsageLine(sampleRow({ provider: text, workspace: text }));
    for (let length = 0; length < line.length; length += 1) {
      assert.equal(parseUsageLine(line.slice(0, length)), undefined, `${length} characters`);
    }
  });

  it('is a single line of visible characters, whatever the names are [R25]', () => {
    const evil = 'a\nb\r\u{1b}[31m\u{202e}\u{2028}\u{feff}\u{e0041}\u{fffd}"\\';
    const line = formatUsageLine(sampleRow({ model: evil, reportedModel: evil, workspace: evil, prompt: evil }));
    assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\u{2028}\u{2029}\u{fffd}]/u);
    assert.equal(parseUsageLine(line)?.model, evil);
  });

  it('may have fields of a newer version; rows of a newer version are skipped [Q07]', () => {
    const later = { ...sampleRow(), colour: 'green', tokens: { input: 1, audio: 2 } };
    assert.deepEqual(parseUsageLine(JSON.stringify(later)), later);
    assert.equal(parseUsageLine(JSON.stringify({ ...sampleRow(), v: 2 })), undefined);
  });

  const invalid: readonly [string, object][] = [
    ['an invalid time', { time: '2026-13-45T05:45:05.123Z' }],
    ['a negative count', { attempts: -1 }],
    ['half a token', { tokens: { input: 0.5 } }],
    ['a negative number of tokens in the cache', { tokens: { cacheWrite: -1 } }],
    ['a service tier that is not a name', { serviceTier: 7 }],
    ['an unknown outcome', { outcome: 'great' }],
    ['an empty name', { model: '' }],
    ['a name that is too long', { model: 'x'.repeat(301) }],
    ['no tokens', { tokens: null }],
    ['a missing model', { model: undefined }],
    ['an estimate that is null', { estimated: null }],
    ['a cost that is null', { cost: null }],
    ['an infinite duration', { totalMs: '1e999' }],
    ['a cost that is not a number', { cost: { usd: '1', source: 'server', isEstimate: false } }],
  ];
  for (const [what, fields] of invalid) {
    it(`is skipped if it has ${what} [Q07]`, () => {
      assert.equal(parseUsageLine(JSON.stringify({ ...sampleRow(), ...fields })), undefined);
    });
  }
});
