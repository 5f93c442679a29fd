import { PROMPT_KEYS } from './frontMatterKeys';
import type { PromptDefinition } from './promptFile';

/** Serializes a prompt, with comments below the keys. Parsing the result gives the same prompt. */
export function formatPromptFile(
  prompt: Omit<PromptDefinition, 'id' | 'lines'>,
  comments: readonly string[] = [],
): string {
  const lines = PROMPT_KEYS.flatMap((key) => {
    const value = prompt[key];
    const isAbsent = value === undefined || value === '' || (key === 'parameters' && isEmpty(prompt.parameters));
    if (isAbsent) return [];
    if (key === 'languageNotes') return `${key}: ${formatNotes(prompt.languageNotes ?? {})}`;
    return `${key}: ${typeof value === 'string' ? formatText(value, '  ') : JSON.stringify(value)}`;
  });
  const frontMatter = [...lines, ...comments.map((comment) => `# ${comment}`)];
  return `---\n${frontMatter.join('\n')}\n---\n${prompt.user}\n`;
}

function formatNotes(languageNotes: Readonly<Record<string, string>>): string {
  if (isEmpty(languageNotes)) return '{}';
  const entries = Object.entries(languageNotes);
  return `\n${entries.map(([language, text]) => `  ${JSON.stringify(language)}: ${formatText(text, '    ')}`).join('\n')}`;
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

/** JSON is valid YAML, so anything that is not a plain YAML string is written as JSON. */
function formatInline(text: string): string {
  const isPlain = /^[A-Za-z][\w ,.'()/-]*$/.test(text) && text.trim() === text && !/^(?:true|false|null)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}

/** Writes several lines as a YAML block scalar, unless that would change the text. */
function formatText(text: string, indent: string): string {
  const isBlock =
    text.includes('\n') &&
    /^\S/.test(text) &&
    !/[^\n\t\P{C}]|[\u{2028}\u{2029}\u{85}]|\n[^\S\n]*\n?$|[^\S\n]$/u.test(text);
  if (!isBlock) return formatInline(text);
  const lines = text.split('\n').map((line) => (line === '' ? '' : `${indent}${line}`));
  return `|\n${lines.join('\n')}`;
}

/** Derives a file name from a prompt name: letters and digits of any script, joined by hyphens. */
export function promptFileName(name: string): string {
  const words =
    name
      .toLowerCase()
      .normalize('NFC')
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const id = words.join('-').slice(0, 60).replace(/-+$/, '');
  return id === '' ? 'prompt' : id;
}
