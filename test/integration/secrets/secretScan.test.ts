import * as assert from 'node:assert/strict';
import { describeSecret } from '../../../src/notifications/secretLabels';
import { scanForSecrets } from '../../../src/secrets/secretScanner';

describe('describeSecret', () => {
  const texts: readonly [text: string, description: string][] = [
    ['const t = "ghp_Zk3vQ8mN1xRt7LpW2yHs9BdF4gJc6aEu5VoT";', 'GitHub key, line 1: ghp_…'],
    ['a\n\nshpat_r8TRc9ZXAvcVvcrmtr7qoVw69WeeY1zq', 'Shopify key, line 3: shpa…'],
    ['sk-Zk3vQ8mN1xRt7LpW2yHs9BdF4gJc6aEu', 'API key, line 1: sk-Z…'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N', 'Signed token (JWT), line 1: eyJh…'],
    ['postgresql://app:Zk3vQ8mN1xRt@db.internal/x', 'Password in a connection string, line 1'],
    ['DB_PASSWORD=Zk3vQ8mN1x!R', 'Password, line 1'],
    ['Authorization: Bearer Zk3vQ8mN1xRt7LpW2yHs9BdF', 'Authorization header, line 1'],
    ['MY_API_KEY=Zk3vQ8mN1xRt7LpW2yHs9BdF', 'Key or token, line 1'],
    [
      `-----BEGIN PRIVATE KEY-----\nMII${'Zk3vQ8mN1xRt7LpW'.repeat(20)}`,
      'Private key, line 1: -----BEGIN PRIVATE KEY-----',
    ],
  ];
  for (const [text, description] of texts) {
    it(`describes a secret as "${description}" [U22, R39]`, async () => {
      const found = await scanForSecrets(text, { limitMs: 20_000 });
      assert.deepEqual(found.map(describeSecret), [description]);
    });
  }
});
