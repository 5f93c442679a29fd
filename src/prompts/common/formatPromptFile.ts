import type { PromptKey } from './frontMatterKeys';
import type { PromptDefinition } from './promptFile';

/**
 * Serializes a prompt; parsing the result gives the same prompt. Each comment is one line of YAML comment below the
 * keys.
 */
export function formatPromptFile(
  prompt: Omit<PromptDefinition, 'id' | 'lines'>,
  comments: readonly string[] = [],
): string {
  const { name, description, destination, documentLanguage, model, parameters, system } = prompt;
  const { languages, languageNotes, menu, lightbulb } = prompt;
  const values: Readonly<Record<PromptKey, string | undefined>> = {
    name: formatInline(name),
    description: description === '' ? undefined : formatInline(description),
    destination,
    documentLanguage: documentLanguage === undefined ? undefined : formatInline(documentLanguage),
    model: model === undefined ? undefined : formatInline(model),
    parameters: Object.keys(parameters).length === 0 ? undefined : JSON.stringify(parameters),
    system: system === undefined ? undefined : formatBlock(system, '  '),
    languages: languages === undefined ? undefined : JSON.stringify(languages),
    languageNotes: languageNotes === undefined ? undefined : formatNotes(languageNotes),
    menu: menu === undefined ? undefined : String(menu),
    lightbulb: lightbulb === undefined ? undefined : String(lightbulb),
  };
  const lines = Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : `${key}: ${value}`));
  const frontMatter = [...lines, ...comments.map((comment) => `# ${comment}`)];
  return `---\n${frontMatter.join('\n')}\n---\n${prompt.user}\n`;
}

function formatNotes(languageNotes: Readonly<Record<string, string>>): string {
  const entries = Object.entries(languageNotes);
  if (entries.length === 0) return '{}';
  return `\n${entries.map(([language, text]) => `  ${JSON.stringify(language)}: ${formatBlock(text, '    ')}`).join('\n')}`;
}

/** JSON is valid YAML, so anything that is not a plain YAML string is written as JSON. */
function formatInline(text: string): string {
  return /^[A-Za-z][\w ,.'()/-]*$/.test(text) && !isYamlKeyword(text) && text.trim() === text
    ? text
    : JSON.stringify(text);
}

function isYamlKeyword(text: string): boolean {
  return /^(?:true|false|null)$/i.test(text);
}

/** Writes a YAML block scalar, or JSON if a block scalar would change the text. */
function formatBlock(text: string, indent: string): string {
  const isPlain =
    text.includes('\n') &&
    /^\S/.test(text) &&
    !/[^\n\t\P{C}]|[\u{2028}\u{2029}\u{85}]|\n[^\S\n]*\n?$|[^\S\n]$/u.test(text);
  if (!isPlain) return formatInline(text);
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
