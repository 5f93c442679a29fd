import { lintSource } from '@secretlint/core';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { withoutUndefined } from '../util/withoutUndefined';
import { CUSTOM_PATTERNS, type SecretKind, type SecretPattern } from './secretPatterns';

interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A secret in a text, by its offsets. */
export interface SecretMatch extends TextRange {
  readonly kind: SecretKind;
  readonly service?: string;
}

/**
 * Rules of the preset that are not used. `filter-comments` lets the scanned text switch the others off. `gcp` looks at
 * whole files by their extension, and `github` takes half a second on a megabyte of `ghs_1_`: both are patterns of ours.
 */
const EXCLUDED_RULES = new Set(['filter-comments', 'gcp', 'github']);

const ACTIVE_RULES = rules
  .filter((rule) => !EXCLUDED_RULES.has(shortId(rule.meta.id)))
  .map((rule) => ({ id: rule.meta.id, rule, options: {} }));

/** How the services are written whose rules are called otherwise. */
const SERVICE_NAMES: Readonly<Record<string, string>> = {
  aws: 'AWS',
  npm: 'npm',
  openai: 'OpenAI',
  huggingface: 'Hugging Face',
  sendgrid: 'SendGrid',
  gitlab: 'GitLab',
  'hashicorp-vault': 'HashiCorp Vault',
};

/**
 * Everything in a text that looks like a secret, the best name for each place first. This file and what it imports are a
 * bundle of their own, which is loaded when something is about to be sent.
 */
export async function findSecrets(text: string): Promise<SecretMatch[]> {
  return [...(await findByRules(text)), ...CUSTOM_PATTERNS.flatMap((pattern) => findByPattern(text, pattern))];
}

async function findByRules(text: string): Promise<SecretMatch[]> {
  // secretlint takes a byte order mark off, and its offsets would no longer be ours.
  const content = text.startsWith('\u{feff}') ? ` ${text.slice(1)}` : text;
  const { messages } = await lintSource({
    // Without a name, the rules that look for certain files look at every text.
    source: { filePath: '', ext: '.txt', content, contentType: 'text' },
    options: { noPhysicFilePath: true, config: { rules: ACTIVE_RULES } },
  });
  return messages.map(({ ruleId, range, data }) => {
    const place = findSecretRange(content, range[0], range[1], data);
    return toSecretMatch(shortId(ruleId), content, place);
  });
}

/**
 * Some rules (aws, npm) report a place that begins with the name before the secret and is only as long as the secret,
 * which leaves its end outside. The secret itself is in the data of the message.
 */
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

/** These rules report the whole address, and sometimes what follows it; only the password has to stay here. */
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
