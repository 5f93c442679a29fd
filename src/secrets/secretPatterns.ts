export type SecretKind =
  | 'serviceKey'
  | 'privateKey'
  | 'jwt'
  | 'connectionPassword'
  | 'password'
  | 'authorization'
  | 'assignedKey';

/** A pattern for secrets that secretlint does not find. */
export interface SecretPattern {
  readonly kind: SecretKind;
  /** A proper noun, which is not translated. */
  readonly service?: string;
  /** Global. The secret is the group `secret`, or the whole match. */
  readonly pattern: RegExp;
  readonly accepts?: (secret: string, match: RegExpMatchArray) => boolean;
}

type Alphabet = '[A-Za-z0-9]' | '[\\w-]';
const ALPHANUMERIC: Alphabet = '[A-Za-z0-9]';
const BASE64URL: Alphabet = '[\\w-]';

// Lists whole families of keys even if secretlint finds some of their members.
const KEY_PREFIXES: readonly (readonly [service: string, prefix: string, alphabet: Alphabet, minLength: number])[] = [
  ['OpenRouter', 'sk-or-', BASE64URL, 20],
  ['Anthropic', 'sk-ant-', BASE64URL, 20],
  ['OpenAI', 'sk-(?:proj|svcacct|admin)-', BASE64URL, 20],
  ['xAI', 'xai-', ALPHANUMERIC, 40],
  ['Groq', 'gsk_', ALPHANUMERIC, 30],
  ['Perplexity', 'pplx-', ALPHANUMERIC, 32],
  ['NVIDIA', 'nvapi-', BASE64URL, 40],
  ['Replicate', 'r8_', ALPHANUMERIC, 30],
  ['Fireworks', 'fw_', ALPHANUMERIC, 22],
  ['Cerebras', 'csk-', ALPHANUMERIC, 40],
  ['Hugging Face', '(?:hf|api_org)_', ALPHANUMERIC, 30],
  ['Google', 'AIza', BASE64URL, 35],
  ['Google', 'GOCSPX-', BASE64URL, 24],
  ['Google', 'ya29\\.', BASE64URL, 30],
  ['Google', 'AQ\\.Ab', BASE64URL, 40],
  ['GitHub', 'gh[pousr]_', ALPHANUMERIC, 36],
  ['GitHub', 'github_pat_', '[\\w-]', 40],
  ['GitLab', 'gl(?:pat|ptt|dt|rt|cbt|ft|imt|agent|soat)-', BASE64URL, 20],
  ['npm', 'npm_', ALPHANUMERIC, 36],
  ['PyPI', 'pypi-', BASE64URL, 50],
  ['Slack', 'xox[a-z]-', BASE64URL, 24],
  ['Stripe', '(?:sk|rk)_(?:live|test)_', ALPHANUMERIC, 20],
  ['Stripe', 'whsec_', ALPHANUMERIC, 30],
  ['DigitalOcean', 'do[opr]_v1_', ALPHANUMERIC, 60],
  ['Atlassian', 'ATATT3', BASE64URL, 60],
  ['Supabase', '(?:sbp_|sb_secret_)', BASE64URL, 20],
  ['Heroku', 'HRKU-', BASE64URL, 36],
  ['Postman', 'PMAK-', BASE64URL, 40],
  ['New Relic', 'NRAK-', ALPHANUMERIC, 24],
  ['Doppler', 'dp\\.(?:pt|st|ct|sa|scim|audit)\\.', ALPHANUMERIC, 36],
  ['PlanetScale', 'pscale_(?:tkn|pw|oauth)_', BASE64URL, 30],
  ['Mailgun', 'key-', ALPHANUMERIC, 32],
  ['Sentry', 'sntrys_', BASE64URL, 40],
  ['Amazon Bedrock', 'ABSK', ALPHANUMERIC, 100],
  ['Databricks', 'dapi', ALPHANUMERIC, 32],
];

const PREFIX_PATTERNS: readonly SecretPattern[] = KEY_PREFIXES.map(([service, prefix, alphabet, minLength]) => ({
  kind: 'serviceKey',
  service,
  pattern: new RegExp(`(?:(?<![\\w-])|(?<=\\\\[nrt]))${prefix}${alphabet}{${minLength},500}={0,2}`, 'g'),
  accepts: looksGenerated,
}));

// A suffix may change the meaning of these names: see `isSecretAssignment`.
const CREDENTIAL_NAME = '(?:api[_-]?key|access[_-]?key|account[_-]?key|secret|token|credential|private[_-]?key)';
const PASSWORD_NAME = '(?:password|passwd|passphrase|pwd)';
const ASSIGNMENT = '["\'`]?[ \\t]{0,8}(?:=>|:=|[:=])[ \\t]{0,8}';

