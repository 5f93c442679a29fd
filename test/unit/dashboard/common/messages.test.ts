import * as assert from 'node:assert/strict';
import { parseDashboardRequest } from '../../../../src/dashboard/common/messages';
import { forgedMessages } from '../../../support/forgedMessages';

describe('R33: a message of the dashboard', () => {
  const real = [
    { kind: 'show', period: 'all', page: 0 },
    { kind: 'show', period: '2026-11', page: 19_999 },
    { kind: 'export', format: 'csv' },
    { kind: 'export', format: 'json' },
    { kind: 'deleteAll' },
  ];
  for (const message of real) {
    it(`${JSON.stringify(message)} is read`, () => assert.deepEqual(parseDashboardRequest(message), message));
  }
  for (const message of forgedMessages) {
    it(`E12: ${String(JSON.stringify(message)).slice(0, 80)} is none`, () => {
      assert.equal(parseDashboardRequest(message), undefined);
    });
  }
});
