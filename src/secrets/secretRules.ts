import { lintSource } from '@secretlint/core';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { withoutUndefined } from '../util/withoutUndefined';
import { CUSTOM_PATTERNS, type SecretKind, type SecretPattern } from './secretPatterns';

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
  return [...(await findByRules(text)), ...CUSTOM_PATTERNS.flatMap((pattern) => findByPattern(text, pattern))];
}

async function findByRules(text: string): Promise<SecretMatch[]> {
  // secretlint strips a byte order mark, which would shift its offsets.
  const content = text.startsWith('\u{feff}') ? ` ${text.slice(1)}` : text;
  const { messages } = await lintSource({
    // Without a file name, rules for certain files apply to every text.
    source: { filePath: '', ext: '.txt', content, contentType: 'text' },
    options: { noPhysicFilePath: true, config: { rules: ACTIVE_RULES } },
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
