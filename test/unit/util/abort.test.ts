import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { raceAbort } from '../../../src/util/abort';

const forEver = () => new Promise<never>(() => undefined);

describe('abort', () => {
  let rejections: unknown[] = [];
  const remember = (reason: unknown) => void rejections.push(reason);

  beforeEach(() => {
    rejections = [];
    process.on('unhandledRejection', remember);
  });

  afterEach(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', remember);
    assert.deepEqual(rejections, [], 'unhandled rejections');
  });

  it('gives what the work gives, and leaves no listener behind', async () => {
    const { signal } = new AbortController();
    assert.equal(await raceAbort(signal, Promise.resolve(42)), 42);
    await assert.rejects(raceAbort(signal, Promise.reject(new Error('no luck'))), /no luck/);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('waits no longer than the signal allows, and gives its reason', async () => {
    const stop = new AbortController();
    const race = raceAbort(stop.signal, forEver());
    stop.abort(new Error('stopped'));
    await assert.rejects(race, /stopped/);
    assert.equal(getEventListeners(stop.signal, 'abort').length, 0);
  });

  it('does not wait at all for a signal that has aborted already', async () => {
    await assert.rejects(raceAbort(AbortSignal.abort(new Error('stopped')), forEver()), /stopped/);
    await assert.rejects(raceAbort(AbortSignal.abort(new Error('stopped')), Promise.resolve(1)), /stopped/);
  });

  it('Q11: work that fails after the race is nobody’s unhandled rejection', async () => {
    const stop = new AbortController();
    let fail: (reason: Error) => void = () => undefined;
    const race = raceAbort(stop.signal, new Promise<never>((_, reject) => (fail = reject)));
    stop.abort(new Error('stopped'));
    await assert.rejects(race, /stopped/);
    fail(new Error('too late'));
    await assert.rejects(raceAbort(AbortSignal.abort(), Promise.reject(new Error('never seen'))));
  });
});
