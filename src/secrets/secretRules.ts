import { lintSource } from '@secretlint/core';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { withoutUndefined } from '../util/withoutUndefined';
import { createFilter } from './keywordFilter';
import { findNamedSecrets } from './namedSecrets';
import { SECRET_PATTERNS, type SecretKind, type SecretPattern } from './secretPatterns';

interface TextRange {
  readonly start: number;
  readonly end: number;
}

export interface SecretMatch extends TextRange {
  readonly kind: SecretKind;
  readonly service?: string;
}

// `filter-comments` lets the scanned text disable the other rules. `gcp` checks whole files by extension, and `github`
// takes half a second for a megabyte of `ghs_1_`: both are replaced by custom patterns.
const EXCLUDED_RULES = new Set(['filter-comments', 'gcp', 'github']);

const ACTIVE_RULES = rules
  .filter((rule) => !EXCLUDED_RULES.has(shortId(rule.meta.id)))
  .map((rule) => ({ id: rule.meta.id, rule, options: {} }));

// In lower case. A rule is run only if the text contains one of its keywords; a rule that is not listed always is.
const RULE_KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  aws: ['akia', 'a3t', 'agpa', 'aida', 'aroa', 'aipa', 'anpa', 'anva', 'asia', 'secret'],
  privatekey: ['private key'],
  npm: ['npm_', '_authtoken', 'x-oauth-basic'],
  basicauth: ['://'],
  slack: ['xox', 'xapp-', 'hooks.slack.com'],
  sendgrid: ['sg.'],
  shopify: ['shp'],
  stripe: ['k_live_', 'k_test_'],
  gitlab: ['glpat-'],
  grafana: ['glc_', 'glsa_', 'eyj'],
  openai: ['sk-'],
  anthropic: ['sk-ant-'],
  groq: ['gsk_'],
  huggingface: ['hf_'],
  linear: ['lin_api_'],
  notion: ['ntn_'],
  '1password': ['ops_'],
  'database-connection-string': ['://'],
  'hashicorp-vault': ['hvs.', 'hvb.', 'hvr.'],
  vercel: ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'],
  databricks: ['dapi'],
  docker: ['dckr_pat_'],
  figma: ['figd_'],
  cloudflare: ['cfk_', 'cfut_', 'cfat_'],
  tailscale: ['tskey-'],
};

const SERVICE_NAMES: Readonly<Record<string, string>> = {
  aws: 'AWS',
  npm: 'npm',
  openai: 'OpenAI',
  huggingface: 'Hugging Face',
  sendgrid: 'SendGrid',
  gitlab: 'GitLab',
  'hashicorp-vault': 'HashiCorp Vault',
};

/** Finds secrets, the most specific match first. This file is a bundle of its own, loaded before the first request. */
export async function findSecrets(text: string): Promise<SecretMatch[]> {
  const contains = createFilter(text);
  const patterns = SECRET_PATTERNS.filter(({ keywords }) => keywords.some(contains));
  const found = [
    ...(await findByRules(text, contains)),
    ...patterns.flatMap((pattern) => findByPattern(text, pattern)),
  ];
  return [...found, ...findNamedSecrets(text)].map((match) => withWholeToken(text, match));
}

const REST = /[\w-]*/y;

// Some rules match a key up to a fixed length. What is left of it must not be sent.
function withWholeToken(text: string, match: SecretMatch): SecretMatch {
  if (match.kind === 'privateKey' || !/[\w-]/.test(text.charAt(match.end - 1))) return match;
  REST.lastIndex = match.end;
  return { ...match, end: match.end + (REST.exec(text)?.[0].length ?? 0) };
}

async function findByRules(text: string, contains: (keyword: string) => boolean): Promise<SecretMatch[]> {
  const activeRules = ACTIVE_RULES.filter(({ id }) => RULE_KEYWORDS[shortId(id)]?.some(contains) ?? true);
  if (activeRules.length === 0) return [];
  // secretlint strips a byte order mark, which would shift its offsets.
  const content = text.startsWith('\u{feff}') ? ` ${text.slice(1)}` : text;
  const { messages } = await lintSource({
    // Without a file name, rules for certain files apply to every text.
    source: { filePath: '', ext: '.txt', content, contentType: 'text' },
    options: { noPhysicFilePath: true, config: { rules: activeRules } },
  });
  return messages.map(({ ruleId, range, data }) => {
    const place = findSecretRange(content, range[0], range[1], data);
    return toSecretMatch(shortId(ruleId), content, place);
  });
}

// Some rules (aws, npm) report a range that starts at the name before the secret but has the length of the secret, so
// that it misses the end. The secret itself is in the message's data.
function findSecretRange(text: string, start: number, end: number, data: unknown): TextRange {
  const values = typeof data === 'object' && data !== null ? Object.values(data) : [];
  for (const value of values) {
    const from = typeof value === 'string' && value !== '' ? text.indexOf(value, start) : -1;
    if (from !== -1 && from < end) return { start: from, end: from + String(value).length };
  }
  return { start, end };
}

function shortId(ruleId: string): string {
  return ruleId.replace(/^.*secretlint-rule-/, '');
}

function toSecretMatch(rule: string, text: string, range: TextRange): SecretMatch {
  if (rule === 'privatekey') return { ...range, kind: 'privateKey' };
  if (rule === 'basicauth' || rule === 'database-connection-string') return toPasswordMatch(text, range);
  const service = SERVICE_NAMES[rule] ?? rule.charAt(0).toUpperCase() + rule.slice(1);
  return { ...range, kind: 'serviceKey', service };
}

// These rules report the whole URL and sometimes the text after it, but only the password must be replaced.
function toPasswordMatch(text: string, { start, end }: TextRange): SecretMatch {
  const match = /:\/\/[^:/\s]{0,256}:([^@\s]{1,256})@/d.exec(text.slice(start, end));
  const [from, to] = match?.indices?.[1] ?? [0, end - start];
  return { start: start + from, end: start + to, kind: 'connectionPassword' };
}

function findByPattern(text: string, { kind, service, pattern, accepts }: SecretPattern): SecretMatch[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const [start, end] = match.indices?.groups?.['secret'] ?? [match.index, match.index + match[0].length];
    if (accepts?.(text.slice(start, end), match) === false) return [];
    return [{ start, end, kind, ...withoutUndefined({ service }) }];
  });
}
