import { l10n } from 'vscode';
import type { ChatMessage, ParameterSet } from '../../core/chat';
import { INSERT_ID } from '../../core/destinationKind';
import type { ResolvedModel } from '../../providers/endpoint';
import { type Attachments, attachToLast } from '../../references/common/attachments';
import type { Settings } from '../../settings/common/settings';
import { estimateTokens } from '../../text/tokenEstimate';
import { estimateText } from '../../usage/usageText';
import { withoutUndefined } from '../../util/withoutUndefined';
import type { PromptDefinition } from '../common/promptFile';
import type { LibraryPrompt } from '../common/promptLibrary';
import { findPromptVariables, renderTemplates } from '../common/renderTemplates';
import { fitToContext, type Truncation } from '../common/truncateValues';
import { addBlocks, isInputVariable, type PromptInputs } from './promptInputs';
import { missingVariablesError, type PromptValues } from './variableResolver';

/**
 * Checks that all variables have values, before the user is asked for input.
 * @throws QuilletError `prompt.variables`, naming all missing variables.
 */
export function requireValues(
  prompt: PromptDefinition,
  languageId: string,
  { values, reasons }: { readonly values: ReadonlyMap<string, string>; readonly reasons: ReadonlyMap<string, string> },
): void {
  const { missing } = renderTemplates(prompt, languageId, values);
  const unresolved = missing.filter(({ name, argument }) => argument === undefined || !isInputVariable(name));
  if (unresolved.length > 0) throw missingVariablesError(unresolved, reasons);
}

export function renderPrompt(
  prompt: PromptDefinition,
  languageId: string,
  { values, inputs }: { readonly values: ReadonlyMap<string, string>; readonly inputs: PromptInputs },
): ChatMessage[] {
  const allValues = new Map(values);
  for (const [name, value] of inputs) for (const kind of ['input', 'pick']) allValues.set(`${kind}:${name}`, value);
  const { messages, missing } = renderTemplates(prompt, languageId, allValues);
  if (missing.length > 0) throw missingVariablesError(missing, new Map());
  return messages;
}

/** The text of references follows the question, or else the last message. */
export function renderWithAttachments(
  prompt: PromptDefinition,
  languageId: string,
  {
    values,
    inputs,
    attachments,
  }: {
    readonly values: ReadonlyMap<string, string>;
    readonly inputs: PromptInputs;
    readonly attachments: Attachments;
  },
): ChatMessage[] {
  const extended = addBlocks(findPromptVariables(prompt, languageId), inputs, attachments.blocks);
  const messages = renderPrompt(prompt, languageId, { values, inputs: extended ?? inputs });
  return attachToLast(messages, extended === undefined ? attachments : { ...attachments, blocks: [] });
}

export interface FitOptions {
  readonly ready: ResolvedModel;
  readonly parameters: ParameterSet;
  readonly render: (values: ReadonlyMap<string, string>) => ChatMessage[];
}

/** Renders each request, truncated to the context window if it is known, with a notice about all truncated values. */
export function fitToModel(
  requests: readonly PromptValues[],
  { ready: { model, contextWindow }, parameters, render }: FitOptions,
): { messages: readonly ChatMessage[][]; notice?: string } {
  const truncations: Truncation[] = requests.flatMap((request) => request.truncations);
  const messages: ChatMessage[][] = [];
  for (const { values } of requests) {
    if (contextWindow === undefined) {
      messages.push(render(values));
      continue;
    }
    const countTokens = (text: string): number => estimateTokens([text]);
    const fitted = fitToContext({
      values,
      contextWindow,
      maxOutputTokens: parameters.maxOutputTokens,
      render,
      countTokens,
    });
    truncations.push(...fitted.truncations);
    messages.push(render(fitted.values));
  }
  const notice = truncationNotice(truncations, contextWindow, model);
  return { messages, ...withoutUndefined({ notice }) };
}

export interface EstimateOptions extends FitOptions {
  readonly prices: Settings['prices'];
}

/** The model, and the size and cost of requests whose input is not typed yet. */
export async function describeRequests(
  requests: readonly PromptValues[],
  { prices, ...options }: EstimateOptions,
): Promise<string> {
  const { ready, parameters } = options;
  const { messages } = fitToModel(requests, options);
  const inputTokens = estimateTokens(messages.flat().map(({ content }) => content));
  const estimate = await estimateText({ ready, inputTokens, requestCount: requests.length, parameters, prices });
  return l10n.t('{0} · {1}', ready.model, estimate);
}

function truncationNotice(
  truncations: readonly Truncation[],
  contextWindow: number | undefined,
  model: string,
): string | undefined {
  const byName = new Map(truncations.map((truncation) => [truncation.name, truncation]));
  if (byName.size === 0) return undefined;
  const list = [...byName.values()]
    .map(({ name, keptLength, originalLength }) =>
      l10n.t('{0}: {1} of {2} characters', name, keptLength.toLocaleString(), originalLength.toLocaleString()),
    )
    .join(', ');
  return contextWindow === undefined
    ? l10n.t('Some values were truncated. {0}.', list)
    : l10n.t(
        'Some values were truncated to fit the context window of {0} ({1} tokens). {2}.',
        model,
        contextWindow.toLocaleString(),
        list,
      );
}

/** A text completion model continues whatever precedes, so it gets no instructions that the user has not written. */
export function promptFor({ endpoint }: ResolvedModel, { id, source, prompt }: LibraryPrompt): PromptDefinition {
  if (id !== INSERT_ID || source !== 'builtIn' || endpoint.api !== 'completions') return prompt;
  const { system: _system, ...withoutSystem } = prompt;
  return withoutSystem;
}
