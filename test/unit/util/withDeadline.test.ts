import * as assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { withDeadline } from '../../../src/util/withDeadline';

describe('withDeadline', () => {
  it('returns the result of work that ends in time', async () => {
    assert.equal(await withDeadline(Promise.resolve('done'), 60_000), 'done');
  });

  it('fails as the work does', async () => {
    await assert.rejects(withDeadline(Promise.reject(new Error('broken')), 60_000), /broken/);
  });

  it('returns undefined for work that does not end, and ignores what it fails with later', async () => {
    const work = Promise.withResolvers<string>();
    assert.equal(await withDeadline(work.promise, 1), undefined);
    work.reject(new Error('too late'));
    await new Promise((resolve) => setTimeout(resolve));
  });
});
