import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { raceAbort } from '../../../src/util/abort';

const never = () => new Promise<never>(() => undefined);

describe('raceAbort', () => {
  let rejections: unknown[] = [];
  const onRejection = (reason: unknown) => void rejections.push(reason);

  beforeEach(() => {
    rejections = [];
    process.on('unhandledRejection', onRejection);
  });

  afterEach(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', onRejection);
    assert.deepEqual(rejections, [], 'unhandled rejections');
  });

  it('settles like the work and removes its listener', async () => {
    const { signal } = new AbortController();
    assert.equal(await raceAbort(signal, Promise.resolve(42)), 42);
    await assert.rejects(raceAbort(signal, Promise.reject(new Error('no luck'))), /no luck/);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('rejects with the reason of the signal when it aborts', async () => {
    const stop = new AbortController();
    const race = raceAbort(stop.signal, never());
    stop.abort(new Error('stopped'));
    await assert.rejects(race, /stopped/);
    assert.equal(getEventListeners(stop.signal, 'abort').length, 0);
  });

  it('rejects immediately if the signal is already aborted', async () => {
    await assert.rejects(raceAbort(AbortSignal.abort(new Error('stopped')), never()), /stopped/);
    await assert.rejects(raceAbort(AbortSignal.abort(new Error('stopped')), Promise.resolve(1)), /stopped/);
  });

  it('causes no unhandled rejection when the work fails after the race [Q11]', async () => {
    const stop = new AbortController();
    let fail: (reason: Error) => void = () => undefined;
    const race = raceAbort(stop.signal, new Promise<never>((_, reject) => (fail = reject)));
    stop.abort(new Error('stopped'));
    await assert.rejects(race, /stopped/);
    fail(new Error('too late'));
    await assert.rejects(raceAbort(AbortSignal.abort(), Promise.reject(new Error('never seen'))));
  });
});
