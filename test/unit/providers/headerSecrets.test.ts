import * as assert from 'node:assert/strict';
import { fillHeaderSecrets, findHeaderSecrets } from '../../../src/providers/headerSecrets';

const headers = { A: '${secret:one}', B: 'Token ${secret:two}:${secret:one}', C: '${secret:}${env:x}$' };

describe('secrets in headers', () => {
  it('are found by name, each once', () => {
    assert.deepEqual(findHeaderSecrets(headers), ['one', 'two']);
    assert.deepEqual(findHeaderSecrets({}), []);
  });

  it('are filled in as they are, and nothing else is changed', () => {
    const secrets = new Map([
      ['one', '$&$1'],
      ['two', '${secret:one}'],
    ]);
    assert.deepEqual(fillHeaderSecrets(headers, secrets), {
      A: '$&$1',
      B: 'Token ${secret:one}:$&$1',
      C: '${secret:}${env:x}$',
    });
  });
});
