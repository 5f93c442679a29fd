import { l10n } from 'vscode';
import type { ChatMessage, ParameterSet } from '../../core/chat';
import type { ResolvedModel } from '../../providers/endpoint';
import { estimateTokens } from '../../text/tokenEstimate';
import { withoutUndefined } from '../../util/withoutUndefined';
import type { PromptDefinition } from '../common/promptFile';
import { renderTemplates } from '../common/renderTemplates';
import { fitToWindow, type ValueCut } from '../common/truncateValues';
import { isAsked, type PromptInputs } from './promptInputs';
import { missingVariables, type PromptValues } from './variableResolver';

/**
 * Refuses a prompt that needs what is not here, before the user is asked for anything.
 * @throws QuilletError `prompt.variables`, which names all that is missing.
 */
export function requireValues(
  prompt: PromptDefinition,
  languageId: string,
  { values, reasons }: { readonly values: ReadonlyMap<string, string>; readonly reasons: ReadonlyMap<string, string> },
): void {
  const { missing } = renderTemplates(prompt, languageId, values);
  const unanswerable = missing.filter(({ name, argument }) => argument === undefined || !isAsked(name));
  if (unanswerable.length > 0) throw missingVariables(unanswerable, reasons);
}

/** The messages of a prompt with every variable filled in. @throws QuilletError `prompt.variables`. */
export function renderPrompt(
  prompt: PromptDefinition,
  languageId: string,
  { values, inputs }: { readonly values: ReadonlyMap<string, string>; readonly inputs: PromptInputs },
): ChatMessage[] {
  const all = new Map(values);
  for (const [name, value] of inputs) for (const kind of ['input', 'pick']) all.set(`${kind}:${name}`, value);
  const { messages, missing } = renderTemplates(prompt, languageId, all);
  if (missing.length > 0) throw missingVariables(missing, new Map());
  return messages;
}

export interface FitRequest {
  readonly ready: ResolvedModel;
  /** As they are sent. */
  readonly parameters: ParameterSet;
  readonly render: (values: ReadonlyMap<string, string>) => ChatMessage[];
}

/**
 * The messages of each request, cut to what the model can read where that is known, and a sentence about all that is not
 * sent whole.
 */
export function fitToModel(
  requests: readonly PromptValues[],
  { ready: { model, contextWindow: window }, parameters, render }: FitRequest,
): { messages: readonly ChatMessage[][]; sentence?: string } {
  const cuts: ValueCut[] = requests.flatMap((request) => request.cuts);
  const messages: ChatMessage[][] = [];
  for (const { values } of requests) {
    if (window === undefined) {
      messages.push(render(values));
      continue;
    }
    const estimate = (text: string): number => estimateTokens([text]);
    const fitted = fitToWindow({ values, window, answer: parameters.maxOutputTokens, render, estimate });
    cuts.push(...fitted.cuts);
    messages.push(render(fitted.values));
  }
  const sentence = cutSentence(cuts, window, model);
  return { messages, ...withoutUndefined({ sentence }) };
}

function cutSentence(cuts: readonly ValueCut[], window: number | undefined, model: string): string | undefined {
  const byName = new Map(cuts.map((cut) => [cut.name, cut]));
  if (byName.size === 0) return undefined;
  const list = [...byName.values()]
    .map(({ name, kept, of }) => l10n.t('{0}: {1} of {2} characters', name, kept.toLocaleString(), of.toLocaleString()))
    .join(', ');
  return window === undefined
    ? l10n.t('Not everything is sent. {0}.', list)
    : l10n.t('Not everything is sent: {0} reads {1} tokens. {2}.', model, window.toLocaleString(), list);
}
