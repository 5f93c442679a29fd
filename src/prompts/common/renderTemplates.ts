import type { ChatMessage } from '../../core/chat';
import type { DestinationKind } from '../../core/destinationKind';
import { expandTemplate, findVariables, type TemplateVariable } from '../../text/template';
import type { PromptDefinition } from './promptFile';

interface PromptTemplate {
  readonly role: 'system' | 'user';
  readonly text: string;
  readonly line: number;
}

function collectTemplates(
  { system, user, languageNotes, lines }: PromptDefinition,
  languageId: string,
): PromptTemplate[] {
  const note = Object.hasOwn(languageNotes ?? {}, languageId) ? languageNotes?.[languageId] : undefined;
  return [
    ...(system === undefined ? [] : [{ role: 'system', text: system, line: lines?.system ?? 1 } as const]),
    ...(note === undefined ? [] : [{ role: 'system', text: note, line: lines?.notes?.[languageId] ?? 1 } as const]),
    { role: 'user', text: user, line: lines?.user ?? 1 },
  ];
}

/** Variables in the order in which they are sent. Their lines are lines of the file. */
export function findPromptVariables(prompt: PromptDefinition, languageId: string): TemplateVariable[] {
  return collectTemplates(prompt, languageId).flatMap(({ text, line }) => toFileLines(findVariables(text), line));
}

/** The variables for all languages, to say what a prompt can read. */
export function findAllVariables({ system = '', user, languageNotes = {} }: PromptDefinition): TemplateVariable[] {
  return [system, user, ...Object.values(languageNotes)].flatMap(findVariables);
}

export function needsSelection(prompt: PromptDefinition, destination: DestinationKind = prompt.destination): boolean {
  if (destination === 'review' || destination === 'replace') return true;
  return findAllVariables(prompt).some(({ name }) => name === 'selection' || name === 'selectedText');
}

/** Variables without a value are left in the text. A language note becomes a paragraph of the system prompt. */
export function renderTemplates(
  prompt: PromptDefinition,
  languageId: string,
  values: ReadonlyMap<string, string>,
): { messages: ChatMessage[]; missing: TemplateVariable[] } {
  const missing: TemplateVariable[] = [];
  const texts = { system: [] as string[], user: [] as string[] };
  for (const { role, text, line } of collectTemplates(prompt, languageId)) {
    const expanded = expandTemplate(text, values);
    missing.push(...toFileLines(expanded.missing, line));
    texts[role].push(expanded.text);
  }
  const system = texts.system.join('\n\n');
  return {
    messages: [
      ...(system.trim() === '' ? [] : [{ role: 'system', content: system } as const]),
      { role: 'user', content: texts.user.join('') },
    ],
    missing,
  };
}

function toFileLines(variables: readonly TemplateVariable[], firstLine: number): TemplateVariable[] {
  return variables.map((variable) => ({ ...variable, line: variable.line + firstLine - 1 }));
}
