import * as assert from 'node:assert/strict';
import type { ErrorKind } from '../../../../src/core/errors';
import { loadingDelay, parseRetryAfter, retryDelay } from '../../../../src/llm/http/retryPolicy';

const now = Date.UTC(2026, 10, 22, 12, 0, 0);
const noJitter = (): number => 0;

describe('retryPolicy', () => {
  const waits: readonly [Record<string, string>, number | undefined][] = [
    [{}, undefined],
    [{ 'retry-after': '3' }, 3_000],
    [{ 'retry-after': ' 1.5 ' }, 1_500],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after-ms': '250', 'retry-after': '3' }, 250],
    [{ 'retry-after-ms': 'soon', 'retry-after': '3' }, 3_000],
    [{ 'retry-after': 'Sun, 22 Nov 2026 12:00:10 GMT' }, 10_000],
    [{ 'retry-after': 'Sun, 22 Nov 2026 11:59:00 GMT' }, undefined],
    [{ 'retry-after': '-1' }, undefined],
    [{ 'retry-after': 'NaN' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': 'Infinity' }, undefined],
    [{ 'retry-after': 'tomorrow' }, undefined],
    [{ 'retry-after': '1e9' }, 1e12],
    [{ 'retry-after': '1e999' }, undefined],
  ];
  for (const [headers, expected] of waits) {
    it(`reads ${JSON.stringify(headers)} as ${expected} ms [H13]`, () => {
      assert.equal(parseRetryAfter({ get: (name) => headers[name] ?? null }, now), expected);
    });
  }

  const retried: readonly ErrorKind[] = [
    'net.refused',
    'net.reset',
    'net.protocol',
    'http.408',
    'http.409',
    'http.429',
    'http.5xx',
  ];
  for (const kind of retried) {
    it(`attempts ${kind} three times at most, with backoff`, () => {
      const delays = [1, 2, 3].map((attempt) => retryDelay({ kind, details: {} }, attempt, noJitter));
      assert.deepEqual(delays, [500, 1_000, undefined]);
    });
  }

  const permanent: readonly ErrorKind[] = [
    'http.quota',
    'http.401',
    'http.400',
    'http.404',
    'net.dns',
    'net.tls',
    'net.midstream',
    'time.headers',
    'time.idle',
    'sse.truncated',
    'cancelled',
  ];
  for (const kind of permanent) {
    it(`never retries ${kind}, whatever the server asks for [H12]`, () => {
      assert.equal(retryDelay({ kind, details: { retryAfterMs: 1 } }, 1, noJitter), undefined);
    });
  }

  it('waits as long as the server says, up to a minute [H10]', () => {
    const throttled = (retryAfterMs: number) => ({ kind: 'http.429' as const, details: { retryAfterMs } });
    assert.equal(
      retryDelay(throttled(3_000), 1, () => 1),
      3_000,
    );
    assert.equal(
      retryDelay(throttled(60_000), 2, () => 1),
      60_000,
    );
  });

  it('stops if the server asks for more than a minute [H11, R43]', () => {
    for (const retryAfterMs of [60_001, 3_600_000, 1e12, Infinity]) {
      assert.equal(retryDelay({ kind: 'http.429', details: { retryAfterMs } }, 1, noJitter), undefined);
    }
  });

  it('does not let a server raise the number of attempts [R43]', () => {
    assert.equal(retryDelay({ kind: 'http.429', details: { retryAfterMs: 0 } }, 3, noJitter), undefined);
  });

  it('subtracts up to a quarter from the backoff', () => {
    assert.equal(
      retryDelay({ kind: 'http.5xx', details: {} }, 1, () => 1),
      375,
    );
  });

  it('waits for a model that is loading for a minute at most', () => {
    let elapsed = 0;
    let waits = 0;
    for (let delay = loadingDelay(undefined, 0); delay !== undefined; delay = loadingDelay(undefined, elapsed)) {
      elapsed += delay;
      waits += 1;
    }
    assert.ok(elapsed > 50_000 && elapsed <= 60_000 && waits < 60, `${waits} waits, ${elapsed} ms`);
    assert.deepEqual([loadingDelay(20_000, 30_000), loadingDelay(20_000, 50_000)], [20_000, undefined]);
  });

  it('does not ask a server without a pause that is loading and says to retry at once', () => {
    assert.equal(loadingDelay(0, 0), loadingDelay(undefined, 0));
  });
});
