import * as assert from 'node:assert/strict';
import { scanForSecrets } from '../../../src/secrets/secretScanner';
import { coverageOf, RecallTable } from '../../support/secretCoverage';
import { fillForm, keyNames, passwordNames, secretForms } from '../../support/secretForms';
import { Random } from '../../support/secretSamples';

const digits = '0123456789';
const small = 'abcdefghijklmnopqrstuvwxyz';
const letters = small + small.toUpperCase();

const keys: readonly ((random: Random) => string)[] = [
  (random) => random.text(digits + letters, 32),
  (random) => random.text(`${digits}abcdef`, 32),
  (random) => random.text(digits + small, 24),
  (random) => `${random.text(`${digits}${letters}+/`, 42)}${random.text(letters, 1)}=`,
  (random) => `${random.text(letters, 1)}${random.text(`${digits}${letters}_-`, 41)}${random.text(letters, 1)}`,
];

function password(random: Random): string {
  const middle = random.text(digits, 2) + random.pick(['!', '$x', '%k', '#', '+', 'Q']);
  return random.text(letters, 5) + middle + random.text(letters, 4);
}

/** Every form with every name, and with half of the kinds of keys, which alternate; the secret differs in each sample. */
function samplesOf(form: string): { text: string; secret: string }[] {
  const secrets = [
    ...keyNames.flatMap((name, row) =>
      keys
        .filter((_make, column) => (row + column + form.length) % 2 === 0)
        .map((make, column) => ({ name, secret: make(new Random(row * 31 + column + form.length)) })),
    ),
    ...passwordNames.flatMap((name, row) =>
      [1, 2].map((seed) => ({ name, secret: password(new Random(row * 7 + seed + form.length)) })),
    ),
  ];
  return secrets.map(({ name, secret }) => ({ text: `before\n${fillForm(form, name, secret)}\nafter\n`, secret }));
}

describe('scanForSecrets: values of names', () => {
  const table = new RecallTable('form');
  after(() => table.print());

  for (const [group, forms] of Object.entries(secretForms)) {
    it(`finds 98 % of the values in ${forms.length} forms of ${group} [U22, R39]`, async () => {
      let [found, total] = [0, 0];
      const weak: string[] = [];
      for (const form of forms) {
        const samples = samplesOf(form);
        let hits = 0;
        for (const { text, secret } of samples) {
          const { isFound, extra } = await coverageOf(text, secret);
          if (isFound && extra <= 24) hits += 1;
        }
        if (hits < samples.length * 0.9) weak.push(`${hits} of ${samples.length}: ${form}`);
        found += hits;
        total += samples.length;
      }
      table.add(group, found, total);
      assert.deepEqual(weak, []);
      assert.ok(found >= total * 0.98, `${found} of ${total}`);
    });
  }
});

describe('scanForSecrets: placeholders of names', () => {
  const placeholders = [
    '<your-api-key>',
    '<API_KEY>',
    'xxxxxxxxxxxxxxxxxxxxxxxx',
    'XXXX-XXXX-XXXX-1234',
    'changeme123',
    'your-api-key-goes-here-1',
    'YOUR_API_KEY',
    'REPLACE_ME_1',
    '****************',
    'example-token-1234567890',
    'process.env.API_KEY_2',
    'config.providers.apiKey1',
    '${API_KEY_1}',
    '{{ vault.apiKey1 }}',
    '$API_KEY',
    '%API_KEY%',
    'providerApiKeyV2',
    'my_secret_token_name_2',
    'null',
    'undefined',
    'required',
    'sk-...',
    'abcdefghijklmnopqrstuvwxyz123456',
    '1234567890123456',
    'https://example.org/oauth2/v1/token',
    './certs/private-key-2.pem',
    '/run/secrets/api_key_2',
    'v1.2.3-alpha.20240101',
    '2024-01-31T12:00:00.000Z',
    'Enter your API key (32 characters)',
  ];
  for (const placeholder of placeholders) {
    it(`finds nothing if the value is ${placeholder} [R39]`, async () => {
      const found: string[] = [];
      for (const form of Object.values(secretForms).flat()) {
        const text = fillForm(form, 'access token', placeholder);
        if ((await scanForSecrets(text, { limitMs: 60_000 })).length > 0) found.push(text);
      }
      assert.deepEqual(found, []);
    });
  }
});
