/** A realistic text that contains a secret. */
export interface SecretSample {
  readonly text: string;
  readonly secret: string;
}

/** Generates samples of one kind of secret from a seed. */
export interface SampleKind {
  readonly name: string;
  /** Minimum share of the samples that must be found. */
  readonly minShare: number;
  readonly make: (random: Random) => string | SecretSample;
}

const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const letters = lower + upper;
const alphabet = {
  hex: `${digits}abcdef`,
  base62: digits + letters,
  base64: `${digits + letters}+/`,
  url: `${digits + letters}_-`,
  upperDigits: `${upper}234567`,
};

/** mulberry32, a small pseudorandom generator. */
export class Random {
  constructor(private seed: number) {}

  below(limit: number): number {
    this.seed = (this.seed + 0x6d2b79f5) | 0;
    let value = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % limit;
  }

  pick<Value>(values: readonly [Value, ...Value[]]): Value {
    return values[this.below(values.length)] ?? values[0];
  }

  text(characters: string, length: number): string {
    return Array.from({ length }, () => characters.charAt(this.below(characters.length))).join('');
  }
}

/** Sample number `index` of a kind, in a typical context of leaked keys. */
export function sampleOf({ make }: SampleKind, index: number): SecretSample {
  const random = new Random(index + 1);
  const sample = make(random);
  if (typeof sample !== 'string') return sample;
  const text = random.pick([
    `const client = new Client("${sample}");\n`,
    `# .env\nKEY=${sample}\nDEBUG=1\n`,
    `{"value": "${sample}", "other": 1}`,
    `run --with ${sample} --now`,
    `  value: '${sample}'\r\n  next: 2\r\n`,
    `Use \`${sample}\`, please.`,
  ]);
  return { text, secret: sample };
}

function url(random: Random, length: number): string {
  return random.text(alphabet.base62, 1) + random.text(alphabet.url, length - 2) + random.text(alphabet.base62, 1);
}

function json(value: unknown): string {
  return btoa(JSON.stringify(value)).replaceAll('=', '').replaceAll('+', '-').replaceAll('/', '_');
}

function lines(text: string, lineEnd: string): string {
  return (text.match(/.{1,64}/g) ?? []).join(lineEnd);
}

function pem(random: Random, label: string, lineEnd = '\n'): string {
  const body = lines(`MII${random.text(alphabet.base64, 1200)}==`, lineEnd);
  return `-----BEGIN ${label}-----${lineEnd}${body}${lineEnd}-----END ${label}-----`;
}

function password(random: Random): string {
  return `${random.text(letters, 5)}${random.text(digits, 2)}${random.pick(['!', '$x', '%k', '&', '+', 'Q'])}${random.text(letters, 4)}`;
}

function surround(before: string, secret: string, after: string): SecretSample {
  return { text: before + secret + after, secret };
}

function prefixed(name: string, prefix: string, characters: string, length: number): SampleKind {
  return { name, minShare: 1, make: (random) => prefix + random.text(characters, length) };
}

const { hex, base62, base64, upperDigits } = alphabet;

