import * as assert from 'node:assert/strict';
import { isQuilletError } from '../../../src/core/errors';
import { type SecretFinder, type SecretFinding, scanForSecrets } from '../../../src/secrets/secretScanner';
import { Random, type SampleKind, sampleKinds, sampleOf } from '../../support/secretSamples';

const samplesOfEach = 30;
const github = 'ghp_Zk3vQ8mN1xRt7LpW2yHs9BdF4gJc6aEu5VoT';
// Found by the rules of secretlint only.
const webhook = 'https://hooks.slack.com/services/T0AB1/B0CD2/Zk3vQ8mN1x';
// Loading the rules may take long on a busy machine.
const patient = { limitMs: 20_000 };

/** Whether the findings cover the whole secret, and how many characters they include beyond it. */
function coverOf(found: readonly SecretFinding[], text: string, secret: string) {
  const start = text.indexOf(secret);
  const end = start + secret.length;
  const hits = found.filter((hit) => hit.start < end && hit.end > start);
  const covered = hits.some((hit) => hit.start <= start && hit.end >= end);
  const extra = hits.reduce((sum, hit) => sum + Math.max(0, start - hit.start) + Math.max(0, hit.end - end), 0);
  return { covered, extra };
}

async function recallOf(kind: SampleKind): Promise<{ found: number; extra: number; name: string }> {
  let [found, extra, name] = [0, 0, ''];
  for (let index = 0; index < samplesOfEach; index += 1) {
    const { text, secret } = sampleOf(kind, index);
    const findings = await scanForSecrets(text, patient);
    const cover = coverOf(findings, text, secret);
    found += cover.covered ? 1 : 0;
    extra += cover.extra;
    name = findings.map((finding) => [finding.kind, finding.service].filter(Boolean).join(' ')).join(', ') || name;
  }
  return { found, extra, name };
}

