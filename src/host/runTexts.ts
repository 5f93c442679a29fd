import { l10n } from 'vscode';
import type { Usage } from '../core/chat';
import type { RunPhase, RunResult } from '../core/run';

/** What a run is doing, in a word or two. */
export function phaseText(phase: RunPhase): string {
  switch (phase.kind) {
    case 'connecting':
      return phase.attempt === 1 ? l10n.t('connecting…') : l10n.t('connecting, attempt {0}…', String(phase.attempt));
    case 'waiting':
      return l10n.t('waiting…');
    case 'thinking':
      return l10n.t('thinking…');
    case 'receiving':
      return l10n.t('{0} characters…', phase.characters.toLocaleString());
    case 'retrying':
      return l10n.t('retrying in {0} s…', String(Math.ceil(phase.delayMs / 1000)));
  }
}

/** The total of a run. A number the server did not give is never shown as 0. */
export function tokenText(usage: Usage | undefined): string {
  const total = usage?.totalTokens ?? sum(usage?.inputTokens, usage?.outputTokens);
  return total === undefined ? l10n.t('tokens: not reported') : l10n.t('{0} tokens', total.toLocaleString());
}

export function tokenDetails(usage: Usage | undefined): string {
  if (usage === undefined) return l10n.t('tokens: not reported');
  const unknown = l10n.t('unknown');
  const show = (count: number | undefined) => count?.toLocaleString() ?? unknown;
  const { inputTokens, outputTokens, totalTokens } = usage;
  return l10n.t(
    'tokens: {0} prompt, {1} completion, {2} total',
    show(inputTokens),
    show(outputTokens),
    show(totalTokens),
  );
}

/** The line beside an answer: model, tokens, and a mark where the answer is not whole. */
export function answerLabel(model: string, result: RunResult): string {
  const facts = [result.reportedModel ?? model, tokenText(result.usage)];
  if (result.outcome === 'cancelled') facts.push(l10n.t('stopped'));
  if (result.outcome === 'truncated') facts.push(l10n.t('cut off'));
  if (result.outcome === 'failed') facts.push(l10n.t('failed'));
  if (result.outcome === 'refused') facts.push(l10n.t('refused'));
  return facts.join(' · ');
}

function sum(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? undefined : left + right;
}