// Matches start at token boundaries and every repetition is bounded, so that each pattern takes linear time.
export const CUSTOM_PATTERNS: readonly SecretPattern[] = [
  {
    kind: 'privateKey',
    pattern:
      /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=\s\\"'`,.:]|-(?!----)){40,18000}(?:-----END [A-Z0-9 ]{0,60}-----)?/g,
    accepts: (secret) => looksRandom(/[A-Za-z0-9+/]{40}/.exec(secret)?.[0] ?? ''),
  },
  {
    kind: 'privateKey',
    pattern: /Private-Lines: \d{1,3}\r?\n(?<secret>(?:[A-Za-z0-9+/=]{1,64}\r?\n?){2,200})/dg,
  },
  { kind: 'privateKey', service: 'age', pattern: /AGE-SECRET-KEY-1[0-9A-Z]{58}/g },
  ...PREFIX_PATTERNS,
  {
    kind: 'serviceKey',
    service: 'GitHub',
    pattern: /(?<![A-Za-z0-9])ghs_\d{1,20}_eyJ[\w-]{1,1000}\.[\w-]{1,10000}\.[\w-]{1,1000}/g,
  },
  { kind: 'serviceKey', service: 'DeepSeek', pattern: /(?<![\w-])sk-[0-9a-f]{32}(?![\w-])/g, accepts: looksRandom },
  { kind: 'serviceKey', pattern: /(?<![\w-])sk-[\w-]{16,256}/g, accepts: hasRandomRun },
  {
    kind: 'serviceKey',
    service: 'AWS',
    pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])/g,
    accepts: (secret) => !secret.endsWith('EXAMPLE'),
  },
  {
    kind: 'serviceKey',
    service: 'Azure',
    pattern: /(?<=(?:AccountKey|SharedAccessKey|SharedSecret)=)[A-Za-z0-9+/]{40,90}={0,2}/gi,
  },
  { kind: 'serviceKey', service: 'Azure', pattern: /(?<=[?&]sig=)[A-Za-z0-9%+/]{40,70}=?/g },
  { kind: 'serviceKey', service: 'Azure', pattern: /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/g },
  {
    kind: 'serviceKey',
    service: 'Azure',
    pattern: /(?<![A-Za-z0-9])[A-Za-z0-9]{52}JQQJ9[9D][A-Za-z0-9]{24,32}(?:==)?/g,
  },
  {
    kind: 'serviceKey',
    service: 'Azure',
    pattern: /(?<![A-Za-z0-9])[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?![A-Za-z0-9])/g,
  },
  {
    kind: 'serviceKey',
    service: 'Discord',
    pattern: /(?<![\w.-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])/g,
    accepts: looksRandom,
  },
  { kind: 'serviceKey', service: 'Telegram', pattern: /(?<![\w:-])\d{8,11}:AA[\w-]{33}(?![\w-])/g },
  { kind: 'serviceKey', service: 'Twilio', pattern: /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![A-Za-z0-9])/g },
  { kind: 'jwt', pattern: /(?<![\w-])eyJ[\w-]{10,10000}\.[\w-]{10,10000}\.[\w-]{0,2000}/g },
  {
    kind: 'connectionPassword',
    // User info in a URL of any scheme. Redis URLs usually have no user name.
    pattern:
      /(?<![\w+.-])[a-z][a-z0-9+.-]{1,30}:\/\/[^\s:/@"'`<>\\]{0,128}:(?<secret>[^\s/@"'`<>\\]{4,256})@(?=[\w[$%{-])/dgi,
    accepts: isNotPlaceholder,
  },
  {
    kind: 'connectionPassword',
    pattern: /(?<=[;"'`\s])(?:password|pwd)[ ]{0,4}=[ ]{0,4}(?<secret>[^;"'`\s]{4,256})(?=;|["'`])/dgi,
    accepts: (secret, match) => isNotPlaceholder(secret) && isConnectionString(secret, surroundingText(match)),
  },
  {
    kind: 'connectionPassword',
    pattern: /(?<=[?&](?:password|pwd|pass)=)[^\s&"'`;<>]{4,256}/gi,
    accepts: isNotPlaceholder,
  },
  {
    kind: 'authorization',
    pattern: /\b(?:bearer|basic)[ ]{1,4}(?<secret>[\w.~+/=-]{16,4096})/dgi,
    accepts: (secret) => looksRandom(secret) || isBasicCredentials(secret),
  },
  {
    kind: 'authorization',
    // The gap ends at the next `curl`, to keep the time linear for a text full of them.
    pattern:
      /\bcurl\b(?:(?!curl)[^\r\n]){0,200}?[ ](?:-u|--user)[ =]{1,2}["']?[^\s:"']{1,100}:(?<secret>[^\s"']{4,128})/dg,
    accepts: isNotPlaceholder,
  },
  {
    kind: 'assignedKey',
    pattern: /_(?:authToken|password|auth)[ ]{0,4}=[ ]{0,4}(?<secret>[\w.+/=-]{16,400})/dg,
    accepts: isNotPlaceholder,
  },
  {
    kind: 'assignedKey',
    pattern: new RegExp(
      `(?<name>${CREDENTIAL_NAME}[\\w-]{0,24})${ASSIGNMENT}["'\`](?<secret>[^\\s"'\`]{16,512})["'\`]`,
      'dgi',
    ),
    accepts: (secret, match) => isSecretAssignment(match) && isNotPlaceholder(secret) && hasRandomPart(secret),
  },
  {
    kind: 'assignedKey',
    // Unquoted, as in `.env` files and YAML.
    pattern: new RegExp(
      `^[ \\t]{0,40}(?:export[ ]|set[ ]|-[ ])?(?<name>[\\w.-]{0,60}?${CREDENTIAL_NAME}[\\w-]{0,24})[ \\t]{0,8}[=:][ \\t]{0,8}(?<secret>[\\w.+/=~-]{16,512})[ \\t]{0,40}\\r?$`,
      'dgim',
    ),
    accepts: (secret, match) => isSecretAssignment(match) && isNotPlaceholder(secret) && hasRandomPart(secret),
  },
  {
    kind: 'password',
    pattern: new RegExp(
      `(?<name>${PASSWORD_NAME}[\\w-]{0,16})${ASSIGNMENT}["'\`](?<secret>[^\\s"'\`]{8,128})["'\`]`,
      'dgi',
    ),
    accepts: (secret, match) => isSecretAssignment(match) && isNotPlaceholder(secret) && hasMixedCharacters(secret),
  },
  {
    kind: 'password',
    pattern: new RegExp(
      `^[ \\t]{0,40}(?:export[ ]|set[ ]|-[ ])?(?<name>[\\w.-]{0,60}?${PASSWORD_NAME})[ \\t]{0,8}[=:][ \\t]{0,8}(?<secret>[^\\s"'\`,;(){}<>]{8,128})[ \\t]{0,40}\\r?$`,
      'dgim',
    ),
    accepts: (secret) => isNotPlaceholder(secret) && hasMixedCharacters(secret),
  },
];

