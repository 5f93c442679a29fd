import { withoutUndefined } from '../util/withoutUndefined';
import { KEY_PREFIXES } from './keyPrefixes';
import { entropy, hasRandomRun, isNotPlaceholder, isStrongPassword, looksGenerated, looksRandom } from './secretValues';

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
  /** Lower case. Texts without any of them are not matched, which takes most of the time. */
  readonly keywords: readonly string[];
  /** Global. The secret is the group `secret`, or the whole match. */
  readonly pattern: RegExp;
  readonly accepts?: (secret: string, match: RegExpMatchArray) => boolean;
}

// A key may follow the escape of a line end or a quote (JSON, URLs), or the color of a terminal.
const BOUNDARY = '(?:(?<![A-Za-z0-9_])|(?<=\\\\[nrtbf]|%[0-9A-F]{2}|\\\\u00[0-9a-f]{2}|\\u001b\\[[\\d;]{0,12}m))';

function bounded({ source, flags }: RegExp): RegExp {
  return new RegExp(`${BOUNDARY}(?:${source})`, flags);
}

const PREFIX_PATTERNS: readonly SecretPattern[] = KEY_PREFIXES.map(([service, names, alphabet, minLength]) => {
  const prefixes = names.split(' ');
  const alternatives = prefixes.map((prefix) => prefix.replace(/[.$/?]/g, '\\$&')).join('|');
  return {
    kind: 'serviceKey',
    service,
    keywords: prefixes.map((prefix) => prefix.toLowerCase()),
    pattern: bounded(new RegExp(`(?:${alternatives})${alphabet}{${minLength},}(?<![.])={0,2}`, 'g')),
    accepts: looksGenerated,
  };
});

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

