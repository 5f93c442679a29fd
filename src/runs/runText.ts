import { l10n } from 'vscode';
import type { Endpoint, Usage } from '../core/chat';
import { incompleteReason, type Reasoning, type RunPhase, type RunResult } from '../core/run';
import type { RunWarning } from '../core/runRecord';

export function phaseText(phase: RunPhase, elapsedMs = 0): string {
  switch (phase.kind) {
    case 'queued':
      return l10n.t('queued…');
    case 'connecting':
      return phase.attempt === 1 ? l10n.t('connecting…') : l10n.t('connecting, attempt {0}…', String(phase.attempt));
    case 'waiting':
      return l10n.t('waiting…');
    case 'thinking': {
      const seconds = Math.floor(elapsedMs / 1000);
      return seconds === 0 ? l10n.t('thinking…') : l10n.t('thinking… {0} s', String(seconds));
    }
    case 'receiving':
      return l10n.t('{0} characters…', phase.characters.toLocaleString());
    case 'retrying': {
      const seconds = String(Math.max(0, Math.ceil((phase.delayMs - elapsedMs) / 1000)));
      return phase.error.kind === 'http.loading'
        ? l10n.t('model is loading, retrying in {0} s…', seconds)
        : l10n.t('retrying in {0} s…', seconds);
    }
  }
}

/** In threads, where the time and the last line of the reasoning change. */
export function thinkingText({ elapsedMs }: Reasoning): string {
  const seconds = Math.floor(elapsedMs / 1000);
  return seconds === 0 ? l10n.t('Thinking…') : l10n.t('Thinking… {0} s', String(seconds));
}

// An answer that arrives all at once doesn't tell how long the model was thinking.
function thoughtText({ elapsedMs }: Reasoning, { reasoningTokens = 0 }: Usage = {}): string {
  const seconds = Math.round(elapsedMs / 1000);
  const time = seconds === 0 ? l10n.t('Thought') : l10n.t('Thought for {0} s', String(seconds));
  const tokens = l10n.t('{0} tokens', reasoningTokens.toLocaleString());
  return reasoningTokens === 0 ? time : `${time} · ${tokens}`;
}

/** An unknown count is never shown as 0. */
export function tokenText(usage: Usage | undefined): string {
  const total = getTotalTokens(usage);
  return total === undefined ? l10n.t('token count unavailable') : l10n.t('{0} tokens', total.toLocaleString());
}

export function tokenDetails(usage: Usage | undefined): string {
  if (usage === undefined) return tokenText(usage);
  const unknown = l10n.t('unknown');
  const formatCount = (count: number | undefined) => count?.toLocaleString() ?? unknown;
  const { inputTokens, outputTokens, reasoningTokens = 0 } = usage;
  const [input, output] = [formatCount(inputTokens), formatCount(outputTokens)];
  return l10n.t(
    '{0} ({1}, {2})',
    tokenText(usage),
    inputDetails(input, usage),
    reasoningTokens === 0
      ? l10n.t('{0} output', output)
      : l10n.t('{0} output including {1} reasoning', output, formatCount(reasoningTokens)),
  );
}

function inputDetails(input: string, { cachedTokens = 0, cacheWriteTokens = 0 }: Usage): string {
  const [cached, written] = [cachedTokens.toLocaleString(), cacheWriteTokens.toLocaleString()];
  if (cachedTokens > 0 && cacheWriteTokens > 0)
    return l10n.t('{0} input including {1} cached and {2} written to the cache', input, cached, written);
  if (cacheWriteTokens > 0) return l10n.t('{0} input including {1} written to the cache', input, written);
  return cachedTokens > 0 ? l10n.t('{0} input including {1} cached', input, cached) : l10n.t('{0} input', input);
}

export function contextLimitText(contextWindow: number | undefined): string {
  return contextWindow === undefined
    ? l10n.t('context limit unknown')
    : l10n.t('context limit {0}', contextWindow.toLocaleString());
}

