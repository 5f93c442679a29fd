import assert from 'node:assert/strict';
import { cancelledError, isQuilletError, QuilletError, toQuilletError } from '../../../src/core/errors';

describe('QuilletError', () => {
  it('has its kind and the server message as its message', () => {
    const cause = new Error('inner');
    const error = new QuilletError('http.400', { status: 400, serverMessage: 'No such model.' }, { cause });
    assert.deepEqual([error.name, error.kind, error.message], ['QuilletError', 'http.400', 'http.400: No such model.']);
    assert.deepEqual([error.details, error.cause], [{ status: 400, serverMessage: 'No such model.' }, cause]);
    assert.equal(new QuilletError('net.dns').message, 'net.dns');
  });

  it('is recognized by its shape, because a bundle may hold two copies of the class', () => {
    assert.ok(isQuilletError(cancelledError()));
    assert.ok(isQuilletError(Object.assign(new Error('x'), { name: 'QuilletError', kind: 'internal' })));
    for (const value of [new Error('x'), { name: 'QuilletError', kind: 'internal' }, undefined, null, 'cancelled']) {
      assert.ok(!isQuilletError(value));
    }
  });

  it('wraps any other thrown value as an internal error [Q11]', () => {
    const error = cancelledError();
    assert.equal(toQuilletError(error), error);
    for (const thrown of [new TypeError('x'), 'text', undefined, { kind: 'net.dns' }]) {
      const own = toQuilletError(thrown);
      assert.deepEqual([own.kind, own.cause], ['internal', thrown]);
    }
  });
});