// Matches start at token boundaries and every repetition of a group is bounded, so that each pattern takes linear time.
const KEY_TABLE: readonly (readonly [
  service: string | undefined,
  keywords: readonly string[],
  pattern: RegExp,
  accepts?: (secret: string) => boolean,
])[] = [
  ['GitHub', ['ghs_'], bounded(/ghs_\d{1,20}_eyJ[\w-]{1,1000}\.[\w-]{1,10000}\.[\w-]{1,1000}/g)],
  ['DeepSeek', ['sk-'], bounded(/sk-[0-9a-f]{32}(?![\w-])/g), looksRandom],
  [undefined, ['sk-'], bounded(/sk-[\w-]{16,}/g), hasRandomRun],
  [
    'AWS',
    ['akia', 'asia', 'abia', 'acca', 'a3t'],
    bounded(/(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])/g),
    (secret) => !secret.endsWith('EXAMPLE') && entropy(secret) >= 3,
  ],
  [
    'Azure',
    ['accountkey=', 'sharedaccesskey=', 'sharedsecret='],
    /(?<=(?:AccountKey|SharedAccessKey|SharedSecret)=)[A-Za-z0-9+/]{40,}={0,2}/gi,
  ],
  ['Azure', ['sig='], /(?<=[?&]sig=)(?:[\w+/-]|%2B|%2F){40,}(?:=|%3D){0,2}/g],
  ['Azure', ['q~'], /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~-])/g],
  ['Azure', ['jqqj9'], bounded(/[A-Za-z0-9]{52}JQQJ9[9D][A-Za-z0-9]{24,}(?:==)?/g)],
  ['Azure', ['azdo'], bounded(/[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?![A-Za-z0-9])/g)],
  ['Discord', ['.'], bounded(/[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])/g), looksRandom],
  [
    'Discord',
    ['discord'],
    /https:\/\/(?:\w{1,10}\.)?discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/\d{10,25}\/[\w-]{40,}/g,
  ],
  [
    'Microsoft Teams',
    ['webhook'],
    new RegExp(
      `https://[\\w.-]{1,60}\\.(?:webhook\\.office\\.com|office\\.com)/webhook(?:b2)?/${UUID}@${UUID}/IncomingWebhook/[\\w./-]{32,}`,
      'gi',
    ),
  ],
  [
    'Slack',
    ['hooks.slack.com'],
    /(?:https?:\/\/)?hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/[\w+/-]{40,}/g,
  ],
  [
    'Google Chat',
    ['chat.googleapis.com'],
    /https:\/\/chat\.googleapis\.com\/v1\/spaces\/[\w-]{1,40}\/messages\?(?:[\w=&.-]|%2B|%2F|%3D){40,}/g,
  ],
  ['Zapier', ['hooks.zapier.com'], /https:\/\/hooks\.zapier\.com\/hooks\/catch\/\d{1,12}\/\w{4,}/g],
  ['Telegram', [':aa'], /(?:(?<![\w:-])|(?<=[/\s"'](?:bot|-)))\d{8,11}:AA[\w-]{33}(?![\w-])/g],
  ['Twilio', ['sk'], bounded(/SK[0-9a-fA-F]{32}(?![A-Za-z0-9])/g)],
  [
    'HashiCorp Vault',
    ['s.'],
    bounded(/s\.[A-Za-z0-9]{24}(?![\w.(])/g),
    (secret) => looksGenerated(secret) && looksRandom(secret),
  ],
  ['Terraform', ['.atlasv1.'], bounded(/[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,}/g)],
  ['Airtable', ['pat'], bounded(/pat[A-Za-z0-9]{14}\.[A-Za-z0-9]{64,}/g)],
  ['Harness', ['pat.', 'sat.'], bounded(/[ps]at\.[\w-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20,}/g)],
  [
    'Authress',
    ['.acc_', '.acc-'],
    bounded(/(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\.[a-z0-9]{4,6}\.acc[_-][a-z0-9-]{10,32}\.[\w+/=-]{30,}/gi),
  ],
  ['ClickHouse', ['4b1d'], bounded(/4b1d[A-Za-z0-9]{38}(?![A-Za-z0-9])/g), (secret) => /[G-Zg-z]/.test(secret)],
  ['Resend', ['re_'], bounded(/re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}/g), looksGenerated],
  ['LaunchDarkly', ['sdk-', 'mob-', 'api-'], bounded(new RegExp(`(?:sdk|mob|api)-${UUID}`, 'g'))],
  ['MaxMind', ['_mmk'], bounded(/[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk/g)],
  ['Mailchimp', ['-us'], bounded(/[0-9a-f]{32}-us\d{1,2}(?!\w)/g), looksRandom],
  ['Facebook', ['|', '%7c'], bounded(/\d{15,16}(?:\||%7C)[\w-]{27,40}(?![\w|-])/gi), looksGenerated],
  ['Sidekiq', ['contribsys'], /(?<=__CONTRIBSYS__COM["']?[ ]{0,4}[=:][ ]{0,4}["']?)[a-f0-9]{8}:[a-f0-9]{8}(?!\w)/gi],
  ['Twitter', ['aaaaaaaaaaaaaaaaaaaaaa'], bounded(/A{22}(?:[A-Za-z0-9]|%2B|%2F|%3D){60,}/g), looksGenerated],
];

const KEY_PATTERNS = KEY_TABLE.map(
  ([service, keywords, pattern, accepts]): SecretPattern => ({
    kind: 'serviceKey',
    keywords,
    pattern,
    ...withoutUndefined({ service, accepts }),
  }),
);

const PRIVATE_KEY_PATTERNS: readonly SecretPattern[] = [
  {
    kind: 'privateKey',
    keywords: ['private key'],
    pattern:
      /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=\s\\"'`,.:>|#*]|-(?!----)){40,18000}(?:-----END [A-Z0-9 ]{0,60}-----)?/g,
    accepts: (secret) => looksRandom(/[A-Za-z0-9+/]{40}/.exec(secret)?.[0] ?? ''),
  },
  {
    kind: 'privateKey',
    keywords: ['private-lines'],
    pattern: /Private-Lines: \d{1,3}\r?\n(?<secret>(?:[A-Za-z0-9+/=]{1,64}\r?\n?){2,200})/dg,
  },
  {
    kind: 'privateKey',
    service: 'age',
    keywords: ['age-secret-key-'],
    pattern: /AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{58,}/g,
  },
  // PEM in base64, as in kubeconfig's `client-key-data` and in environment variables.
  {
    kind: 'privateKey',
    keywords: ['ls0tls1crudjti'],
    pattern: /(?<![A-Za-z0-9+/])LS0tLS1CRUdJTi[A-Za-z0-9+/]{40,}={0,2}/g,
    accepts: isEncodedPrivateKey,
  },
  // The private members of a JSON Web Key.
  {
    kind: 'privateKey',
    service: 'JWK',
    keywords: ['"kty', "'kty", 'kty:'],
    pattern: /(?<=\\{0,4}["'](?:d|p|q|dp|dq|qi)\\{0,4}["']\s{0,8}:\s{0,8}\\{0,4}["'])[\w-]{32,}/g,
    accepts: looksRandom,
  },
];

const CREDENTIAL_PATTERNS: readonly SecretPattern[] = [
  { kind: 'jwt', keywords: ['eyj'], pattern: /(?<![A-Za-z0-9_])eyJ[\w-]{10,10000}\.[\w-]{10,10000}\.[\w-]{0,2000}/g },
  // A JWT in base64.
  {
    kind: 'jwt',
    keywords: ['zxlk'],
    pattern: /(?<![A-Za-z0-9+/])ZXlK[A-Za-z0-9+/_-]{80,}={0,2}/g,
    accepts: looksRandom,
  },
  // User info in a URL of any scheme. Redis URLs usually have no user name. The last `@` ends the password.
  {
    kind: 'connectionPassword',
    keywords: ['://', ':\\/\\/'],
    pattern:
      /(?<![\w+.-])[a-z][a-z0-9+.-]{1,30}:\\?\/\\?\/[^\s:/@"'`<>\\]{0,128}:(?<secret>[^\s/"'`<>\\]{4,256})@(?=[\w[$%{-])/dgi,
    accepts: isNotPlaceholder,
  },
  {
    kind: 'connectionPassword',
    keywords: ['password', 'pwd'],
    pattern: /(?<=[;"'`\s])(?:password|pwd)[ ]{0,4}=[ ]{0,4}(?<secret>[^;"'`\s]{4,256})(?=;|\\?["'`]|\s|$)/dgi,
    accepts: (secret, match) => isNotPlaceholder(secret) && isConnectionString(secret, surroundingText(match)),
  },
  {
    kind: 'connectionPassword',
    keywords: ['?pass', '&pass', '?pwd', '&pwd', ';pass', ';pwd'],
    pattern: /(?<=[?&](?:password|passwd|pwd|pass)=)[^\s&"'`;<>\\]{4,256}/gi,
    accepts: isNotPlaceholder,
  },
  {
    kind: 'authorization',
    keywords: ['bearer', 'basic', 'token'],
    pattern: /\b(?:bearer|basic|(?<=authorization\W{1,8})(?:api-?key|token))[ ]{1,4}(?<secret>[\w.~+/=-]{16,})/dgi,
    accepts: (secret) => isNotPlaceholder(secret) && (looksRandom(secret) || isBasicCredentials(secret)),
  },
  // The gap ends at the next `curl`, to keep the time linear for a text full of them.
  {
    kind: 'authorization',
    keywords: ['curl'],
    pattern:
      /\bcurl\b(?:(?!curl)[^\r\n]){0,200}?[ ](?:-u|--user)[ =]{0,2}["']?[^\s:"']{1,100}:(?<secret>[^\s"']{4,128})/dg,
    accepts: isNotPlaceholder,
  },
  {
    kind: 'password',
    keywords: ['sshpass', 'mysql'],
    pattern:
      /\b(?:sshpass[ ]{1,4}-p[ ]?|mysql\w{0,10}\b(?:(?!mysql)[^\r\n]){0,200}?[ ]-p)["']?(?<secret>[^\s"']{6,128})/dg,
    accepts: (secret) => isNotPlaceholder(secret) && (isStrongPassword(secret) || looksRandom(secret)),
  },
  {
    kind: 'password',
    keywords: ['identified'],
    pattern: /\bidentified[ ]{1,4}by[ ]{1,4}(?:password[ ]{1,4})?'(?<secret>[^'\r\n]{4,128})'/dgi,
    accepts: isNotPlaceholder,
  },
  {
    kind: 'password',
    keywords: ['machine'],
    pattern:
      /\bmachine[ \t]{1,4}\S{1,100}\s{1,40}login[ \t]{1,4}\S{1,100}\s{1,40}password[ \t]{1,4}(?<secret>\S{4,256})/dg,
    accepts: isNotPlaceholder,
  },
  {
    kind: 'assignedKey',
    keywords: ['_auth', '_password'],
    pattern: /_(?:authToken|password|auth)\\?["']?[ ]{0,4}=[ ]{0,4}\\?["']?(?<secret>[\w.+/=-]{16,})/dg,
    accepts: isNotPlaceholder,
  },
  // `auth` in Docker's config.json.
  {
    kind: 'assignedKey',
    service: 'Docker',
    keywords: ['auth'],
    pattern: /\\{0,4}["']auth\\{0,4}["']\s{0,8}:\s{0,8}\\{0,4}["'](?<secret>[A-Za-z0-9+/]{12,}={0,2})/dg,
    accepts: isBasicCredentials,
  },
];

export const SECRET_PATTERNS: readonly SecretPattern[] = [
  ...PRIVATE_KEY_PATTERNS,
  ...PREFIX_PATTERNS,
  ...KEY_PATTERNS,
  ...CREDENTIAL_PATTERNS,
];

function isBasicCredentials(text: string): boolean {
  return /^[\x20-\x7e]+:[\x20-\x7e]+$/.test(decodeBase64(text));
}

function isEncodedPrivateKey(text: string): boolean {
  return decodeBase64(text.slice(0, 80)).includes('PRIVATE KEY');
}

function decodeBase64(text: string): string {
  const complete = text.replace(/=+$/, '');
  if (!/^[A-Za-z0-9+/]{8,}$/.test(complete) || complete.length % 4 === 1) return '';
  return atob(complete);
}

// Excludes statements such as `password = options.password;`.
function isConnectionString(secret: string, context: string): boolean {
  const isExpression = /^[A-Za-z_$][\w$]*(?:\.[\w$]+)+$/.test(secret);
  return (
    !isExpression && /(?:server|source|host|user(?: ?id)?|uid|database|dbname|catalog|driver)[ ]{0,4}=/i.test(context)
  );
}

function surroundingText(match: RegExpMatchArray): string {
  const start = match.index ?? 0;
  return match.input?.slice(Math.max(0, start - 200), start + match[0].length + 1) ?? '';
}
