import type { ChatMessage } from '../core/chat';
import type { PromptDefinition } from '../core/promptFile';
import { expandTemplate } from '../core/promptVariables';
import { missingVariables, type PromptInputs } from './promptValues';

/** All the text of a prompt in which variables can stand. */
export function templateOf(prompt: PromptDefinition): string {
  return `${prompt.system ?? ''}\n${prompt.user}`;
}

/** The messages of a prompt with every variable filled in. @throws QuilletError `prompt.variables`. */
export function renderPrompt(
  prompt: PromptDefinition,
  values: ReadonlyMap<string, string>,
  inputs: PromptInputs,
): ChatMessage[] {
  const all = new Map(values);
  for (const [name, value] of inputs) all.set(`input:${name}`, value);
  const system = expandTemplate(prompt.system ?? '', all);
  const user = expandTemplate(prompt.user, all);
  const missing = [...system.missing, ...user.missing];
  if (missing.length > 0) throw missingVariables(missing);
  return [
    ...(system.text.trim() === '' ? [] : [{ role: 'system', content: system.text } as const]),
    { role: 'user', content: user.text },
  ];
}