export function throughVscodeText(): string {
  return l10n.t("Goes through VS Code's language model API, which adds its own headers and credentials");
}

export function tooLargeText(model: string, contextWindow: number): string {
  return l10n.t(
    '{0} has a context limit of {1} tokens for prompt and answer together. It may reject or truncate the request.',
    model,
    contextWindow.toLocaleString(),
  );
}

export function warningText({ kind, subject = '' }: RunWarning, endpoint?: Endpoint): string {
  switch (kind) {
    case 'body.nonstream':
      return l10n.t("The server doesn't support streaming. The answer arrived all at once.");
    case 'sse.nofinish':
      return l10n.t("The server didn't report why it stopped.");
    case 'sse.odd':
      return l10n.t('Unknown events in the stream (ignored): {0}.', subject);
    case 'finish.length':
      return l10n.t('The answer was cut off at the token limit.');
    case 'finish.other':
      return l10n.t('The server stopped for an unknown reason ({0}). The answer may be incomplete.', subject);
    case 'text.undecodable':
      return l10n.t("Characters in the answer that couldn't be decoded: {0}.", subject);
    case 'text.control':
      return l10n.t('Control characters or escape sequences removed from the answer: {0}.', subject);
    case 'text.key':
      return l10n.t('The answer contained your API key ({0}×). It was removed.', subject);
    case 'text.hidden':
      return l10n.t('Invisible or bidirectional control characters in the answer: {0}.', subject);
    case 'prompt.cut':
      return promptCutText(subject, endpoint);
    case 'doc.renamed':
      return l10n.t('The file was renamed. The answer is in the renamed file.');
    case 'doc.deleted':
      return l10n.t("The file was deleted. The answer is in the editor and isn't saved.");
  }
}

// Ollama's OpenAI-compatible API takes the context length from Ollama's own settings only.
function promptCutText(tokens: string, endpoint: Endpoint | undefined): string {
  const sentence = l10n.t('The server read only {0} tokens. It may have truncated the prompt.', tokens);
  const isOllama = endpoint !== undefined && new URL(endpoint.baseUrl).port === '11434';
  if (!isOllama) return sentence;
  return l10n.t('{0} In Ollama, raise OLLAMA_CONTEXT_LENGTH or num_ctx in the Modelfile.', sentence);
}

export function answerLabel(model: string, result: RunResult): string {
  const parts = [result.reportedModel ?? model];
  // Servers report the tokens last, so they are mostly missing if the answer is incomplete.
  if (result.outcome === 'ok' || result.usage !== undefined) parts.push(tokenText(result.usage));
  if (result.reasoning !== undefined) parts.push(thoughtText(result.reasoning, result.usage));
  const problem = result.outcome === 'ok' ? incompleteReason(result)?.kind : undefined;
  if (problem === 'finish.length') parts.push(l10n.t('cut off'));
  if (problem === 'finish.unknown') parts.push(l10n.t('may be incomplete'));
  if (result.outcome === 'cancelled') parts.push(l10n.t('stopped'));
  if (result.outcome === 'truncated') parts.push(l10n.t('cut off'));
  if (result.outcome === 'failed') parts.push(l10n.t('failed'));
  if (result.outcome === 'refused') parts.push(l10n.t('refused'));
  return parts.join(' · ');
}

// Some servers don't report the total.
function getTotalTokens({ inputTokens, outputTokens, totalTokens }: Usage = {}): number | undefined {
  if (totalTokens !== undefined || inputTokens === undefined || outputTokens === undefined) return totalTokens;
  return inputTokens + outputTokens;
}

/** Formats a note for a thread. It may quote a server, so Markdown is escaped. */
export function formatRemark(sentence: string): string {
  return `*${sentence.replace(/[*_`\\]/g, (character) => `&#${character.charCodeAt(0)};`)}*`;
}