/** All kinds of secrets that the scanner must find. */
export const sampleKinds: readonly SampleKind[] = [
  { name: 'OpenAI sk-…', minShare: 1, make: (r) => `sk-${r.text(base62, 20)}T3BlbkFJ${r.text(base62, 20)}` },
  { name: 'OpenAI sk-proj-…', minShare: 1, make: (r) => `sk-proj-${url(r, 74)}T3BlbkFJ${url(r, 74)}` },
  { name: 'OpenAI sk-svcacct-…', minShare: 1, make: (r) => `sk-svcacct-${url(r, 58)}T3BlbkFJ${url(r, 58)}` },
  { name: 'Anthropic sk-ant-api03-…', minShare: 1, make: (r) => `sk-ant-api03-${url(r, 93)}AA` },
  { name: 'Anthropic sk-ant-oat01-…', minShare: 1, make: (r) => `sk-ant-oat01-${url(r, 93)}AA` },
  prefixed('OpenRouter', 'sk-or-v1-', hex, 64),
  prefixed('DeepSeek', 'sk-', hex, 32),
  prefixed('generic sk-… of 32', 'sk-', base62, 32),
  prefixed('generic sk-… of 48', 'sk-', base62, 48),
  prefixed('Groq', 'gsk_', base62, 52),
  prefixed('xAI', 'xai-', base62, 80),
  prefixed('Perplexity', 'pplx-', base62, 48),
  prefixed('NVIDIA', 'nvapi-', alphabet.url, 64),
  prefixed('Replicate', 'r8_', base62, 37),
  prefixed('Fireworks', 'fw_', base62, 24),
  prefixed('Cerebras', 'csk-', `${digits}${lower}`, 48),
  prefixed('Hugging Face', 'hf_', base62, 34),
  { name: 'Google API key', minShare: 1, make: (r) => `AIza${url(r, 35)}` },
  { name: 'Google OAuth secret', minShare: 1, make: (r) => `GOCSPX-${url(r, 28)}` },
  {
    name: 'Google service account',
    minShare: 1,
    make: (r) => {
      const key = pem(r, 'PRIVATE KEY', '\\n');
      return surround(
        `{\n  "type": "service_account",\n  "private_key": "`,
        key,
        '\\n",\n  "client_email": "a@b.c"\n}\n',
      );
    },
  },
  { name: 'AWS access key id', minShare: 1, make: (r) => `AKIA${r.text(upperDigits, 16)}` },
  {
    name: 'AWS secret access key',
    minShare: 0.9,
    make: (r) => surround('AWS_SECRET_ACCESS_KEY=', r.text(base64, 39) + r.text(base62, 1), '\n'),
  },
  {
    name: 'Azure AccountKey',
    minShare: 1,
    make: (r) =>
      surround(
        'DefaultEndpointsProtocol=https;AccountName=x;AccountKey=',
        `${r.text(base64, 86)}==`,
        ';EndpointSuffix=core.windows.net',
      ),
  },
  {
    name: 'Azure SharedAccessKey',
    minShare: 1,
    make: (r) =>
      surround(
        '"Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=r;SharedAccessKey=',
        `${r.text(base64, 43)}=`,
        '"',
      ),
  },
  {
    name: 'Azure SAS',
    minShare: 1,
    make: (r) => surround('https://x.blob.core.windows.net/c?sv=2024&sig=', `${r.text(base62, 43)}%3D`, '&sp=r'),
  },
  { name: 'Azure client secret', minShare: 1, make: (r) => `${r.text(base62, 3)}8Q~${r.text(base62, 34)}` },
  { name: 'Azure OpenAI', minShare: 1, make: (r) => `${r.text(base62, 52)}JQQJ99${r.text(base62, 26)}` },
  {
    name: 'Azure OpenAI, 32 hex',
    minShare: 0.95,
    make: (r) => surround('AZURE_OPENAI_API_KEY=', r.text(hex, 32), '\n'),
  },
  {
    name: 'JWT',
    minShare: 1,
    make: (r) =>
      `${json({ alg: 'HS256', typ: 'JWT' })}.${json({ sub: r.text(digits, 10), iat: r.below(1e9) })}.${url(r, 43)}`,
  },
  { name: 'private key PKCS#8', minShare: 1, make: (r) => surround('', pem(r, 'PRIVATE KEY'), '\n') },
  { name: 'private key RSA', minShare: 1, make: (r) => surround('', pem(r, 'RSA PRIVATE KEY'), '\n') },
  { name: 'private key EC, CRLF', minShare: 1, make: (r) => surround('', pem(r, 'EC PRIVATE KEY', '\r\n'), '\r\n') },
  { name: 'private key encrypted', minShare: 1, make: (r) => surround('', pem(r, 'ENCRYPTED PRIVATE KEY'), '\n') },
  { name: 'private key OpenSSH', minShare: 1, make: (r) => surround('', openSsh(r), '\n') },
  {
    name: 'private key cut by the selection',
    minShare: 1,
    make: (r) => surround('', pem(r, 'PRIVATE KEY').slice(0, 700), ''),
  },
  {
    name: 'private key as pieces of code',
    minShare: 1,
    make: (r) => surround('const pem = "', pem(r, 'RSA PRIVATE KEY', '\\n" +\n  "'), '";\n'),
  },
  { name: 'age secret key', minShare: 1, make: (r) => `AGE-SECRET-KEY-1${r.text(upper + digits, 58)}` },
  {
    name: 'postgres://',
    minShare: 1,
    make: (r) => surround('"postgresql://app:', r.text(base62, 16), '@db.internal:5432/app"'),
  },
  {
    name: 'mongodb+srv://',
    minShare: 1,
    make: (r) => surround('mongodb+srv://app:', r.text(base62, 16), '@c.mongodb.net/x\n'),
  },
  { name: 'redis://', minShare: 1, make: (r) => surround('REDIS=redis://:', r.text(base62, 16), '@cache:6379/0\n') },
  { name: 'amqp://', minShare: 1, make: (r) => surround("'amqp://svc:", r.text(base62, 12), "@mq.internal/v'") },
  {
    name: 'https with a password',
    minShare: 1,
    make: (r) => surround('git clone https://bot:', r.text(base62, 20), '@git.acme.io/r'),
  },
  {
    name: 'ADO.NET connection string',
    minShare: 1,
    make: (r) => surround('"Server=db;Database=x;User Id=sa;Password=', password(r), ';Encrypt=true"'),
  },
  {
    name: 'JDBC address',
    minShare: 1,
    make: (r) => surround('jdbc:mysql://db/x?user=app&password=', r.text(base62, 14), '&ssl=true\n'),
  },
  {
    name: 'GitHub classic',
    minShare: 1,
    make: (r) => `${r.pick(['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'])}${r.text(base62, 36)}`,
  },
  { name: 'GitHub fine-grained', minShare: 1, make: (r) => `github_pat_${r.text(base62, 22)}_${r.text(base62, 59)}` },
  prefixed('GitLab', 'glpat-', base62, 20),
  prefixed('npm', 'npm_', base62, 36),
  {
    name: 'npmrc _authToken',
    minShare: 1,
    make: (r) => surround('//r.acme.io/:_authToken=', r.text(base62, 40), '\n'),
  },
  { name: 'PyPI', minShare: 1, make: (r) => `pypi-AgEIcHlwaS5vcmc${url(r, 150)}` },
  {
    name: 'Slack bot',
    minShare: 1,
    make: (r) => `xoxb-${r.text(digits, 12)}-${r.text(digits, 12)}-${r.text(base62, 24)}`,
  },
  {
    name: 'Slack webhook',
    minShare: 1,
    make: (r) => `https://hooks.slack.com/services/T${r.text(base62, 9)}/B${r.text(base62, 9)}/${r.text(base62, 24)}`,
  },
  prefixed('Stripe live', 'sk_live_', base62, 24),
  { name: 'SendGrid', minShare: 1, make: (r) => `SG.${r.text(base62, 22)}.${r.text(base62, 43)}` },
  { name: 'Discord', minShare: 0.95, make: (r) => `M${r.text(base62, 23)}.${r.text(base62, 6)}.${r.text(base62, 27)}` },
  {
    name: 'Telegram',
    minShare: 1,
    make: (r) => `${r.text(digits, 10)}:AA${r.text(alphabet.url, 32)}${r.text(base62, 1)}`,
  },
  prefixed('Twilio', 'SK', hex, 32),
  prefixed('DigitalOcean', 'dop_v1_', hex, 64),
  prefixed('Databricks', 'dapi', hex, 32),
  prefixed('HashiCorp Vault', 'hvs.', base62, 92),
  { name: 'Bearer header', minShare: 0.97, make: (r) => surround('Authorization: Bearer ', r.text(base62, 40), '\n') },
  { name: 'Basic header', minShare: 1, make: (r) => surround('"Basic ', btoa(`user:${r.text(base62, 14)}`), '"') },
  {
    name: 'curl -u',
    minShare: 1,
    make: (r) => surround('curl -s -u admin:', r.text(base62, 12), ' https://x.acme.io'),
  },
  { name: 'sshpass -p', minShare: 0.95, make: (r) => surround("sshpass -p '", password(r), "' ssh a@x.acme.io") },
  { name: 'mysql -p', minShare: 0.9, make: (r) => surround('mysqldump -u root -p', r.text(base62, 20), ' shop') },
  { name: 'API key: `…`', minShare: 0.9, make: (r) => surround('The API key: `', r.text(base62, 32), '`\n') },
  { name: 'api_key = "…"', minShare: 0.95, make: (r) => surround('api_key = "', r.text(base62, 32), '"\n') },
  { name: 'clientSecret: "…"', minShare: 0.95, make: (r) => surround("clientSecret: '", r.text(base62, 40), "',\n") },
  { name: 'SOME_TOKEN=…', minShare: 0.95, make: (r) => surround('export SOME_TOKEN=', r.text(base62, 40), '\n') },
  { name: 'password = "…"', minShare: 0.95, make: (r) => surround('password = "', password(r), '"\n') },
  { name: 'DB_PASSWORD=…', minShare: 0.9, make: (r) => surround('DB_PASSWORD=', password(r), '\n') },
];

function openSsh(random: Random): string {
  const body = lines(`b3BlbnNzaC1rZXktdjE${random.text(base64, 500)}`, '\n');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----`;
}
