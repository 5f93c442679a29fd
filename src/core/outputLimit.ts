import type { ChatRequest } from './chat';
import type { ErrorDetails } from './errors';
import { extraBodyOf } from './extraBody';
import type { Adaptation } from './negotiation';
import { findValueBound, isValueRefusal } from './valueBound';

// No current model rejects it, and answers are rarely longer.
const DEFAULT_OUTPUT_LIMIT = 32_000;

// For servers that name no maximum. Every model of recent years accepts it.
const SMALL_OUTPUT_LIMIT = 4096;

/** The output limit of a request whose API requires one. */
export function outputLimitOf({ parameters, outputLimit, adaptation = {} }: ChatRequest): number {
  const { remainingTokens, outputLimit: learnedLimit } = adaptation;
  return parameters.maxOutputTokens ?? remainingTokens ?? learnedLimit ?? outputLimit ?? DEFAULT_OUTPUT_LIMIT;
}

/** The limit to use after a server rejected one that is not the user's own. Undefined if it rejected something else. */
export function findSmallerLimit(
  details: ErrorDetails,
  request: ChatRequest,
): Pick<Adaptation, 'outputLimit' | 'remainingTokens'> | undefined {
  const { serverMessage: message = '', parameter } = details;
  const isOwn = request.parameters.maxOutputTokens !== undefined || 'max_tokens' in extraBodyOf(request);
  if (isOwn || !`${parameter} ${message}`.includes('max_tokens')) return undefined;
  const sent = outputLimitOf(request);
  const isSmaller = (limit: number | undefined): limit is number => limit !== undefined && limit > 0 && limit < sent;
  const remainingTokens = findRemainingTokens(message);
  if (remainingTokens !== undefined) return isSmaller(remainingTokens) ? { remainingTokens } : undefined;
  const bound = findValueBound(details, { maxOutputTokens: sent })?.bound;
  if (isSmaller(bound)) return { outputLimit: bound };
  return isValueRefusal(message) && isSmaller(SMALL_OUTPUT_LIMIT) ? { outputLimit: SMALL_OUTPUT_LIMIT } : undefined;
}

// Anthropic: "188240 + 21333 > 200000"; vLLM: "32000 > 8192 - 10".
function findRemainingTokens(message: string): number | undefined {
  const [, input, window] = /(\d+) \+ \d+ > (\d+)/.exec(message) ?? [];
  if (input !== undefined && window !== undefined) return Number(window) - Number(input);
  const [, length, prompt] = /\d+ > (\d+) - (\d+)/.exec(message) ?? [];
  return length === undefined || prompt === undefined ? undefined : Number(length) - Number(prompt);
}