function looksRandom(text: string): boolean {
  return /\d/.test(text) && /[A-Za-z]/.test(text) && entropy(text) >= 3;
}

// For any value called a key. The parts of a name never look random on their own.
function hasRandomPart(text: string): boolean {
  const isUuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
  return (
    isUuid || (looksRandom(text) && text.split(/[-_.:/]/).some((part) => part.length >= 12 && hasMixedCharacters(part)))
  );
}

// For values after an issuer's prefix, which need less evidence: capitals count like digits.
function looksGenerated(text: string): boolean {
  return entropy(text) >= 3 && (/\d.*\d/s.test(text) || (text.match(/[A-Z]/g)?.length ?? 0) >= 5);
}

// For prefixes that CSS class names share, such as `sk-`.
function hasRandomRun(text: string): boolean {
  return text.split(/[-_]/).some((part) => part.length >= 16 && looksRandom(part));
}

// Shannon entropy in bits per character.
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

// Rejects placeholders, and expressions that read a secret from somewhere.
function isNotPlaceholder(text: string): boolean {
  if (/^(.)\1*$/s.test(text)) return false;
  if (/\$\{|\{\{|\$\(|^[$%]\w+%?$|^[<[{(*]|process\.env|environ|getenv|secrets?\.|\w\(/i.test(text)) return false;
  return !/^(?:password|passwort|secret|username|user|pass|root|admin|none|null|undefined|true|false|string|required)$|passw|example|placeholder|change-?_?me|your[-_]|dummy|redacted|x{4}|\*{3}|\.{3}/i.test(
    text,
  );
}

function hasMixedCharacters(text: string): boolean {
  const classes = [/\d/, /[a-z]/, /[A-Z]/, /[^\w.-]/].filter((pattern) => pattern.test(text)).length;
  return classes >= 3 || (classes === 2 && /\d/.test(text) && entropy(text) >= 2.5);
}

// Names such as `tokenCount` or `secretName` hold no secret, nor do paths and URLs.
function isSecretAssignment(match: RegExpMatchArray): boolean {
  const { name = '', secret = '' } = match.groups ?? {};
  const nonSecretName =
    /(?:id|ids|name|path|file|dir|url|uri|endpoint|type|kind|hash|count|length|size|limit|index|expires?|expiry|field|label|header|regexp?|pattern|schema|ref|arn|version)$/i;
  return !nonSecretName.test(name) && !/^[\w+.-]*:\/\/|^\.{0,2}\/[\w./-]*$/.test(secret);
}

function isBasicCredentials(text: string): boolean {
  if (!/^[A-Za-z0-9+/]{8,}={0,2}$/.test(text)) return false;
  try {
    return /^[\x20-\x7e]+:[\x20-\x7e]+$/.test(atob(text));
  } catch {
    return false;
  }
}

// Excludes statements such as `password = options.password;`.
function isConnectionString(secret: string, context: string): boolean {
  const isExpression = /^[A-Za-z_$][\w$]*(?:\.[\w$]+)+$/.test(secret);
  return !isExpression && /(?:server|source|host|user(?: ?id)?|uid|database|catalog|driver)[ ]{0,4}=/i.test(context);
}

function surroundingText(match: RegExpMatchArray): string {
  const start = match.index ?? 0;
  return match.input?.slice(Math.max(0, start - 200), start + match[0].length + 1) ?? '';
}
