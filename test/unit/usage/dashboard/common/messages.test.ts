import * as assert from 'node:assert/strict';
import { parseDashboardRequest } from '../../../../../src/usage/dashboard/common/messages';
import { forgedMessages } from '../../../../support/forgedMessages';

describe('a dashboard message', () => {
  const real = [
    { kind: 'show', period: 'all', page: 0 },
    { kind: 'show', period: '30d', page: 19_999 },
    { kind: 'export', format: 'csv' },
    { kind: 'export', format: 'json' },
    { kind: 'deleteAll' },
  ];
  for (const message of real) {
    it(`is accepted: ${JSON.stringify(message)} [R33]`, () =>
      assert.deepEqual(parseDashboardRequest(message), message));
  }
  for (const message of forgedMessages) {
    it(`is rejected if forged: ${String(JSON.stringify(message)).slice(0, 80)} [E12, R33]`, () => {
      assert.equal(parseDashboardRequest(message), undefined);
    });
  }
});