async function errorOf(work: Promise<unknown>) {
  try {
    await work;
  } catch (thrown) {
    if (isQuilletError(thrown)) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

describe('scanForSecrets: recall', () => {
  const rows = [`${'pattern'.padEnd(34)}samples  found  named`];
  after(() => process.stdout.write(`${rows.join('\n')}\n`));

  for (const kind of sampleKinds) {
    it(`finds ${kind.name} [U22, R39]`, async () => {
      const { found, extra, name } = await recallOf(kind);
      rows.push(`${kind.name.padEnd(34)}${String(samplesOfEach).padStart(7)}${String(found).padStart(7)}  ${name}`);
      assert.ok(found >= kind.minShare * samplesOfEach, `${found} of ${samplesOfEach}`);
      assert.ok(extra <= samplesOfEach / 2, `${extra} characters too many`);
    });
  }

  it('finds a key that follows an escaped line end [U22]', async () => {
    const found = await scanForSecrets(JSON.stringify(`a\nsk-or-v1-${new Random(1).text('0123456789abcdef', 64)}`));
    assert.deepEqual(
      found.map(({ service, start }) => [service, start]),
      [['OpenRouter', 4]],
    );
  });
});

describe('scanForSecrets: harmless text', () => {
  const harmless = [
    'const apiKey = process.env.OPENAI_API_KEY;\nconst token = getToken(user, options);',
    'api_key = "${API_KEY}"\npassword: "{{ vault.password }}"\nPASSWORD=$DB_PASSWORD\nTOKEN=<your-token-here>',
    'OPENAI_API_KEY=sk-your-key-here\nKEY=sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nANTHROPIC_API_KEY=sk-ant-...',
    'password = "password"; password: "changeme"; passwordField: "password_input1"; type Password = "required";',
    'postgres://user:password@localhost/db redis://:${REDIS_PASSWORD}@cache mysql://root:root@127.0.0.1/x',
    'var username = options.username; var password = options.password;',
    '.sk-folding-cube-animation-wrapper { } .sk-fading-circle-loader-number-12 { }',
    '"integrity": "sha512-QlRSJy5AXX1cILNjVatTsEIhFxuPF5exQlRSJy5AXX1cILNjVatTsEIhFxuPF5ex=="',
    'commit 8f14e45fceea167a5a36dedd4bea2543 and 550e8400-e29b-41d4-a716-446655440000',
    'tokenCount: "12345678901234567890a"; const secretName = "projects/app1/secrets/database2"; token_url = "https://a1.example/token"',
    'const SHA256_TOKEN_TO_REFRESH = "token_sha256_to_refresh";',
    "if (text.startsWith('-----BEGIN PRIVATE KEY-----')) { readPrivateKeyFromSomeLongFunctionNameThatLooksRandom(); }",
    'https://example.com/a:b@c and git@github.com:owner/repository.git and http://[::1]:8080/',
    'Authorization: Bearer <token>\nAuthorization: Bearer ${token}\nthe bearer of this letter',
    'import { hf_hub_download_with_a_very_long_name } from "x"; fw_some_long_function_name_here();',
    'AKIAIOSFODNN7EXAMPLE',
  ];
  for (const text of harmless) {
    it(`finds nothing in ${JSON.stringify(text.slice(0, 60))} [R39]`, async () =>
      assert.deepEqual(await scanForSecrets(text, patient), []));
  }
});

describe('scanForSecrets: findings', () => {
  it('have a kind, a service, a position and a short preview [R39]', async () => {
    const text = `\u{feff}one\r\ntwo\rconst t = "${github}";\n`;
    const start = text.indexOf(github);
    assert.deepEqual(await scanForSecrets(text, patient), [
      {
        kind: 'serviceKey',
        service: 'GitHub',
        start,
        end: start + github.length,
        line: 3,
        column: 12,
        preview: 'ghp_…',
      },
    ]);
  });

  it('show at most four characters of a secret, and none of a password [R39]', async () => {
    for (const kind of sampleKinds) {
      const { text, secret } = sampleOf(kind, 3);
      for (const { preview, kind: found } of await scanForSecrets(text, patient)) {
        if (found === 'privateKey') assert.match(preview, /^(?:-----BEGIN [A-Z ]+-----|…)$/);
        else if (found === 'serviceKey' || found === 'jwt') assert.match(preview, /^.{0,4}…$/);
        else assert.equal(preview, '…');
        assert.ok(!preview.includes(secret.slice(6)));
      }
    }
  });

  it('have offsets from the start of the text, including a byte order mark [R39]', async () => {
    for (const before of ['\u{feff}', '\u{feff}\u{feff}', '']) {
      const [found] = await scanForSecrets(`${before}${webhook}`, patient);
      assert.equal(found?.start, before.length);
    }
  });

  it('have the range of an AWS key without its name [R39]', async () => {
    const key = 'Zk3vQ8mN1xRt7LpW2yHs9BdF4gJc6aEu5VoTiM0q';
    const text = `aws_secret_access_key: '${key}'`;
    const found = await scanForSecrets(text, patient);
    assert.deepEqual(
      found.map(({ start, end }) => text.slice(start, end)),
      [key],
    );
  });
});

describe('scanForSecrets: attempts to hide a secret', () => {
  const comments = [
    '// secretlint-disable',
    '/* secretlint-disable-line */',
    '// secretlint-disable-next-line',
    '# secretlint-disable @secretlint/secretlint-rule-slack',
  ];
  for (const comment of comments) {
    it(`ignores ${comment} [U23, R40]`, async () => {
      const text = `const a = "${webhook}";`;
      const plain = await scanForSecrets(`\n${text}`, patient);
      const found = await scanForSecrets(`${comment}\n${text}`, patient);
      assert.equal(plain.length, 1);
      assert.deepEqual(
        found.map(({ line }) => line),
        [2],
      );
      assert.equal((await scanForSecrets(`${text} ${comment}`, patient)).length, 1);
    });
  }

  for (const hidden of [
    '\u{200b}',
    '\u{200d}',
    '\u{2060}',
    '\u{feff}',
    '\u{ad}',
    '\u{e0041}',
    '\u{fe0f}',
    '\u{202e}',
  ]) {
    it(`finds a key that contains U+${hidden.codePointAt(0)?.toString(16)}, which is part of the range [R42]`, async () => {
      const key = `${github.slice(0, 9)}${hidden}${github.slice(9, 20)}${hidden}${hidden}${github.slice(20)}`;
      const text = `😀${hidden} "${key}" 😀`;
      const found = await scanForSecrets(text, patient);
      assert.deepEqual(
        found.map(({ start, end }) => text.slice(start, end)),
        [key],
      );
    });
  }

  it('finds a key that an invisible character separates from a word [R42]', async () => {
    const found = await scanForSecrets(`word\u{200b}${github}\u{200b}word`, patient);
    assert.deepEqual(
      found.map(({ service }) => service),
      ['GitHub'],
    );
  });
});

describe('scanForSecrets: long texts', () => {
  it('finds a secret once at any position near the border of a window [U09, U22]', async () => {
    const filler = 'let value = compute(other, 12);\n'.repeat(12_000);
    for (const border of [110_592, 131_072, 221_184, 241_664]) {
      for (const shift of [-300, -256, -40, -20, -1, 0, 1, 20, 255, 256, 300]) {
        const start = border + shift;
        const text = `${filler.slice(0, start - 1)} ${github} ${filler.slice(start)}`;
        const found = await scanForSecrets(text, patient);
        assert.deepEqual(
          found.map(({ start: from, end }) => [from, end]),
          [[start, start + github.length]],
        );
      }
    }
  });

  it('finds nothing in harmless text that a window starts or ends in [U09]', async () => {
    const glued = `${'x'.repeat(110_592)}${github} ${'y '.repeat(50_000)}`;
    const longer = `${'y '.repeat(65_526)}AKIAZ3MSJV6K7BQTXW2PTOOLONG${' y'.repeat(50_000)}`;
    assert.equal(longer.slice(131_052, 131_072), 'AKIAZ3MSJV6K7BQTXW2P');
    assert.deepEqual(await scanForSecrets(glued, patient), []);
    assert.deepEqual(await scanForSecrets(longer, patient), []);
  });

  it('finds a private key across a border as one secret [U09]', async () => {
    const pem = `-----BEGIN RSA PRIVATE KEY-----\nMII${new Random(7).text('abcdefghijklmnopqrstuvwxyzABCDEF0123456789', 12_000)}\n-----END RSA PRIVATE KEY-----`;
    for (const start of [105_000, 118_000, 125_000, 130_000]) {
      const text = `${'x\n'.repeat(start / 2)}${pem}${'\ny'.repeat(80_000)}`;
      const found = await scanForSecrets(text, patient);
      assert.deepEqual(
        found.map((finding) => [finding.kind, finding.start, finding.end]),
        [['privateKey', start, start + pem.length]],
      );
    }
  });

  it('finds 24,000 keys in a megabyte [E22]', async () => {
    const found = await scanForSecrets(`${github}\n`.repeat(24_000), patient);
    assert.equal(found.length, 24_000);
  });
});

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('scanForSecrets: failures', () => {
  const rules = (work: SecretFinder) => ({ loadFinder: async () => work });

  it('fails if the rules throw [U24, R41]', async () => {
    const cause = new Error('broken');
    const error = await errorOf(
      scanForSecrets(
        'text',
        rules(() => Promise.reject(cause)),
      ),
    );
    assert.deepEqual([error.kind, error.cause, error.details], ['scan.failed', cause, {}]);
  });

  it('fails if the rules cannot be loaded [U24, R41]', async () => {
    const error = await errorOf(
      scanForSecrets('text', { loadFinder: () => Promise.reject(new Error('no such file')) }),
    );
    assert.equal(error.kind, 'scan.failed');
  });

  it('fails after the time limit if the rules never finish [U24, R41]', async () => {
    const error = await errorOf(scanForSecrets('text', { ...rules(() => new Promise(() => undefined)), limitMs: 30 }));
    assert.deepEqual([error.kind, error.details.limitMs], ['scan.failed', 30]);
  });

  it('fails if the rules of a long text block for longer than the time limit [U24, R41]', async () => {
    const busy: SecretFinder = async () => {
      block(60);
      return [];
    };
    const error = await errorOf(scanForSecrets('a'.repeat(400_000), { ...rules(busy), limitMs: 20 }));
    assert.deepEqual([error.kind, error.details.limitMs], ['scan.failed', 20]);
  });

  it('keeps the findings of a scan that a busy machine completed late [R41]', async () => {
    const match = { kind: 'jwt', start: 0, end: 4 } as const;
    const busy: SecretFinder = async () => {
      block(60);
      return [match];
    };
    const found = await scanForSecrets('text', { ...rules(busy), limitMs: 20 });
    assert.deepEqual(
      found.map(({ kind }) => kind),
      ['jwt'],
    );
  });

  it('continues for ten seconds by default [R41]', async () => {
    const { timeout } = AbortSignal;
    const limits: number[] = [];
    AbortSignal.timeout = (limit) => {
      limits.push(limit);
      return timeout.call(AbortSignal, limit);
    };
    try {
      await scanForSecrets(
        'text',
        rules(async () => []),
      );
    } finally {
      AbortSignal.timeout = timeout;
    }
    assert.deepEqual(limits, [10_000]);
  });

  it('fails if a later window fails [R41]', async () => {
    let calls = 0;
    const work: SecretFinder = async () => {
      calls += 1;
      if (calls > 2) throw new Error('broken');
      return [];
    };
    const error = await errorOf(scanForSecrets('a'.repeat(400_000), { ...rules(work), ...patient }));
    assert.equal(error.kind, 'scan.failed');
  });

  it('rejects with the reason of the signal when aborted', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped');
    const work: SecretFinder = async () => {
      controller.abort(reason);
      return [];
    };
    const scan = scanForSecrets('a'.repeat(400_000), { ...rules(work), signal: controller.signal });
    await assert.rejects(scan, reason);
  });
});
