import { lintSource } from '@secretlint/core';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { ownPatterns, type SecretKind, type SecretPattern } from './secretPatterns';

interface Place {
  readonly start: number;
  readonly end: number;
}

/** A secret in a text, by its offsets. */
export interface FoundSecret extends Place {
  readonly kind: SecretKind;
  readonly service?: string;
}

/**
 * Rules of the preset that are not used. `filter-comments` lets the scanned text switch the others off. `gcp` looks at
 * whole files by their extension, and `github` takes half a second on a megabyte of `ghs_1_`: both are patterns of ours.
 */
const leftOut = new Set(['filter-comments', 'gcp', 'github']);

const usedRules = rules
  .filter((rule) => !leftOut.has(shortId(rule.meta.id)))
  .map((rule) => ({ id: rule.meta.id, rule, options: {} }));

/** How the services are written whose rules are called otherwise. */
const serviceNames: Readonly<Record<string, string>> = {
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
export async function findSecrets(text: string): Promise<FoundSecret[]> {
  return [...(await findByRules(text)), ...ownPatterns.flatMap((pattern) => findByPattern(text, pattern))];
}

async function findByRules(text: string): Promise<FoundSecret[]> {
  // secretlint takes a byte order mark off, and its offsets would no longer be ours.
  const content = text.startsWith('\u{feff}') ? ` ${text.slice(1)}` : text;
  const { messages } = await lintSource({
    // Without a name, the rules that look for certain files look at every text.
    source: { filePath: '', ext: '.txt', content, contentType: 'text' },
    options: { noPhysicFilePath: true, config: { rules: usedRules } },
  });
  return messages.map(({ ruleId, range, data }) => {
    const place = placeOf(content, range[0], range[1], data);
    return nameOf(shortId(ruleId), content, place);
  });
}

/**
 * Some rules (aws, npm) report a place that begins with the name before the secret and is only as long as the secret,
 * which leaves its end outside. The secret itself is in the data of the message.
 */
function placeOf(text: string, start: number, end: number, data: unknown): Place {
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

function nameOf(rule: string, text: string, place: Place): FoundSecret {
  if (rule === 'privatekey') return { ...place, kind: 'privateKey' };
  if (rule === 'basicauth' || rule === 'database-connection-string') return passwordOf(text, place);
  const service = serviceNames[rule] ?? rule.charAt(0).toUpperCase() + rule.slice(1);
  return { ...place, kind: 'serviceKey', service };
}

/** These rules report the whole address, and sometimes what follows it; only the password has to stay here. */
function passwordOf(text: string, { start, end }: Place): FoundSecret {
  const match = /:\/\/[^:/\s]{0,256}:([^@\s]{1,256})@/d.exec(text.slice(start, end));
  const [from, to] = match?.indices?.[1] ?? [0, end - start];
  return { start: start + from, end: start + to, kind: 'connectionPassword' };
}

function findByPattern(text: string, { kind, service, pattern, accepts }: SecretPattern): FoundSecret[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const [start, end] = match.indices?.groups?.['secret'] ?? [match.index, match.index + match[0].length];
    if (accepts?.(text.slice(start, end), match) === false) return [];
    return [{ start, end, kind, ...(service === undefined ? {} : { service }) }];
  });
}
